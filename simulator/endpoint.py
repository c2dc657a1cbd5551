"""`/robot/send`: thin. intake.py decides, faults.py spoils."""

from __future__ import annotations

import time
from email.utils import formatdate
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from simulator import connection
from simulator.call import Call
from simulator.faults import JSON, plain, spoil
from simulator.intake import Outcome, note_stray, take
from simulator.models import Knobs
from simulator.replies import Reply
from simulator.verdicts.bodies import MAX_READ
from simulator.wordings import Answer, errmsg

# A browser that looks in brings its session along, which is no business of the log.
_NOT_LOGGED: Final = {"cookie", "authorization"}


@csrf_exempt
def send(request: HttpRequest) -> HttpResponseBase:
    outcome = take(call_of(request))
    if outcome.knobs.latency_ms:
        time.sleep(outcome.knobs.latency_ms / 1000)
    answer = outcome.reply.as_json(outcome.knobs)
    if outcome.fault:
        return spoil(request, answer, outcome.fault)
    if outcome.knobs.clock_offset_seconds:
        return _with_date(request, answer, outcome)
    return plain(answer)


@csrf_exempt
def no_such_path(request: HttpRequest, rest: str) -> HttpResponseBase:
    """Even a wrong path is answered with HTTP 200."""
    knobs = Knobs()
    return plain(Reply(404, errmsg(Answer.NO_SUCH_PATH, {}, wording=knobs.wording)).as_json(knobs))


@csrf_exempt
def elsewhere(request: HttpRequest) -> HttpResponseBase:
    """Where the 302 leads. Whoever follows it is told "ok" for a message that nobody took."""
    note_stray(call_of(request))
    return plain(b'{"errcode":0,"errmsg":"ok"}')


def call_of(request: HttpRequest) -> Call:
    query = str(request.META.get("QUERY_STRING", ""))
    return Call(
        method=str(request.method),
        url=f"{request.path}?{query}" if query else request.path,
        headers={name.lower(): value for name, value in request.headers.items() if name.lower() not in _NOT_LOGGED},
        # Not request.body: it raises for what is merely too long.
        body=request.read(MAX_READ + 1),
        address=str(request.META.get("REMOTE_ADDR", "")),
        arrived_ms=time.time_ns() // 1_000_000,
    )


def _with_date(request: HttpRequest, answer: bytes, outcome: Outcome) -> HttpResponseBase:
    """The simulated clock shows in the Date header too; web servers write that one themselves, so we write it all."""
    head = (
        "HTTP/1.1 200 OK",
        f"Date: {formatdate(outcome.now_ms / 1000, usegmt=True)}",
        f"Content-Type: {JSON}",
        f"Content-Length: {len(answer)}",
        "Connection: close",
    )
    connection.answer_raw(request.META, "\r\n".join((*head, "", "")).encode() + answer)
    return HttpResponse()  # goes nowhere
