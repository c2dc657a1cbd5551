import json
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from messages.models import Delivery, DeliveryStatus
from messages.tests.test_history import make_attempt
from tests.factories import make_body, make_broadcast, make_delivery, make_robot, make_run, make_tag

pytestmark = pytest.mark.django_db

LIST = "/history/"
RAW = '{"errcode":310000,"errmsg":"错误描述:关键词不匹配;<script>alert(1)</script>"}'


def page(delivery: Delivery, name: str = "detail") -> str:
    return reverse(f"broadcasts:delivery_{name}", args=[delivery.pk])


def text_of(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


# --- the history ------------------------------------------------------------------------------------------------------
def test_the_history_tells_of_each_delivery_where_when_and_what_dingtalk_answered(english):
    run = make_run(make_broadcast("Fire drill", status="fired"))
    robot = make_robot(name="ops", group_name="运维值班群")
    delivery = make_delivery(
        robot, run=run, status=DeliveryStatus.FAILED, reason="content_refused", errcode=300005, calls=2
    )
    text = text_of(english.get(LIST))
    assert all(word in text for word in ("ops", "运维值班群", "Fire drill", "Failed", "300005"))
    assert "The message is not one that DingTalk takes." in text
    assert page(delivery) in text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        pytest.param("", {"ops", "shop", "school"}, id="no filter"),
        pytest.param("state=failed", {"shop"}, id="by state"),
        pytest.param("robot=%(ops)s", {"ops"}, id="by robot"),
        pytest.param("tag=%(north)s", {"ops", "school"}, id="by tag"),
        pytest.param("broadcast=%(broadcast)s", {"school"}, id="by broadcast"),
        pytest.param("errcode=300005", {"shop"}, id="by errcode"),
        pytest.param("reason=token_unknown&state=failed", {"shop"}, id="by reason"),
        pytest.param("q=SCH", {"school"}, id="by a part of the robot's name"),
        pytest.param("q=门店", {"shop"}, id="by a part of the group's name"),
        pytest.param("from=2026-11-02&to=2026-11-02", {"shop"}, id="by day, in the default zone"),
        pytest.param("to=2026-11-01", {"ops"}, id="up to a day"),
        pytest.param("from=2026-11-03&tag=%(north)s", {"school"}, id="several at once"),
        pytest.param("errcode=many&robot=4711&from=x&broadcast=y", {"ops", "shop", "school"}, id="nonsense"),
        pytest.param("errcode=999999", set(), id="an errcode that never came"),
        pytest.param(
            "errcode=99999999999999999999999", {"ops", "shop", "school"}, id="an errcode that no column holds"
        ),
        pytest.param(
            "broadcast=99999999999999999999999", {"ops", "shop", "school"}, id="a broadcast that no column holds"
        ),
    ],
)
def test_the_history_can_be_narrowed_down(english, query, names):
    north = make_tag("north")
    ops, school = make_robot(name="ops", tags=[north]), make_robot(name="school", tags=[north])
    shop = make_robot(name="shop", group_name="门店一群")
    broadcast = make_broadcast(status="fired")
    # Midnight in Shanghai is four in the afternoon of the day before in Greenwich.
    first, second, third = (datetime(2026, 10, 31, 16, 30, tzinfo=UTC) + timedelta(days=day) for day in range(3))
    make_delivery(ops, run=make_run(planned_at=first), status=DeliveryStatus.DELIVERED, errcode=0)
    failed = make_delivery(
        shop, run=make_run(planned_at=second), status=DeliveryStatus.FAILED, reason="token_unknown", errcode=300005
    )
    make_attempt(failed, kind="refused_robot", errcode=300005)
    make_delivery(school, run=make_run(broadcast, planned_at=third))
    numbers = {"ops": ops.pk, "north": north.pk, "broadcast": broadcast.pk}
    response = english.get(f"{LIST}?{query % numbers}")
    assert {line.delivery.robot_name for line in response.context["lines"]} == names


def test_a_filter_that_another_page_set_is_shown_and_can_be_dropped(english):
    broadcast = make_broadcast("Fire drill", status="fired")
    make_delivery(run=make_run(broadcast), status=DeliveryStatus.FAILED, reason="content_refused")
    text = text_of(english.get(f"{LIST}?broadcast={broadcast.pk}&reason=content_refused&state=failed"))
    assert "Broadcast: Fire drill" in text
    assert 'href="?reason=content_refused&amp;state=failed"' in text
    assert "Reason: The message is not one that DingTalk takes." in text


