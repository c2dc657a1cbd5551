from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from audit.actors import Actor
from audit.models import Entry
from dingtalk.payloads import NOBODY, At, Link, Markdown, Text, message_from_dict
from messages.models import Broadcast, BroadcastKind, BroadcastStatus, Draft, Run, Target, UncertainPolicy
from messages.schedule.wall_times import UnknownZone
from messages.services import audience
from messages.services.drafts import StaleDraft
from messages.services.launch import AlreadyLaunched, LaunchRefused, launch
from messages.services.planning import PlannedInPast
from robots.models import Robot, RobotStatus
from tests.factories import make_draft, make_robot, make_user

pytestmark = pytest.mark.django_db

LI = Actor(name="li")
WANG = Actor(name="wang")


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def wake_ups(monkeypatch) -> list[str]:
    """What would be queued on the broker."""
    queued: list[str] = []
    monkeypatch.setattr("messages.services.launch.wake_tick", lambda: queued.append("tick"))
    return queued


def launched(*robots: Robot, by: Actor = LI, **changes: object) -> Broadcast:
    values: dict[str, object] = {
        "message": Text("Drill at three."),
        "at": NOBODY,
        "robots": robots,
        "name": "Fire drill",
        "by": by,
        "launch_key": uuid.uuid4(),
        "planned_at": None,
        "zone": "Asia/Shanghai",
    }
    return launch(**{**values, **changes})


def codes(refusal: pytest.ExceptionInfo[LaunchRefused]) -> list[tuple[str, str]]:
    return [(found.robot.name if found.robot else "", found.code) for found in refusal.value.check.blockers]


# --- works ----------------------------------------------------------------------------------------------------------


def test_a_launch_freezes_everything_and_plans_it(wake_ups, django_capture_on_commit_callbacks):
    user = make_user("zhao")
    ops, hr = make_robot("ops", group_name="Operations"), make_robot("hr", group_name="People")
    draft = make_draft(robots=[ops, hr], version=4)
    before = timezone.now()
    with django_capture_on_commit_callbacks(execute=True):
        broadcast = launched(
            hr,
            ops,
            message=Markdown("Drill", "# At three"),
            at=At(mobiles=("13800000001",), user_ids=("li01",)),
            draft=draft,
            seen_launches=0,
            by=Actor(name="zhao", user_id=user.pk),
        )

    broadcast.refresh_from_db()
    assert (broadcast.kind, broadcast.status) == (BroadcastKind.BROADCAST, BroadcastStatus.SCHEDULED)
    assert (broadcast.name, broadcast.msgtype) == ("Fire drill", "markdown")
    assert broadcast.content == {"title": "Drill", "text": "# At three"}
    assert (broadcast.at_mobiles, broadcast.at_user_ids) == (["13800000001"], ["li01"])
    assert broadcast.at_everyone is False
    assert before <= broadcast.planned_at <= timezone.now()
    assert broadcast.next_at == broadcast.planned_at
    assert (broadcast.draft, broadcast.draft_version) == (draft, 4)
    assert (broadcast.created_by, broadcast.created_by_name) == (user, "zhao")
    assert list(broadcast.targets.values_list("robot", "robot_name", "group_name")) == [
        (hr.pk, "hr", "People"),
        (ops.pk, "ops", "Operations"),
    ]
    draft.refresh_from_db()
    assert draft.launches == 1
    assert wake_ups == ["tick"]
    assert not Run.objects.exists()


def test_a_launch_is_on_record():
    draft = make_draft(version=2)
    broadcast = launched(make_robot(), make_robot(), draft=draft)
    entry = Entry.objects.get()
    assert (entry.action, entry.target_id, entry.actor_name) == ("broadcast.launched", str(broadcast.pk), "li")
    assert entry.detail == {
        "robots": 2,
        "planned_at": broadcast.planned_at.isoformat(),
        "zone": "Asia/Shanghai",
        "draft": draft.pk,
        "version": 2,
    }


