from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from audit.actors import Actor
from audit.models import Entry
from dingtalk.secrets import Secret
from robots.encryption import decrypt, fingerprint
from robots.models import Robot, RobotStatus
from robots.services import credentials
from robots.services.robots import (
    NameTakenError,
    TokenTakenError,
    create_robot,
    delete_robot,
    pause_robot,
    resume_robot,
    update_robot,
)
from tests.factories import fake_token, make_delivery, make_organisation, make_robot, make_tag

pytestmark = pytest.mark.django_db

LI = Actor(name="li", address="203.0.113.7")
TOKEN = "f" * 60 + "0001"
SECRET = "SECtest-not-real"


def change(robot: Robot, **changed: object) -> Robot:
    values: dict[str, object] = {
        "name": robot.name,
        "group_name": robot.group_name,
        "organisation": robot.organisation,
        "keywords": robot.keywords,
        "ip_ranges": robot.ip_ranges,
        "tags": list(robot.tags.all()),
        "notes": robot.notes,
        "by": LI,
    }
    return update_robot(robot, **{**values, **changed})


def last_entry() -> Entry:
    return Entry.objects.order_by("number").last()


def test_a_robot_is_created_with_everything() -> None:
    tag = make_tag("IT")
    robot = create_robot(
        name=" Ops  alerts ",
        group_name=" 运维值班群 ",
        organisation=make_organisation("Head office"),
        token=Secret(TOKEN),
        secret=Secret(SECRET),
        keywords=["告警", "告警", ""],
        ip_ranges=["203.0.113.0/24"],
        tags=[tag],
        notes="",
        by=LI,
    )
    robot.refresh_from_db()
    assert (robot.name, robot.group_name, robot.status) == ("Ops alerts", "运维值班群", RobotStatus.ACTIVE)
    assert robot.keywords == ["告警"]
    assert list(robot.tags.all()) == [tag]
    assert decrypt(robot.token_encrypted).reveal() == TOKEN
    assert decrypt(robot.secret_encrypted).reveal() == SECRET
    assert robot.token_fingerprint == fingerprint(TOKEN)
    assert robot.token_set_at
    assert robot.secret_set_at


def test_creating_is_on_record_without_token_and_secret() -> None:
    create_robot(name="ops", organisation=make_organisation("HQ"), token=Secret(TOKEN), secret=Secret(SECRET), by=LI)
    entry = last_entry()
    assert (entry.action, entry.actor_name, entry.target_label) == ("robot.created", "li", "ops")
    assert entry.detail["secret"] == "set"
    assert TOKEN not in str(Entry.objects.values())
    assert SECRET not in str(Entry.objects.values())


def test_an_edit_keeps_webhook_and_secret_unless_new_ones_are_given() -> None:
    robot = make_robot("ops", token=TOKEN, secret=SECRET)
    change(robot, name="Ops 2", keywords=["告警"])
    robot.refresh_from_db()
    assert robot.name == "Ops 2"
    assert decrypt(robot.token_encrypted).reveal() == TOKEN
    assert decrypt(robot.secret_encrypted).reveal() == SECRET
    assert last_entry().detail == {"name": ["ops", "Ops 2"], "keywords": [[], ["告警"]]}


def test_webhook_and_secret_are_replaced_and_removed() -> None:
    robot = make_robot(secret=SECRET)
    change(robot, token=Secret(TOKEN), secret=Secret("SECtest-another"))
    robot.refresh_from_db()
    assert decrypt(robot.token_encrypted).reveal() == TOKEN
    assert decrypt(robot.secret_encrypted).reveal() == "SECtest-another"
    assert last_entry().detail == {"webhook": "replaced", "secret": "replaced"}

    change(robot, secret=None)
    robot.refresh_from_db()
    assert not robot.has_secret
    assert robot.secret_set_at is None
    assert last_entry().detail == {"secret": "removed"}


def test_an_edit_without_a_change_leaves_no_entry() -> None:
    robot = make_robot()
    change(robot)
    assert not Entry.objects.exists()


