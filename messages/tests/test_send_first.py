"""`manage.py send --first`: one group gets it first, and the command says what the rest waits for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone, translation

from audit.models import Entry
from messages.engine.firing import fire_due
from messages.engine.first_group import watch_over
from messages.management import waiting
from messages.management.commands import send as send_module
from messages.models import Broadcast, Delivery, DeliveryStatus, FirstGroup, Run
from messages.tests.test_send_command import Answer, send
from tests.factories import make_robot

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english_and_at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(send_module, "RUN_GRACE_SECONDS", 0)
    with translation.override("en"):
        yield


@pytest.fixture
def worker(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Ticks at each look of the command; what it sends ends with these statuses, one after the other."""

    def play(*statuses: str) -> None:
        todo = list(statuses)

        def step(_seconds: float) -> None:
            fire_due(timezone.now())
            if todo:
                ended = {"status": todo.pop(0), "due_at": None, "ended_at": timezone.now(), "errcode": 0}
                Delivery.objects.filter(status=DeliveryStatus.WAITING).update(**ended)
            watch_over(timezone.now())

        monkeypatch.setattr(waiting.time, "sleep", step)

    return play


def to_three(*options: str) -> Answer:
    for name in ("hr", "it", "ops"):
        make_robot(name)
    return send("--text", "Drill", "--all-robots", "--first", "ops", *options)


def test_the_choice_is_launched_with_the_broadcast_and_stands_in_the_answer() -> None:
    answer = to_three("--first-asks", "--stop-share", "20", "--json")
    assert answer.status == 0
    first = FirstGroup.objects.select_related("target").get()
    assert (first.target.robot_name, first.asks, first.stop_share) == ("ops", True, 20)
    told = {"robot": "ops", "state": "planned", "result": None, "asks": True, "stop_share": 20}
    assert (answer.json["first"], answer.json["rest_waits"]) == (told, 0)
    assert Entry.objects.get(action="broadcast.first_chosen").address == "manage.py send"


def test_waiting_ends_with_0_when_the_rest_got_it_as_well(worker: Callable[..., None]) -> None:
    worker("delivered", "delivered")
    answer = to_three("--wait", "20", "--json")
    assert (answer.status, answer.json["ended"], answer.json["rest_waits"]) == (0, True, 0)
    assert answer.json["counts"]["delivered"] == 3
    assert [delivery["robot"] for delivery in answer.json["deliveries"]] == ["ops", "hr", "it"]
    assert answer.json["run"] == Run.objects.latest("pk").pk


@pytest.mark.parametrize(
    ("status", "options", "result"), [("failed", (), "lost"), ("delivered", ("--first-asks",), "arrived")]
)
def test_waiting_ends_with_1_as_soon_as_the_rest_waits_for_a_person(
    worker: Callable[..., None], status: str, options: tuple[str, ...], result: str
) -> None:
    worker(status)
    answer = to_three("--wait", "20", "--json", *options)
    assert (answer.status, answer.json["ended"], answer.json["rest_waits"]) == (1, True, 2)
    assert (answer.json["first"]["state"], answer.json["first"]["result"]) == ("out", result)
    assert answer.json["status"] == "scheduled"


def test_the_lines_say_that_the_rest_waits(worker: Callable[..., None]) -> None:
    worker("failed")
    answer = to_three("--wait", "20")
    assert "2 other groups wait for what becomes of the first one." in answer.out
    assert "ops: Failed" in answer.out


@pytest.mark.parametrize(
    ("options", "code"),
    [
        pytest.param(["--all-robots", "--first", "opps"], "unknown_robot", id="nobody"),
        pytest.param(["--robot", "hr", "--robot", "it", "--first", "ops"], "first_not_among_them", id="not in it"),
        pytest.param(["--robot", "ops", "--first", "ops"], "first_not_among_them", id="alone"),
        pytest.param(["--all-robots", "--first-asks"], "first_missing", id="asks for nobody"),
        pytest.param(["--all-robots", "--stop-share", "5"], "first_missing", id="a share of nobody"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_stored(options: list[str], code: str) -> None:
    for name in ("hr", "it", "ops"):
        make_robot(name)
    answer = send("--text", "Drill", *options, "--json")
    assert answer.status == 2
    assert [each["code"] for each in answer.json["refused"]] == [code]
    assert not Broadcast.objects.exists()
