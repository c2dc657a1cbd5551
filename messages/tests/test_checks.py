from __future__ import annotations

import weakref
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from dingtalk.payloads import MAX_BODY_BYTES, NOBODY, At, FeedCard, FeedLink, Link, Markdown, Message, Text, build
from messages.models import EngineState
from messages.services.checks import Check, Finding, check_launch, launching, words
from robots.models import Robot, RobotStatus
from tests.factories import make_organisation, make_robot

pytestmark = pytest.mark.django_db

DRILL = Text("Drill at three.")
NOON = datetime(2027, 1, 5, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def check(message: Message = DRILL, *robots: Robot, at: At = NOBODY, planned_at: datetime | None = None) -> Check:
    return check_launch(message=message, at=at, robots=robots, planned_at=planned_at)


def codes(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.robot.name if finding.robot else "", finding.code) for finding in findings]


def test_a_message_that_every_robot_takes_has_no_findings():
    found = check(DRILL, make_robot(), make_robot(keywords=["Drill"]))
    assert found.findings == ()
    assert found.bytes == len(build(DRILL)) + len(',"msgUuid":"') + 36 + len('"')


def test_a_missing_keyword_is_told_for_its_robot_with_the_word():
    found = check(DRILL, make_robot("ops", keywords=["通知"]), make_robot("free"))
    assert codes(found.blockers) == [("ops", "keyword_missing")]
    assert found.blockers[0].text == ("This group's robot only accepts messages that contain 通知. Add it to the text.")


@pytest.mark.parametrize(
    ("message", "where"),
    [
        (DRILL, "Add one to the text."),
        (Markdown("alert in the title alone", "text"), "Add one to the text."),
        (Link("T", "x", "https://a.example"), "Add one to the title or text."),
        (FeedCard((FeedLink("T", "https://a.example", "https://a.example/p"),)), "Add one to a link's title."),
    ],
    ids=["text", "markdown", "link", "feedCard"],
)
def test_a_missing_keyword_says_where_to_add_it(message: Message, where: str):
    found = check(message, make_robot(keywords=["alert", "notice"]))
    assert found.blockers[0].text == (
        f"This group's robot only accepts messages that contain one of these words: alert, notice. {where}"
    )


def test_keywords_mind_upper_and_lower_case():
    assert codes(check(DRILL, make_robot("ops", keywords=["drill"])).blockers) == [("ops", "keyword_missing")]


def test_a_paused_robot_is_a_blocker_with_the_reason_of_its_pause():
    robot = make_robot("ops", status=RobotStatus.PAUSED, paused_reason="by_person")
    found = check(DRILL, robot, make_robot())
    assert codes(found.blockers) == [("ops", "robot_paused")]
    assert found.blockers[0].text.startswith("This robot is paused. ")
    assert found.blockers[0].text.endswith(". Resume it, or leave it out.")


def test_a_silenced_robot_is_a_warning_with_the_end_of_the_silence():
    robot = make_robot("ops", hold_until=NOON + timedelta(minutes=8), hold_reason="throttled")
    found = check(DRILL, robot, planned_at=NOON)
    assert codes(found.warnings) == [("ops", "robot_silenced")]
    assert "2027-01-05 12:08 (Asia/Shanghai)" in found.warnings[0].text
    assert found.blockers == ()


def test_a_silence_that_ends_before_the_planned_time_is_no_matter():
    robot = make_robot(hold_until=timezone.now() + timedelta(minutes=8), hold_reason="throttled")
    assert check(DRILL, robot, planned_at=NOON).findings == ()


def test_our_own_pacing_is_no_silence():
    robot = make_robot(hold_until=timezone.now() + timedelta(seconds=50), hold_reason="waiting_pacing")
    assert check(DRILL, robot).findings == ()


def test_a_used_up_quota_is_one_warning_for_its_organisation():
    exhausted = make_organisation("North", quota_exhausted_until=NOON + timedelta(days=27))
    robots = [make_robot(organisation=exhausted) for _number in range(3)]
    found = check(DRILL, *robots, make_robot(), planned_at=NOON)
    assert codes(found.warnings) == [("", "quota_exhausted")]
    assert "“North”" in found.warnings[0].text
    assert "3 groups" in found.warnings[0].text
    assert check(DRILL, *robots, planned_at=NOON + timedelta(days=28)).findings == ()


def test_robots_of_the_simulator_are_blockers_once_it_is_switched_off(settings):
    robot = make_robot("demo", organisation=make_organisation(simulated=True))
    assert check(DRILL, robot).findings == ()
    settings.DINGADMIN_SIMULATOR = False
    assert codes(check(DRILL, robot).blockers) == [("demo", "simulator_off")]


def test_a_hold_on_all_sending_is_a_warning():
    EngineState.objects.create(pk=1, hold_until=NOON + timedelta(minutes=5), hold_reason="address_banned")
    found = check(DRILL, make_robot(), planned_at=NOON)
    assert codes(found.warnings) == [("", "sending_on_hold")]
    assert "2027-01-05 12:05" in found.warnings[0].text


