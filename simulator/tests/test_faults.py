"""Every fault over a real socket: what the caller sees, and whether the message stands in the chat."""

from __future__ import annotations

import json
import socket
from urllib.parse import urlsplit

import pytest
import requests

from simulator.faults import HUGE_BYTES
from simulator.models import ChatMessage, Fault, FaultKind, LoggedCall
from simulator.models.fault import ACCEPTS
from simulator.tests.support import TEXT, answer, make_group, post, set_fault, set_knobs, url

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "simulator"])

DROPS = (FaultKind.DROP_BEFORE, FaultKind.DROP_AFTER_ACCEPT)
ANSWERED = [kind for kind in FaultKind if kind not in DROPS]


def fault_of(kind: str) -> Fault:
    return set_fault(kind, delay_ms=1, errcode=-1, errmsg="系统繁忙")


@pytest.mark.parametrize("kind", DROPS)
def test_a_dropped_connection_closes_without_an_answer(simulator: str, kind: str) -> None:
    group = make_group()
    fault_of(kind)
    with pytest.raises(requests.ConnectionError):
        post(simulator, group)
    assert answer(simulator, group) == (0, "ok")


@pytest.mark.parametrize("kind", FaultKind)
def test_a_fault_lets_the_message_in_or_does_not(simulator: str, kind: str) -> None:
    group = make_group()
    fault_of(kind)
    if kind in DROPS:
        with pytest.raises(requests.ConnectionError):
            post(simulator, group, {**TEXT, "msgUuid": "one"})
    else:
        post(simulator, group, {**TEXT, "msgUuid": "one"})
    assert ChatMessage.objects.filter(msg_uuid="one").count() == (1 if kind in ACCEPTS else 0)
    assert answer(simulator, group, {**TEXT, "msgUuid": "one"}) == (0, "ok")
    assert ChatMessage.objects.filter(msg_uuid="one").count() == 1


@pytest.mark.parametrize(
    ("kind", "status", "text"),
    [
        (FaultKind.LATENCY, 200, '{"errcode":0,"errmsg":"ok"}'),
        (FaultKind.HTTP_500, 500, "Internal Server Error"),
        (FaultKind.HTTP_400, 400, "Bad Request"),
        (FaultKind.TRUNCATED, 200, '{"errcode":0,'),
        (FaultKind.EMPTY, 200, ""),
        (FaultKind.NO_ERRCODE, 200, '{"errmsg":"ok"}'),
        (FaultKind.SLOW_DRIP, 200, '{"errcode":0,"errmsg":"ok"}'),
        (FaultKind.ERRCODE, 200, '{"errcode":-1,"errmsg":"系统繁忙"}'),
    ],
)
def test_what_the_caller_reads(simulator: str, kind: str, status: int, text: str) -> None:
    fault_of(kind)
    response = post(simulator, make_group())
    response.encoding = "utf-8"
    assert (response.status_code, response.text) == (status, text)


@pytest.mark.parametrize(("kind", "status"), [(FaultKind.HTML_200, 200), (FaultKind.HTML_502, 502)])
def test_a_page_instead_of_json(simulator: str, kind: str, status: int) -> None:
    fault_of(kind)
    response = post(simulator, make_group())
    assert (response.status_code, response.text[:15]) == (status, "<!DOCTYPE html>")


def test_a_redirect_leads_where_every_visit_is_logged(simulator: str) -> None:
    group = make_group()
    fault_of(FaultKind.REDIRECT_302)
    response = post(simulator, group)
    assert response.status_code == 302
    assert LoggedCall.objects.count() == 1
    followed = requests.post(f"{simulator.removesuffix('/simulator')}{response.headers['Location']}", timeout=5)
    assert followed.json()["errcode"] == 0
    assert LoggedCall.objects.order_by("-pk").values_list("url", flat=True)[0] == "/simulator/elsewhere"
    assert ChatMessage.objects.count() == 0


