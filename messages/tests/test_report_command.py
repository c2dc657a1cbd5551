from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import translation

from messages import reporting
from messages.models import Attempt, BroadcastStatus, Delivery, DeliveryStatus, Run
from tests.factories import make_broadcast, make_delivery, make_robot, make_run

pytestmark = pytest.mark.django_db

NINE = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def report(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("report", *arguments, stdout=out, stderr=err)
        status = 0
    except SystemExit as end:
        status = int(end.code)
    return status, out.getvalue(), err.getvalue()


def make_attempt(delivery: Delivery, number: int = 1, **fields: object) -> Attempt:
    values = {"kind": "delivered", "reason": "delivered", "http_status": 200, "errcode": 0, "duration_ms": 120}
    values |= {"started_at": NINE, "token_fingerprint": "f" * 64}
    return Attempt.objects.create(delivery=delivery, number=number, **{**values, **fields})


@pytest.fixture
def run() -> Run:
    """One delivered at once, one refused after a server that was busy."""
    run = make_run(make_broadcast(status=BroadcastStatus.FIRED, planned_at=NINE))
    hr = make_delivery(
        make_robot("hr", group_name="People"),
        run=run,
        status=DeliveryStatus.DELIVERED,
        errcode=0,
        reason="delivered",
        ended_at=NINE,
    )
    make_attempt(hr)
    ops = make_delivery(
        make_robot("ops"), run=run, status=DeliveryStatus.FAILED, errcode=310000, reason="keyword_missing"
    )
    make_attempt(ops, kind="transient", reason="server_busy", http_status=None, errcode=None, duration_ms=3000)
    make_attempt(ops, 2, kind="refused_content", reason="keyword_missing", errcode=310000)
    return run


def told(run: Run) -> dict[str, Any]:
    status, out, _err = report(str(run.pk), "--json")
    assert status == 0
    return json.loads(out)


def test_a_run_is_told_with_its_counts_and_every_delivery(run):
    found = told(run)
    assert found["run"] == run.pk
    assert (found["planned_at"], found["fired_at"]) == ("2026-11-24T01:00:00+00:00", "2026-11-24T01:00:00+00:00")
    assert found["broadcast"] == {
        "id": run.broadcast_id,
        "name": "Fire drill",
        "msgtype": "text",
        "status": "fired",
        "zone": "Asia/Shanghai",
        "useful_until": None,
        "paused_at": None,
        "cancelled_at": None,
        "cancelled_by": None,
        "created_by": "li",
    }
    assert found["counts"] == {
        "waiting": 0,
        "sending": 0,
        "delivered": 1,
        "failed": 1,
        "uncertain": 0,
        "cancelled": 0,
        "expired": 0,
    }
    hr, ops = found["deliveries"]
    assert hr == {
        "id": Delivery.objects.get(robot_name="hr").pk,
        "robot": "hr",
        "group": "People",
        "part": 1,
        "parts": 1,
        "status": "delivered",
        "errcode": 0,
        "reason": "delivered",
        "reason_text": "DingTalk took the message.",
        "msg_uuid": str(Delivery.objects.get(robot_name="hr").msg_uuid),
        "ended_at": "2026-11-24T01:00:00+00:00",
        "attempts": [
            {
                "number": 1,
                "start": "2026-11-24T01:00:00+00:00",
                "duration_ms": 120,
                "http_status": 200,
                "errcode": 0,
                "reason": "delivered",
            }
        ],
        "holds": [],
    }
    assert (ops["robot"], ops["status"], ops["errcode"], ops["reason"]) == ("ops", "failed", 310000, "keyword_missing")
    assert ops["reason_text"] == "The message holds none of the robot's keywords."
    assert [(each["number"], each["http_status"], each["errcode"]) for each in ops["attempts"]] == [
        (1, None, None),
        (2, 200, 310000),
    ]


def test_a_run_is_told_in_words(run):
    status, out, _err = report(str(run.pk))
    assert status == 0
    assert out.splitlines() == [
        f"Run {run.pk} of broadcast {run.broadcast_id} “Fire drill”, planned for 2026-11-24 09:00 (Asia/Shanghai)",
        "Delivered 1, Failed 1",
        "hr: Delivered, errcode 0. DingTalk took the message.",
        "  1. 2026-11-24 09:00:00, 120 ms, HTTP 200, errcode 0",
        "ops: Failed, errcode 310000. The message holds none of the robot's keywords.",
        "  1. 2026-11-24 09:00:00, 3000 ms, no answer",
        "  2. 2026-11-24 09:00:00, 120 ms, HTTP 200, errcode 310000",
    ]


def test_what_still_waits_has_no_reason_and_no_end():
    run = make_run()
    make_delivery(run=run)
    delivery = told(run)["deliveries"][0]
    assert (delivery["status"], delivery["reason"], delivery["reason_text"]) == ("waiting", None, None)
    assert (delivery["errcode"], delivery["ended_at"], delivery["attempts"]) == (None, None, [])


def test_a_deleted_robot_keeps_its_name_in_the_report(run):
    Delivery.objects.get(robot_name="hr").robot.delete()
    assert told(run)["deliveries"][0]["robot"] == "hr"


def test_no_token_is_told(run):
    _status, out, _err = report(str(run.pk), "--json")
    assert "ffff" not in out


def test_many_deliveries_take_the_same_queries_as_few(run, django_assert_num_queries):
    with django_assert_num_queries(6):
        told(run)
    for _number in range(20):
        make_attempt(make_delivery(run=run))
    with django_assert_num_queries(6):
        assert len(told(run)["deliveries"]) == 22


def test_deliveries_are_read_in_portions(run, monkeypatch):
    monkeypatch.setattr(reporting, "DELIVERIES_AT_ONCE", 1)
    assert [len(delivery["attempts"]) for delivery in told(run)["deliveries"]] == [1, 2]


@pytest.mark.parametrize("number", ["999999", "0", "-1", "x", "", "٣", "9" * 30])
def test_a_run_that_does_not_exist_is_refused(number: str):
    status, out, err = report("--json", "--", number)
    assert (status, err) == (2, "")
    refused = json.loads(out)
    assert (refused["run"], [each["code"] for each in refused["refused"]]) == (None, ["unknown_run"])

    status, out, err = report("--", number)
    assert (status, out) == (2, "")
    assert err.startswith("There is no run")


def test_a_run_that_was_sent_again_and_the_one_that_did_so_name_each_other(run):
    again = make_run(run.broadcast, planned_at=NINE + timedelta(hours=1))
    Run.objects.filter(pk=again.pk).update(resend_of=run)
    assert (told(run)["resend_of"], told(run)["resends"]) == (None, [again.pk])
    assert (told(again)["resend_of"], told(again)["resends"]) == (run.pk, [])
    assert f"Run {again.pk} sends again what it could not deliver." in report(str(run.pk))[1]
    assert f"It sends again what run {run.pk} could not deliver." in report(str(again.pk))[1]