def test_an_empty_history_says_what_to_do_first(english):
    assert "Nothing was sent yet" in text_of(english.get(LIST))
    assert "Nothing fits these filters" in text_of(english.get(f"{LIST}?q=nothing"))


def test_the_history_takes_as_many_queries_for_many_rows_as_for_one(english, django_assert_num_queries):
    for _ in range(30):
        make_delivery(run=make_run())
    # Session, user, robots and tags to choose from, deliveries with their runs and robots, the engine's state,
    # the banner.
    with django_assert_num_queries(10):
        english.get(LIST)


# --- one delivery -----------------------------------------------------------------------------------------------------
def test_a_delivery_shows_every_attempt_with_all_that_is_known_of_it(english):
    delivery = make_delivery(make_robot(name="ops"), status=DeliveryStatus.FAILED, reason="token_unknown")
    make_attempt(delivery, number=1, kind="throttled", reason="throttled", errcode=130101, duration_ms=81)
    make_attempt(
        delivery,
        number=2,
        kind="refused_robot",
        reason="token_unknown",
        errcode=300005,
        http_status=200,
        duration_ms=1234,
        raw=RAW,
        masked_url="https://oapi.dingtalk.com/robot/send?access_token=ffff…0001&timestamp=1&sign=…",
    )
    text = text_of(english.get(page(delivery)))
    assert text.index("Attempt 1") < text.index("Attempt 2")
    assert all(word in text for word in ("130101", "300005", "81 ms", "Throttled", "Robot refused", "200"))
    assert "access_token=ffff…0001" in text


def test_dingtalks_raw_text_is_shown_and_never_interpreted(english):
    delivery = make_delivery(status=DeliveryStatus.FAILED, reason="keyword_missing")
    make_attempt(delivery, kind="refused_content", reason="keyword_missing", errcode=310000, raw=RAW)
    text = text_of(english.get(page(delivery)))
    assert "错误描述:关键词不匹配;&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert" not in text


def test_an_attempt_without_an_answer_says_so(english):
    delivery = make_delivery(status=DeliveryStatus.UNCERTAIN, reason="read_timeout")
    make_attempt(delivery, kind="uncertain", reason="read_timeout", http_status=None, errcode=None, raw="")
    text = text_of(english.get(page(delivery)))
    assert "None" not in text
    assert "none</span>" in text


def test_the_body_is_shown_exactly_as_it_was_sent(english):
    delivery = make_delivery(body=make_body('Drill "at three" <now> 演习'), status=DeliveryStatus.DELIVERED)
    response = english.get(page(delivery))
    sent = response.context["sent"]
    assert sent == f'{delivery.body.text[:-1]},"msgUuid":"{delivery.msg_uuid}"}}'
    assert json.loads(response.context["readable"]) == json.loads(sent)
    assert "&lt;now&gt; 演习" in text_of(response)


def test_a_deleted_robot_leaves_its_delivery_readable(english):
    robot = make_robot(name="ops")
    delivery = make_delivery(robot, status=DeliveryStatus.DELIVERED, errcode=0)
    robot.delete()
    text = text_of(english.get(page(delivery)))
    assert "ops" in text
    assert "(deleted)" in text


def test_a_held_delivery_says_why_and_until_when(english):
    until = timezone.now() + timedelta(minutes=9)
    delivery = make_delivery(make_robot(hold_until=until, hold_reason="throttled"))
    response = english.get(page(delivery))
    assert response.context["line"].until == until
    assert "Next call" in text_of(response)


@pytest.mark.parametrize(
    ("status", "due", "polled"),
    [
        pytest.param(DeliveryStatus.WAITING, True, True, id="waiting"),
        pytest.param(DeliveryStatus.SENDING, False, True, id="sending"),
        pytest.param(DeliveryStatus.UNCERTAIN, True, True, id="to be retried safely"),
        pytest.param(DeliveryStatus.UNCERTAIN, False, False, id="to be decided"),
        pytest.param(DeliveryStatus.DELIVERED, False, False, id="delivered"),
        pytest.param(DeliveryStatus.FAILED, False, False, id="failed"),
        pytest.param(DeliveryStatus.CANCELLED, False, False, id="cancelled"),
    ],
)
def test_a_delivery_is_polled_until_it_has_ended(english, status, due, polled):
    delivery = make_delivery(status=status, due_at=timezone.now() if due else None)
    for url in (page(delivery), page(delivery, "live")):
        assert ("hx-trigger" in text_of(english.get(url))) is polled


