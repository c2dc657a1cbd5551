from __future__ import annotations

import pytest

from robots.endpoints import SimulatorOffError, allowed_bases, base_url, bases_of, target_of
from robots.models import Organisation
from robots.organisations import default_organisation
from tests.factories import make_organisation, make_robot

pytestmark = pytest.mark.django_db

REAL = "https://oapi.dingtalk.com"


def test_a_robot_is_called_at_the_configured_base(settings: object) -> None:
    settings.DINGTALK_BASE_URL = "http://127.0.0.1:9999"
    robot = make_robot(token="f" * 60 + "0001", secret="SECtest-not-real")
    target = target_of(robot)
    assert target.base_url == "http://127.0.0.1:9999"
    assert target.token.reveal() == "f" * 60 + "0001"
    assert target.secret.reveal() == "SECtest-not-real"


def test_a_robot_without_a_secret_has_none() -> None:
    assert target_of(make_robot()).secret is None


def test_a_simulated_robot_is_called_at_the_simulator(settings: object) -> None:
    settings.SIMULATOR_BASE_URL = "http://127.0.0.1:8000/simulator"
    robot = make_robot(organisation=make_organisation(simulated=True))
    assert base_url(robot) == "http://127.0.0.1:8000/simulator"
    settings.DINGADMIN_SIMULATOR = False
    with pytest.raises(SimulatorOffError):
        base_url(robot)


def test_webhooks_are_taken_from_the_base_the_real_host_and_the_mounted_simulator(settings: object) -> None:
    settings.DINGTALK_BASE_URL = "http://127.0.0.1:9999"
    settings.SIMULATOR_BASE_URL = "http://127.0.0.1:8000/simulator"
    assert allowed_bases() == ("http://127.0.0.1:9999", REAL, "http://127.0.0.1:8000/simulator")
    assert bases_of(Organisation()) == ("http://127.0.0.1:9999", REAL)
    assert bases_of(Organisation(simulated=True)) == ("http://127.0.0.1:8000/simulator",)
    settings.DINGADMIN_SIMULATOR = False
    settings.DINGTALK_BASE_URL = REAL
    assert allowed_bases() == (REAL,)


def test_the_default_organisation_is_the_oldest_real_one() -> None:
    make_organisation("Demo", simulated=True)
    first = make_organisation("Zulu")
    make_organisation("Alpha")
    assert default_organisation() == first


def test_the_default_organisation_is_made_when_missing(settings: object) -> None:
    settings.LANGUAGE_CODE = "en"
    made = default_organisation()
    assert made.name == "Default organisation"
    assert default_organisation() == made
    assert not made.simulated