def test_a_huge_answer_is_json_to_the_end(simulator: str) -> None:
    fault_of(FaultKind.HUGE)
    response = post(simulator, make_group())
    assert len(response.content) == HUGE_BYTES
    assert json.loads(response.content)["errcode"] == 0


def test_a_caller_may_leave_in_the_middle_of_a_huge_answer(simulator: str) -> None:
    group = make_group()
    fault_of(FaultKind.HUGE)
    with requests.post(url(simulator, group), data=b"{}", stream=True, timeout=5) as response:
        assert response.status_code == 200
    assert answer(simulator, group) == (0, "ok")


def test_a_ban_has_no_errcode(simulator: str) -> None:
    fault_of(FaultKind.BANNED_1111)
    reply = post(simulator, make_group()).json()
    assert (reply["status"], reply["wait"], reply["punish"], "errcode" in reply) == (1111, 5, "deny", False)


def test_a_late_answer_outlasts_the_callers_patience(simulator: str) -> None:
    group = make_group()
    set_fault(FaultKind.LATENCY, delay_ms=600)
    with pytest.raises(requests.ReadTimeout):
        requests.post(url(simulator, group), json=None, data=b"{}", timeout=0.1)


def test_a_slow_answer_comes_byte_by_byte(simulator: str) -> None:
    set_knobs(wording="short")
    set_fault(FaultKind.SLOW_DRIP, delay_ms=5)
    parts = urlsplit(url(simulator, make_group()))
    head = (
        f"POST {parts.path}?{parts.query} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"
    )
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        connection.sendall(head.encode())
        pieces = list(iter(lambda: connection.recv(65_536), b""))
    assert b"".join(pieces).partition(b"\r\n\r\n")[2].startswith(b'{"errcode":400105')
    assert len(pieces) > 20


def test_a_fault_strikes_as_often_as_it_was_asked_to(simulator: str) -> None:
    group = make_group()
    set_fault(FaultKind.ERRCODE, errcode=-1, remaining=2)
    assert [answer(simulator, group)[0] for _call in range(3)] == [-1, -1, 0]
    assert not Fault.objects.exists()


def test_a_fault_without_a_number_stays(simulator: str) -> None:
    group = make_group()
    set_fault(FaultKind.ERRCODE, errcode=90002, remaining=None)
    assert [answer(simulator, group)[0] for _call in range(3)] == [90002] * 3


def test_a_fault_of_a_group_leaves_the_others_alone(simulator: str) -> None:
    group, other = make_group("one"), make_group("other")
    set_fault(FaultKind.ERRCODE, group, errcode=-1, remaining=None)
    assert [answer(simulator, one)[0] for one in (group, other)] == [-1, 0]


def test_a_fault_for_all_strikes_unknown_tokens_too(simulator: str) -> None:
    set_fault(FaultKind.BANNED_1111, remaining=None)
    assert requests.post(f"{simulator}/robot/send?access_token=x", timeout=5).json()["status"] == 1111


def test_faults_strike_in_the_order_they_were_added(simulator: str) -> None:
    group = make_group()
    for errcode in (-1, 90002):
        set_fault(FaultKind.ERRCODE, errcode=errcode)
    assert [answer(simulator, group)[0] for _call in range(3)] == [-1, 90002, 0]


def test_a_fault_that_stands_in_for_the_answer_is_logged_without_a_verdict(simulator: str) -> None:
    fault_of(FaultKind.HTTP_500)
    post(simulator, make_group())
    call = LoggedCall.objects.get()
    assert (call.errcode, call.fault) == (None, FaultKind.HTTP_500)


def test_calls_that_a_fault_swallowed_do_not_count(simulator: str) -> None:
    set_knobs(limit=1)
    group = make_group()
    fault_of(FaultKind.HTTP_500)
    post(simulator, group)
    assert [answer(simulator, group)[0] for _call in range(2)] == [0, 660026]