def test_a_stop_of_all_sending_is_a_warning():
    EngineState.objects.create(pk=1, stopped_at=NOON, stopped_by_name="li")
    found = check(DRILL, make_robot(), planned_at=NOON)
    assert codes(found.warnings) == [("", "sending_stopped")]
    assert "stopped by li since 2027-01-05 12:00" in found.warnings[0].text


def test_nobody_to_send_to_is_a_blocker():
    assert codes(check(DRILL).blockers) == [("", "audience_empty")]


def test_faults_of_the_message_are_told_once_however_many_robots():
    found = check(Markdown("", ""), make_robot(), make_robot(), make_robot())
    assert codes(found.blockers) == [("", "empty"), ("", "empty")]
    assert [finding.text for finding in found.blockers] == ["Fill in the title.", "Fill in the text."]


@pytest.mark.parametrize(
    "message",
    [Link("T", "x", "https://a.example"), FeedCard((FeedLink("T", "https://a.example", "https://a.example/p"),))],
    ids=["link", "feedCard"],
)
def test_mentions_where_dingtalk_passes_over_them_are_a_blocker(message: Message):
    found = check(message, make_robot(), at=At(mobiles=("13800000001",)))
    assert codes(found.blockers) == [("", "mentions_not_supported")]


@pytest.mark.parametrize(
    ("count", "expected"), [(50, []), (51, [("", "too_many_mentions"), ("", "mentions_left_out")])]
)
def test_fifty_people_can_be_mentioned_and_not_one_more(count: int, expected: list[tuple[str, str]]):
    at = At(mobiles=tuple(f"138{number:08}" for number in range(count)))
    assert codes(check(DRILL, make_robot(), at=at).blockers) == expected


def test_everyone_in_several_groups_is_a_warning_and_in_one_group_none():
    at = At(everyone=True)
    assert check(DRILL, make_robot(), at=at).findings == ()
    found = check(DRILL, make_robot(), make_robot(), at=at)
    assert codes(found.warnings) == [("", "mention_everyone")]
    assert found.warnings[0].text == "Everybody in 2 groups will be notified."


def of_exactly(size: int, at: At = NOBODY) -> Text:
    """A text whose body, msgUuid included, has that many bytes; three to a character but for the last ones."""
    room = size - check_launch(message=Text("消"), at=at, robots=[]).bytes + 3
    return Text("消" * (room // 3) + "x" * (room % 3))


@pytest.mark.parametrize("at", [NOBODY, At(mobiles=("13800000001",), everyone=True)], ids=["nobody", "with mentions"])
def test_a_body_of_exactly_20000_bytes_passes_and_one_byte_more_does_not(at: At):
    robot = make_robot()
    longest = check(of_exactly(MAX_BODY_BYTES, at), robot, at=at)
    assert (longest.bytes, longest.findings) == (20_000, ())

    too_long = check(of_exactly(MAX_BODY_BYTES + 1, at), robot, at=at)
    assert too_long.bytes == 20_001
    assert codes(too_long.blockers) == [("", "too_long")]
    assert "20,001 bytes" in too_long.blockers[0].text


def test_it_takes_as_many_queries_for_many_robots_as_for_one(django_assert_num_queries):
    robots = [make_robot(organisation=make_organisation(), keywords=[f"word{number}"]) for number in range(20)]
    check(DRILL, robots[0])  # from now on the cache knows what was used up to the last hour
    with django_assert_num_queries(5):
        check(DRILL, robots[0])
    with django_assert_num_queries(5):
        assert len(check(DRILL, *robots).blockers) == 20


def test_an_audience_is_gone_through_once_and_of_its_robots_none_is_kept(monkeypatch):
    monkeypatch.setattr(launching, "ROBOTS_AT_ONCE", 4)
    for number in range(20):
        make_robot(f"r{number:02}")
    alive: list[int] = []

    def read() -> Iterator[Robot]:
        known: list[weakref.ref[Robot]] = []
        for pk in Robot.objects.order_by("pk").values_list("pk", flat=True):
            robot = Robot.objects.get(pk=pk)
            known.append(weakref.ref(robot))
            alive.append(sum(reference() is not None for reference in known))
            yield robot

    assert check_launch(message=DRILL, at=NOBODY, robots=read()).findings == ()
    assert len(alive) == 20
    assert max(alive) <= 2 * 4 + 1


@pytest.mark.parametrize("remembered", [1, 1000], ids=["few", "many"])
def test_what_is_found_does_not_depend_on_how_many_messages_are_remembered(monkeypatch, remembered: int):
    monkeypatch.setattr(words, "MOST_REMEMBERED", remembered)
    robots = [make_robot(f"r{number}", keywords=["r1"] if number < 4 else []) for number in range(6)]
    assert codes(check(Text("{{ robot.name }}"), *robots).blockers) == [
        (name, "keyword_missing") for name in ("r0", "r2", "r3")
    ]
    everywhere = check(Markdown(title="", text="{{ robot.name }}"), robots[4], robots[5], robots[4]).blockers
    assert codes(everywhere) == [("", "empty")]
