from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from pytest_django import Settings

from audit.models import Entry
from dingadmin import preparation
from dingadmin.env import Environment
from dingadmin.home import Home
from dingadmin.preparation import demo_is_due, mark_demo, prepare
from robots.models import Organisation, Robot

pytestmark = pytest.mark.django_db(databases=["default", "simulator"])


@pytest.fixture
def fresh(settings: Settings, tmp_path: Path) -> Settings:
    """An embedded home in which nothing is yet, and nobody has said a word about the simulator."""
    settings.HOME = Home(tmp_path / "var")
    settings.ENV = Environment({})
    settings.EMBEDDED = settings.DATABASE_EMBEDDED = True
    return settings


def test_an_embedded_first_start_makes_an_administrator(fresh: Settings) -> None:
    made = prepare()

    assert made is not None
    user = User.objects.get()
    assert (user.username, user.is_superuser, user.is_staff) == ("admin", True, True)
    assert user.check_password(made.password)
    assert made.password not in repr(made)
    assert list(Entry.objects.values_list("action", "target_label")) == [("user.created", "admin")]


def test_every_start_sees_to_roles_and_an_organisation(fresh: Settings) -> None:
    prepare()

    assert Group.objects.filter(name="Senders").exists()
    assert Organisation.objects.filter(simulated=False).count() == 1


def test_a_second_preparation_changes_nothing(fresh: Settings) -> None:
    prepare()

    assert prepare() is None
    assert User.objects.count() == 1
    assert Organisation.objects.filter(simulated=False).count() == 1
    assert Entry.objects.filter(action="user.created").count() == 1


def test_who_has_users_gets_no_other_one(fresh: Settings) -> None:
    User.objects.create_user("li")

    assert prepare() is None
    assert not User.objects.filter(username="admin").exists()


def test_in_production_nobody_is_made_up(fresh: Settings) -> None:
    fresh.EMBEDDED = False

    assert prepare() is None
    assert not User.objects.exists()


def test_a_fresh_home_is_given_the_demo(fresh: Settings) -> None:
    assert demo_is_due()

    mark_demo()

    assert not demo_is_due()
    prepare()
    assert Robot.objects.filter(organisation__simulated=True).exists()


def test_without_the_mark_there_is_no_demo(fresh: Settings) -> None:
    prepare()

    assert not Robot.objects.exists()


def test_who_turned_the_simulator_off_gets_no_demo_whatever_the_mark_says(fresh: Settings) -> None:
    mark_demo()
    fresh.DINGADMIN_SIMULATOR = False

    assert prepare() is not None
    assert not Robot.objects.exists()


@pytest.mark.parametrize("said", ["0", "1"])
def test_who_has_said_whether_to_mount_the_simulator_is_obeyed(fresh: Settings, said: str) -> None:
    fresh.ENV = Environment({"DINGADMIN_SIMULATOR": said})

    assert not demo_is_due()


def test_a_home_with_a_database_is_given_no_demo(fresh: Settings) -> None:
    fresh.HOME.path.mkdir()
    fresh.HOME.database.touch()

    assert not demo_is_due()


@pytest.mark.parametrize("name", ["EMBEDDED", "DATABASE_EMBEDDED"])
def test_a_database_elsewhere_is_given_no_demo(fresh: Settings, name: str) -> None:
    setattr(fresh, name, False)

    assert not demo_is_due()


def test_the_command_prints_the_password_once(fresh: Settings) -> None:
    fresh.ENV = Environment({"DINGADMIN_SIMULATOR": "0"})
    first, second = StringIO(), StringIO()

    call_command("setup", stdout=first)
    call_command("setup", stdout=second)

    name, password = first.getvalue().splitlines()
    assert name == "User: admin"
    assert User.objects.get().check_password(password.removeprefix("Password: "))
    assert second.getvalue() == ""


def test_a_first_start_that_broke_off_is_a_first_start_again(fresh: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_arguments: object, **_options: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(preparation, "record", stumble)
        with pytest.raises(RuntimeError):
            prepare()

    assert prepare() is not None