def test_an_edit_does_not_undo_what_the_engine_noted_meanwhile() -> None:
    robot = make_robot()
    Robot.objects.filter(pk=robot.pk).update(status="paused", paused_reason="token_unknown", last_reason="throttled")
    change(robot, notes="seen")
    robot.refresh_from_db()
    assert (robot.status, robot.paused_reason, robot.last_reason) == ("paused", "token_unknown", "throttled")


def test_the_same_token_is_refused_with_the_robot_that_has_it() -> None:
    robot = make_robot("ops", token=TOKEN)
    with pytest.raises(TokenTakenError) as caught:
        create_robot(name="again", organisation=robot.organisation, token=Secret(TOKEN), by=LI)
    assert caught.value.robot == robot
    other = make_robot("other")
    with pytest.raises(TokenTakenError):
        change(other, token=Secret(TOKEN))
    assert change(robot, token=Secret(TOKEN)) == robot


def test_the_same_name_is_refused() -> None:
    robot = make_robot("ops")
    with pytest.raises(NameTakenError):
        create_robot(name="ops", organisation=robot.organisation, token=Secret(fake_token()), by=LI)
    with pytest.raises(NameTakenError):
        change(make_robot("other"), name="ops")
    assert Robot.objects.count() == 2


@pytest.mark.parametrize(
    "values", [{"keywords": [str(n) for n in range(11)]}, {"ip_ranges": ["::1"]}, {"name": " "}], ids=str
)
def test_values_that_the_forms_refuse_are_refused_here_too(values: dict[str, object]) -> None:
    wanted = {"name": "ops", "organisation": make_organisation(), "token": Secret(TOKEN), "by": LI, **values}
    with pytest.raises(ValidationError):
        create_robot(**wanted)
    assert not Robot.objects.exists()


def test_pause_and_resume_act_once_and_are_on_record() -> None:
    robot = make_robot()
    assert pause_robot(robot, reason="by_person", by=LI)
    assert not pause_robot(robot, reason="by_person", by=LI)
    robot.refresh_from_db()
    assert (robot.status, robot.paused_reason) == ("paused", "by_person")
    assert robot.paused_at
    assert resume_robot(robot, by=LI)
    assert not resume_robot(robot, by=LI)
    robot.refresh_from_db()
    assert (robot.status, robot.paused_reason, robot.paused_at) == ("active", "", None)
    assert list(Entry.objects.order_by("number").values_list("action", flat=True)) == ["robot.paused", "robot.resumed"]


def test_a_deleted_robot_is_gone_and_its_history_stays_readable() -> None:
    robot = make_robot("ops", group_name="值班群", secret=SECRET)
    delivery = make_delivery(robot, status="delivered")
    delete_robot(robot, by=LI)
    assert not Robot.objects.exists()
    delivery.refresh_from_db()
    assert (delivery.robot, delivery.robot_name, delivery.group_name) == (None, "ops", "值班群")
    assert last_entry().action == "robot.deleted"
    assert last_entry().target_label == "ops"


@pytest.mark.django_db(transaction=True)
def test_two_people_who_add_the_same_webhook_at_once_make_one_robot(monkeypatch: pytest.MonkeyPatch) -> None:
    organisation = make_organisation()
    both_have_looked = threading.Barrier(2, timeout=10)
    outcomes: list[object] = []

    def look_and_wait(token: Secret, *, but: Robot | None = None) -> None:
        look(token, but=but)
        if not both_have_looked.broken and threading.current_thread().name not in waited:
            waited.add(threading.current_thread().name)
            both_have_looked.wait()

    def add(name: str) -> None:
        try:
            outcomes.append(create_robot(name=name, organisation=organisation, token=Secret(TOKEN), by=LI))
        except TokenTakenError as error:
            outcomes.append(error)
        finally:
            connection.close()

    waited: set[str] = set()
    look: Callable[..., None] = credentials.refuse_taken
    monkeypatch.setattr("robots.services.robots.refuse_taken", look_and_wait)
    threads = [threading.Thread(target=add, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    (robot,) = Robot.objects.all()
    refused = next(outcome for outcome in outcomes if isinstance(outcome, TokenTakenError))
    assert refused.robot == robot
    assert Entry.objects.filter(action="robot.created").count() == 1
