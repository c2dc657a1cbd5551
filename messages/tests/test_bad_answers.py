"""Whatever the endpoint answers ends in an outcome on record, in words; over a real socket."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import override

from dingtalk.client import DEFAULT_LIMITS
from messages.models import Delivery, DeliveryStatus, EngineState
from messages.reasons import explain
from messages.tests.simulated import IMPATIENT, make_pair, send, send_retries
from robots.models import Organisation, RobotStatus
from robots.reason_texts import UNKNOWN
from simulator.models import ChatMessage, Fault, FaultKind, GroupState, Knobs, WindowKind
from simulator.models.fault import ACCEPTS
from simulator.models.knobs import ThrottleCode, TokenCode, Wording
from tests.factories import make_delivery, make_organisation, make_robot

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "simulator"])

WAITING, FAILED, UNCERTAIN = DeliveryStatus.WAITING, DeliveryStatus.FAILED, DeliveryStatus.UNCERTAIN
FAULTS = {
    FaultKind.LATENCY: (UNCERTAIN, "read_timeout"),
    FaultKind.DROP_BEFORE: (UNCERTAIN, "reset_after_send"),
    FaultKind.DROP_AFTER_ACCEPT: (UNCERTAIN, "reset_after_send"),
    FaultKind.REDIRECT_302: (WAITING, "redirected"),
    FaultKind.HTTP_500: (WAITING, "server_error"),
    FaultKind.HTTP_400: (FAILED, "request_refused"),
    FaultKind.HTML_200: (UNCERTAIN, "html_reply"),
    FaultKind.HTML_502: (WAITING, "server_error"),
    FaultKind.TRUNCATED: (UNCERTAIN, "broken_reply"),
    FaultKind.EMPTY: (UNCERTAIN, "empty_reply"),
    FaultKind.NO_ERRCODE: (UNCERTAIN, "no_errcode"),
    FaultKind.HUGE: (UNCERTAIN, "huge_reply"),
    FaultKind.SLOW_DRIP: (UNCERTAIN, "too_slow"),
    FaultKind.BANNED_1111: (WAITING, "address_banned"),
    FaultKind.ERRCODE: (FAILED, "unknown_code"),
}


@pytest.fixture
def organisation(simulator: str) -> Organisation:
    return make_organisation(simulated=True)


def outcome(delivery: Delivery) -> tuple[str, str]:
    delivery.refresh_from_db()
    return delivery.status, delivery.reason


def assert_told_in_words(delivery: Delivery, client: Client) -> None:
    client.cookies["django_language"] = "en"
    text = " ".join(client.get(reverse("broadcasts:delivery_detail", args=[delivery.pk])).content.decode().split())
    with override("en"):
        why = explain(delivery.reason)
        assert why.title != UNKNOWN[0]
        assert escape(str(why.title)) in text


def test_every_fault_has_its_row_here() -> None:
    assert set(FAULTS) == set(FaultKind)


@pytest.mark.parametrize("kind", FaultKind)
def test_every_fault_ends_in_a_recorded_outcome_and_arrives_once_when_it_is_over(
    kind: FaultKind, organisation: Organisation, staff_client: Client
) -> None:
    robot, group = make_pair(organisation)
    # Slow enough to be given up, and quick enough not to answer into the next test.
    delay_ms = 100 if kind is FaultKind.SLOW_DRIP else 700
    Fault.objects.create(group=group, kind=kind, remaining=1, delay_ms=delay_ms, errcode=999_999, errmsg="?")
    delivery = make_delivery(robot)
    slow = kind in (FaultKind.LATENCY, FaultKind.SLOW_DRIP)
    assert send(limits=IMPATIENT if slow else DEFAULT_LIMITS) == 1
    assert outcome(delivery) == FAULTS[kind]
    assert delivery.attempts.get().reason == FAULTS[kind][1]
    assert_told_in_words(delivery, staff_client)
    assert ChatMessage.objects.count() == int(kind in ACCEPTS)

    EngineState.objects.update(hold_until=None)
    send_retries()
    if FAULTS[kind][0] != FAILED:
        assert outcome(delivery) == (DeliveryStatus.DELIVERED, "delivered")
        assert ChatMessage.objects.get().msg_uuid == str(delivery.msg_uuid)


@pytest.mark.parametrize("wording", Wording)
@pytest.mark.parametrize(
    ("group", "reason"),
    [
        pytest.param({"keywords": ["never said"]}, "keyword_missing", id="keyword"),
        pytest.param({"ip_ranges": ["203.0.113.9"]}, "ip_not_allowed", id="address"),
    ],
)
def test_each_wording_of_a_refusal_is_understood(
    wording: str, group: dict[str, object], reason: str, organisation: Organisation
) -> None:
    robot, made = make_pair(organisation, **group)
    Knobs.objects.create(group=made, wording=wording)
    delivery = make_delivery(robot)
    send()
    assert outcome(delivery) == (FAILED, reason)
    robot.refresh_from_db()
    assert robot.status == RobotStatus.ACTIVE


@pytest.mark.parametrize("wording", Wording)
def test_each_wording_of_a_wrong_sign_and_a_wrong_time_is_understood(wording: str, organisation: Organisation) -> None:
    signed_robot, unsigned = make_pair(organisation, "wrong secret")
    late_robot, late = make_pair(organisation, "other time")
    Knobs.objects.create(group=unsigned, wording=wording)
    Knobs.objects.create(group=late, wording=wording, clock_offset_seconds=-7200)
    signed_robot.delete()
    wrong = make_delivery(make_robot(token=unsigned.token, secret="SECanother-secret", organisation=organisation))
    timed = make_delivery(late_robot)
    send()
    assert outcome(wrong) == (FAILED, "sign_mismatch")
    assert outcome(timed) == (FAILED, "timestamp_invalid")


@pytest.mark.parametrize("code", ThrottleCode)
@pytest.mark.parametrize("window", WindowKind)
def test_each_code_of_a_throttle_silences_the_robot_and_the_queue_goes_out_in_order_afterwards(
    code: int, window: str, organisation: Organisation
) -> None:
    robot, group = make_pair(organisation)
    knobs = Knobs.objects.create(group=group, throttle_errcode=code, limit=1, window=window, penalty_seconds=0)
    queue = [make_delivery(robot) for _ in range(4)]
    Fault.objects.create(group=group, kind=FaultKind.ERRCODE, errcode=code, errmsg="send too fast", remaining=1)
    assert send() == 1, "after a throttled answer nothing more goes to this robot"
    assert outcome(queue[0]) == (WAITING, "throttled")
    assert queue[0].tries == 0
    robot.refresh_from_db()
    assert (robot.silences, robot.hold_reason) == (1, "throttled")

    knobs.limit = 20
    knobs.save()
    send_retries()
    arrived = list(ChatMessage.objects.order_by("pk").values_list("msg_uuid", flat=True))
    assert arrived == [str(delivery.msg_uuid) for delivery in queue]


@pytest.mark.parametrize(
    "knobs",
    [
        pytest.param({"errcode_as_text": True}, id="errcode as text"),
        pytest.param({"errmsg_first": True}, id="errmsg first"),
        pytest.param({"escape_arrows": False}, id="arrows as they are"),
        pytest.param({"latency_ms": 100}, id="late"),
        pytest.param({"strict": False}, id="lenient"),
        pytest.param({"clock_offset_seconds": 1800}, id="a clock half an hour off"),
    ],
)
def test_what_dingtalk_may_vary_changes_nothing(knobs: dict[str, object], organisation: Organisation) -> None:
    robot, group = make_pair(organisation)
    Knobs.objects.create(group=group, **knobs)
    delivery = make_delivery(robot)
    send()
    assert outcome(delivery) == (DeliveryStatus.DELIVERED, "delivered")


@pytest.mark.parametrize(
    ("knobs", "reason"),
    [
        pytest.param({"banned_words": ["Drill"]}, "banned_text", id="a banned word"),
        pytest.param({"latency_ms": 700}, "read_timeout", id="no answer in time"),
    ],
)
def test_what_dingtalk_may_refuse_is_told(
    knobs: dict[str, object], reason: str, organisation: Organisation, staff_client: Client
) -> None:
    robot, group = make_pair(organisation)
    Knobs.objects.create(group=group, **knobs)
    delivery = make_delivery(robot)
    send(limits=IMPATIENT if knobs.get("latency_ms") else DEFAULT_LIMITS)
    assert outcome(delivery)[1] == reason
    assert_told_in_words(delivery, staff_client)


def test_a_used_up_quota_stops_the_organisation_and_what_waits_fails_with_that_reason(
    organisation: Organisation,
) -> None:
    robot, _group = make_pair(organisation, quota_left=1)
    first, second, third = (make_delivery(robot) for _ in range(3))
    send()
    assert [outcome(first)[1], outcome(second)[1]] == ["delivered", "quota_exhausted"]
    organisation.refresh_from_db()
    assert organisation.quota_exhausted_until is not None
    assert outcome(third)[0] == WAITING
    assert send() == 0


@pytest.mark.parametrize(
    ("fault", "seconds", "told"),
    [
        pytest.param({"kind": FaultKind.BANNED_1111}, 300, "shut out this server for 5 minutes", id="a ban"),
        pytest.param(
            {"kind": FaultKind.ERRCODE, "errcode": 90002},
            1,
            "no calls for the moment",
            id="90002",
        ),
    ],
)
def test_what_dingtalk_says_of_all_calls_holds_every_robot_and_stands_on_the_overview(
    fault: dict[str, object], seconds: int, told: str, organisation: Organisation, staff_client: Client
) -> None:
    robot, group = make_pair(organisation)
    other, _other_group = make_pair(organisation, "another")
    Fault.objects.create(group=group, remaining=1, **fault)
    make_delivery(robot)
    before = timezone.now()
    assert send() == 1
    hold_until = EngineState.objects.get().hold_until
    assert hold_until is not None
    assert before + timedelta(seconds=seconds) <= hold_until <= timezone.now() + timedelta(seconds=seconds)
    EngineState.objects.update(hold_until=hold_until + timedelta(seconds=60))
    waits = make_delivery(other)
    assert send() == 0
    assert outcome(waits)[0] == WAITING
    staff_client.cookies["django_language"] = "en"
    assert told in staff_client.get(reverse("overview")).content.decode()


@pytest.mark.parametrize(
    ("state", "knobs", "fault", "reason"),
    [
        pytest.param(GroupState.STOPPED, {}, None, "robot_stopped", id="400102"),
        pytest.param(GroupState.REMOVED, {}, None, "robot_removed", id="400106"),
        pytest.param(GroupState.DISSOLVED, {}, None, "group_dissolved", id="400013"),
        pytest.param(GroupState.OK, {}, (400101, "access_token不存在"), "token_unknown", id="400101"),
        pytest.param(GroupState.OK, {}, (TokenCode.TODAY, "token is not exist"), "token_unknown", id="300005"),
        pytest.param(GroupState.OK, {}, (TokenCode.OLDER, "token is not exist"), "token_unknown", id="300001"),
    ],
)
def test_a_dead_robot_is_paused_at_once_and_a_test_that_arrives_brings_it_back(
    state: str, knobs: dict[str, object], fault: tuple[int, str] | None, reason: str, organisation: Organisation
) -> None:
    robot, group = make_pair(organisation, state=state)
    if fault:
        Fault.objects.create(group=group, kind=FaultKind.ERRCODE, errcode=fault[0], errmsg=fault[1], remaining=1)
    first, waiting = make_delivery(robot), make_delivery(robot)
    assert send() == 1
    robot.refresh_from_db()
    assert (robot.status, robot.paused_reason) == (RobotStatus.PAUSED, reason)
    assert (outcome(first), outcome(waiting)[0]) == ((FAILED, reason), WAITING)

    group.state = GroupState.OK
    group.save()
    test = make_delivery(robot, is_test=True)
    send()
    assert outcome(test)[0] == DeliveryStatus.DELIVERED
    robot.refresh_from_db()
    assert (robot.status, robot.paused_reason) == (RobotStatus.ACTIVE, "")