def test_the_polled_part_is_no_whole_page(english):
    assert "<html" not in text_of(english.get(page(make_delivery(), "live")))


def test_the_page_takes_as_many_queries_for_many_attempts_as_for_one(english, django_assert_num_queries):
    delivery = make_delivery(status=DeliveryStatus.DELIVERED)
    for number in range(1, 12):
        make_attempt(delivery, number=number)
    # Session, user, the delivery with its body, run and robot, the engine's state, attempts, holds, the banner.
    with django_assert_num_queries(10):
        english.get(page(delivery))


# --- deciding ---------------------------------------------------------------------------------------------------------
def test_an_unknown_result_asks_for_a_decision_and_warns_of_a_second_copy(english):
    delivery = make_delivery(status=DeliveryStatus.UNCERTAIN, reason="read_timeout")
    assert page(delivery, "decide") in text_of(english.get(page(delivery)))
    text = text_of(english.get(page(delivery, "decide")))
    assert all(choice in text for choice in ("It arrived", "Send it again", "Leave it as failed"))
    assert "How long DingTalk remembers a msgUuid is not documented" in text


@pytest.mark.parametrize(
    ("decision", "status"),
    [("arrived", DeliveryStatus.DELIVERED), ("again", DeliveryStatus.WAITING), ("failed", DeliveryStatus.FAILED)],
)
def test_a_decision_is_carried_out_and_said(english, decision, status):
    delivery = make_delivery(status=DeliveryStatus.UNCERTAIN, reason="read_timeout")
    text = text_of(english.post(page(delivery, "decide"), {"decision": decision}, follow=True))
    assert "Decided:" in text
    delivery.refresh_from_db()
    assert delivery.status == status
    assert Entry.objects.get(action="delivery.decided").detail["decision"] == decision


def test_a_decision_that_is_none_is_asked_for_again(english):
    delivery = make_delivery(status=DeliveryStatus.UNCERTAIN, reason="read_timeout")
    for fields in ({}, {"decision": "perhaps"}):
        response = english.post(page(delivery, "decide"), fields)
        assert 'id="form-errors"' in text_of(response)
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.UNCERTAIN


def test_what_cannot_go_out_any_more_cannot_be_sent_again(english):
    robot = make_robot()
    delivery = make_delivery(robot, status=DeliveryStatus.UNCERTAIN, reason="read_timeout")
    robot.delete()
    text = text_of(english.get(page(delivery, "decide")))
    assert "Send it again" not in text
    assert "It cannot be sent again" in text
    english.post(page(delivery, "decide"), {"decision": "again"})
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.UNCERTAIN


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_known_needs_no_decision(english, method):
    delivery = make_delivery(status=DeliveryStatus.DELIVERED, errcode=0, reason="delivered")
    response = getattr(english, method)(page(delivery, "decide"), {"decision": "failed"}, follow=True)
    assert "decided" in text_of(response) or "nothing to decide" in text_of(response)
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.DELIVERED


# --- access -----------------------------------------------------------------------------------------------------------
NAMES = ["history", "detail", "live", "decide"]


def url_of(name: str) -> str:
    return LIST if name == "history" else page(make_delivery(status=DeliveryStatus.UNCERTAIN), name)


@pytest.mark.parametrize("name", NAMES)
def test_a_stranger_is_sent_to_sign_in(stranger, name):
    assert stranger.get(url_of(name)).url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", NAMES)
def test_without_the_permission_it_is_forbidden(powerless_client, name):
    assert powerless_client.get(url_of(name)).status_code == 403


def test_a_decision_without_the_permission_changes_nothing(powerless_client):
    delivery = make_delivery(status=DeliveryStatus.UNCERTAIN)
    assert powerless_client.post(page(delivery, "decide"), {"decision": "arrived"}).status_code == 403
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.UNCERTAIN


@pytest.mark.parametrize(
    ("name", "method"), [("history", "post"), ("detail", "post"), ("live", "post"), ("decide", "put")]
)
def test_the_wrong_verb_is_refused(staff_client, name, method):
    assert getattr(staff_client, method)(url_of(name)).status_code == 405


@pytest.mark.parametrize("name", NAMES[1:])
def test_a_delivery_that_is_not_there_is_not_found(staff_client, name):
    assert staff_client.get(reverse(f"broadcasts:delivery_{name}", args=[4711])).status_code == 404