def test_what_is_frozen_reads_back_as_the_same_message():
    message = Link("T", "x", "https://a.example/新闻", "https://a.example/p.png")
    broadcast = launched(make_robot(), message=message)
    read = message_from_dict({"msgtype": broadcast.msgtype, broadcast.msgtype: broadcast.content})
    assert read == Link("T", "x", "https://a.example/%E6%96%B0%E9%97%BB", "https://a.example/p.png")


def test_a_planned_launch_waits_for_its_time():
    planned_at = timezone.now() + timedelta(days=2)
    broadcast = launched(make_robot(), planned_at=planned_at, zone="Europe/Berlin")
    broadcast.refresh_from_db()
    assert (broadcast.planned_at, broadcast.next_at, broadcast.zone) == (planned_at, planned_at, "Europe/Berlin")


def test_a_later_edit_of_the_draft_changes_nothing_of_the_broadcast():
    draft = make_draft()
    broadcast = launched(make_robot(), draft=draft)
    Draft.objects.filter(pk=draft.pk).update(content={"content": "Other words"})
    draft.delete()
    broadcast.refresh_from_db()
    assert (broadcast.content, broadcast.draft) == ({"content": "Drill at three."}, None)


@pytest.mark.parametrize(
    ("at", "chosen", "policy"),
    [
        (NOBODY, None, UncertainPolicy.RETRY_SAFELY),
        (At(mobiles=("13800000001",)), None, UncertainPolicy.RETRY_SAFELY),
        (At(everyone=True), None, UncertainPolicy.ASK),
        (At(everyone=True), UncertainPolicy.RETRY_SAFELY, UncertainPolicy.RETRY_SAFELY),
        (NOBODY, UncertainPolicy.ASK, UncertainPolicy.ASK),
    ],
    ids=["nobody", "a person", "everyone", "everyone, chosen", "nobody, chosen"],
)
def test_a_mention_of_everyone_is_not_retried_by_itself(at: At, chosen: str | None, policy: str):
    assert launched(make_robot(), at=at, uncertain_policy=chosen).uncertain_policy == policy


def test_a_robot_chosen_twice_is_a_target_once():
    robot = make_robot()
    assert launched(robot, robot).targets.count() == 1


def test_a_message_without_a_name_is_called_by_its_first_line():
    assert launched(make_robot(), name=" ", message=Text("Drill.\nBring water.")).name == "Drill."


def test_a_name_that_is_too_long_is_cut():
    assert len(launched(make_robot(), name="消" * 300).name) == 100


def test_text_that_no_database_takes_is_cleaned_before_it_is_frozen():
    assert launched(make_robot(), message=Text("a\x00b\ud800c")).content == {"content": "abc"}


def test_many_robots_are_read_checked_and_frozen_part_by_part(monkeypatch):
    monkeypatch.setattr(audience, "ROWS_PER_QUERY", 4)
    robots = [make_robot(f"r{number}") for number in range(10)]
    held: list[int] = []
    real = audience.as_they_are_now

    def read(ids: Iterable[int]) -> list[Robot]:
        found = real(ids)
        held.append(len(found))
        return found

    monkeypatch.setattr("messages.services.aiming.as_they_are_now", read)
    broadcast = launched(*robots)
    assert held == [4, 4, 2]
    assert [target.robot_name for target in broadcast.targets.all()] == [robot.name for robot in robots]


def test_what_is_wrong_with_a_robot_far_down_refuses_the_whole_launch(monkeypatch):
    monkeypatch.setattr(audience, "ROWS_PER_QUERY", 4)
    robots = [make_robot(f"r{number}") for number in range(9)]
    Robot.objects.filter(pk=robots[-1].pk).update(keywords=["通知"])
    with pytest.raises(LaunchRefused) as refusal:
        launched(*robots)
    assert codes(refusal) == [("r8", "keyword_missing")]
    assert nothing_was_written()


def test_each_part_of_an_audience_is_read_once_and_written_once(monkeypatch):
    monkeypatch.setattr(audience, "ROWS_PER_QUERY", 4)
    robots = [make_robot() for _ in range(12)]
    launched(robots[0])  # from now on the cache knows what was used up to the last hour

    def queries(count: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            launched(*robots[:count])
        return len(captured)

    assert queries(4) == queries(1)
    assert queries(12) == queries(4) + 2 * 2


# --- refusals -------------------------------------------------------------------------------------------------------


def nothing_was_written(draft: Draft | None = None) -> bool:
    untouched = draft is None or Draft.objects.get(pk=draft.pk).launches == 0
    return untouched and not (Broadcast.objects.exists() or Target.objects.exists() or Entry.objects.exists())


def test_blockers_refuse_the_launch_and_nothing_is_written(wake_ups, django_capture_on_commit_callbacks):
    draft = make_draft()
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(LaunchRefused) as refusal:
        launched(make_robot("ops", keywords=["通知"]), make_robot("hr"), draft=draft)
    assert codes(refusal) == [("ops", "keyword_missing")]
    assert nothing_was_written(draft)
    assert wake_ups == []


def test_warnings_refuse_nothing():
    robot = make_robot(hold_until=timezone.now() + timedelta(minutes=5), hold_reason="throttled")
    assert launched(robot, make_robot(), at=At(everyone=True)).targets.count() == 2


def test_a_robot_paused_between_check_and_launch_is_found():
    robot = make_robot("ops")
    Robot.objects.filter(pk=robot.pk).update(status=RobotStatus.PAUSED, paused_reason="token_unknown")
    assert robot.status == RobotStatus.ACTIVE
    with pytest.raises(LaunchRefused) as refusal:
        launched(robot, make_robot())
    assert codes(refusal) == [("ops", "robot_paused")]


def test_a_robot_deleted_between_check_and_launch_is_named():
    robot = make_robot("ops")
    Robot.objects.get(pk=robot.pk).delete()
    draft = make_draft()
    with pytest.raises(LaunchRefused) as refusal:
        launched(robot, make_robot(), draft=draft)
    assert codes(refusal) == [("ops", "robot_deleted")]
    assert "“ops” was deleted" in refusal.value.check.blockers[0].text
    assert nothing_was_written(draft)


def test_a_keyword_added_between_check_and_launch_is_found():
    robot = make_robot("ops")
    Robot.objects.filter(pk=robot.pk).update(keywords=["通知"])
    with pytest.raises(LaunchRefused) as refusal:
        launched(robot)
    assert codes(refusal) == [("ops", "keyword_missing")]


def test_nobody_to_send_to_is_refused():
    with pytest.raises(LaunchRefused) as refusal:
        launched()
    assert codes(refusal) == [("", "audience_empty")]


@pytest.mark.parametrize(("extra", "refused"), [(0, False), (1, True)], ids=["20000 bytes", "20001 bytes"])
def test_a_message_of_20000_bytes_is_launched_and_of_20001_is_not(extra: int, refused: bool):
    envelope = len('{"msgtype":"text","text":{"content":""},"msgUuid":""}') + 36
    message = Text("x" * (20_000 - envelope + extra))
    if not refused:
        assert launched(make_robot(), message=message).targets.count() == 1
        return
    with pytest.raises(LaunchRefused) as refusal:
        launched(make_robot(), message=message)
    assert codes(refusal) == [("", "too_long")]
    assert refusal.value.check.bytes == 20_001
    assert nothing_was_written()


def test_a_time_in_the_past_is_refused():
    with pytest.raises(PlannedInPast) as refusal:
        launched(make_robot(), planned_at=datetime(2026, 1, 1, 1, 0, tzinfo=UTC), draft=make_draft())
    assert "2026-01-01 09:00 (Asia/Shanghai)" in refusal.value.text
    assert nothing_was_written(Draft.objects.get())


def test_a_time_a_few_seconds_ago_means_now():
    before = timezone.now()
    assert launched(make_robot(), planned_at=before - timedelta(seconds=20)).planned_at >= before


def test_a_zone_that_does_not_exist_is_refused():
    with pytest.raises(UnknownZone):
        launched(make_robot(), zone="Mars/Olympus")
    assert nothing_was_written()


# --- twice ----------------------------------------------------------------------------------------------------------


def test_a_double_click_makes_one_broadcast():
    robot, draft, key = make_robot(), make_draft(), uuid.uuid4()
    first = launched(robot, draft=draft, seen_launches=0, launch_key=key)
    second = launched(robot, draft=draft, seen_launches=0, launch_key=key)
    assert second == first
    assert (Broadcast.objects.count(), Entry.objects.count()) == (1, 1)
    assert Draft.objects.get().launches == 1


def test_the_second_of_two_people_is_told_who_was_first():
    robot, draft = make_robot(), make_draft()
    theirs = launched(robot, draft=draft, seen_launches=0, by=WANG)
    with pytest.raises(AlreadyLaunched) as refusal:
        launched(robot, draft=Draft.objects.get(), seen_launches=0)
    assert refusal.value.broadcast == theirs
    assert refusal.value.text.startswith("wang launched this draft at ")
    assert Broadcast.objects.count() == 1


def test_a_draft_can_be_launched_again_by_somebody_who_saw_the_first_launch():
    robot, draft = make_robot(), make_draft()
    launched(robot, draft=draft, seen_launches=0)
    launched(robot, draft=Draft.objects.get(), seen_launches=1)
    assert Broadcast.objects.count() == 2
    assert Draft.objects.get().launches == 2


def test_a_draft_edited_since_it_was_looked_at_is_not_launched():
    draft = make_draft(version=2)
    with pytest.raises(StaleDraft):
        launched(make_robot(), draft=draft, seen_version=1)
    assert nothing_was_written(draft)


def test_a_draft_deleted_since_it_was_looked_at_is_not_launched():
    draft = make_draft()
    Draft.objects.get().delete()
    with pytest.raises(StaleDraft) as refusal:
        launched(make_robot(), draft=draft)
    assert refusal.value.newest is None
    assert nothing_was_written()


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act, run in a thread and a transaction of its own at the same moment, gave or raised."""
    ready = threading.Barrier(len(acts))
    outcomes: list[object] = [None] * len(acts)

    def run(position: int, act: Callable[[], object]) -> None:
        ready.wait()
        try:
            outcomes[position] = act()
        except (AlreadyLaunched, LaunchRefused) as refusal:
            outcomes[position] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_of_two_people_launching_the_same_draft_at_once_one_is_told():
    robot, draft = make_robot(), make_draft()
    outcomes = at_once(
        lambda: launched(robot, draft=draft, seen_launches=0, by=LI),
        lambda: launched(robot, draft=draft, seen_launches=0, by=WANG),
    )
    made = [outcome for outcome in outcomes if isinstance(outcome, Broadcast)]
    told = [outcome for outcome in outcomes if isinstance(outcome, AlreadyLaunched)]
    assert (len(made), len(told)) == (1, 1)
    assert told[0].broadcast == made[0] == Broadcast.objects.get()
    assert Draft.objects.get().launches == 1
    assert Target.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("from_draft", [True, False], ids=["of a draft", "without a draft"])
def test_both_halves_of_a_double_click_at_once_give_the_same_broadcast(from_draft: bool):
    robot, key = make_robot(), uuid.uuid4()
    draft = make_draft() if from_draft else None
    click = lambda: launched(robot, draft=draft, launch_key=key)  # noqa: E731
    outcomes = at_once(click, click, click, click)
    assert outcomes == [Broadcast.objects.get()] * 4
    assert Target.objects.count() == 1
    assert Entry.objects.filter(action="broadcast.launched").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_robot_deleted_while_the_launch_writes_is_named(monkeypatch):
    """On PostgreSQL the lost robot shows at the commit only; on SQLite the deletion has to wait for the launch."""
    if connection.vendor != "postgresql":
        pytest.skip("needs a database that lets two transactions write at once")
    robot, other = make_robot("ops"), make_robot()

    def delete_meanwhile() -> None:
        monkeypatch.undo()
        thread = threading.Thread(target=lambda: (Robot.objects.get(pk=robot.pk).delete(), connection.close()))
        thread.start()
        thread.join(timeout=30)

    real = audience.as_they_are_now

    def reread(ids: Iterable[int]) -> list[Robot]:
        found = real(ids)
        delete_meanwhile()
        return found

    monkeypatch.setattr("messages.services.aiming.as_they_are_now", reread)
    with pytest.raises(LaunchRefused) as refusal:
        launched(robot, other)
    assert codes(refusal) == [("ops", "robot_deleted")]
    assert nothing_was_written()
