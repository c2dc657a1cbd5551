"""What goes out instead of the plain answer when something is to go wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse

from simulator import connection
from simulator.models import Fault, FaultKind

JSON: Final = "application/json"
HUGE_BYTES: Final = 10_000_000
_CHUNK: Final = 65_536
_HTML: Final = b"<!DOCTYPE html><html><head><title>%s</title></head><body><h1>%s</h1></body></html>"
BANNED: Final = b'{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"simulated"}'

Spoiler = Callable[[HttpRequest, bytes, Fault], HttpResponseBase]


def spoil(request: HttpRequest, answer: bytes, fault: Fault) -> HttpResponseBase:
    return _SPOILERS[FaultKind(fault.kind)](request, answer, fault)


def plain(answer: bytes, *, status: int = 200, content_type: str = JSON) -> HttpResponse:
    return HttpResponse(answer, status=status, content_type=content_type, headers={"Content-Length": str(len(answer))})


def _late(request: HttpRequest, answer: bytes, fault: Fault) -> HttpResponseBase:
    time.sleep(fault.delay_ms / 1000)
    return plain(answer)


def _dropped(request: HttpRequest, answer: bytes, fault: Fault) -> HttpResponseBase:
    connection.drop(request.META)
    return HttpResponse()  # goes nowhere


def _redirected(request: HttpRequest, answer: bytes, fault: Fault) -> HttpResponseBase:
    return HttpResponse(status=302, headers={"Location": reverse("simulator:elsewhere")})


def _http_500(request: HttpRequest, answer: bytes, fault: Fault) -> HttpResponseBase:
    return plain(b"Internal Server Error", status=500, content_type="text/plain")


def _http_400(request: HttpRequest, answer: bytes, fault: Fault) -> HttpResponseBase:
    return plain(b"Bad Request", status=400, content_type="text/plain")


def _html_200(request: HttpRequest, answer: bytes, fault: Fault) -> HttpResponseBase:
    return plain(_HTML % (b"DingTalk", b"Please try again later"), content_type="text/html;charset=utf-8")


def _html_502(request: HttpRequest, answer: bytes, fault: Fault) -> HttpResponseBase:
    return plain(_HTML % (b"502 Bad Gateway", b"502 Bad Gateway"), status=502, content_type="text/html")


def _truncated(request: HttpRequest, answer: bytes, fault: Fault) -> HttpResponseBase:
    return plain(answer[: len(answer) // 2])


def _empty(request: HttpRequest, answer: bytes, fault: Fault) -> HttpResponseBase:
    return plain(b"")


def _no_errcode(request: HttpRequest, answer: bytes, fault: Fault) -> HttpResponseBase:
    return plain(b'{"errmsg":"ok"}')


def _huge(request: HttpRequest, answer: bytes, fault: Fault) -> HttpResponseBase:
    return _streamed(_huge_parts(), HUGE_BYTES)


def _huge_parts() -> Iterator[bytes]:
    start, end = b'{"errcode":0,"errmsg":"', b'"}'
    yield start
    left = HUGE_BYTES - len(start) - len(end)
    while left:
        part = min(left, _CHUNK)
        yield b"o" * part
        left -= part
    yield end


def _slow_drip(request: HttpRequest, answer: bytes, fault: Fault) -> HttpResponseBase:
    return _streamed(_drops(answer, fault.delay_ms / 1000), len(answer))


def _drops(answer: bytes, pause_seconds: float) -> Iterator[bytes]:
    for position in range(len(answer)):
        time.sleep(pause_seconds)
        yield answer[position : position + 1]


def _streamed(parts: Iterator[bytes], length: int) -> StreamingHttpResponse:
    return StreamingHttpResponse(parts, content_type=JSON, headers={"Content-Length": str(length)})


def _banned(request: HttpRequest, answer: bytes, fault: Fault) -> HttpResponseBase:
    return plain(BANNED)


def _as_answered(request: HttpRequest, answer: bytes, fault: Fault) -> HttpResponseBase:
    return plain(answer)


_SPOILERS: Final[Mapping[FaultKind, Spoiler]] = {
    FaultKind.LATENCY: _late,
    FaultKind.DROP_BEFORE: _dropped,
    FaultKind.DROP_AFTER_ACCEPT: _dropped,
    FaultKind.REDIRECT_302: _redirected,
    FaultKind.HTTP_500: _http_500,
    FaultKind.HTTP_400: _http_400,
    FaultKind.HTML_200: _html_200,
    FaultKind.HTML_502: _html_502,
    FaultKind.TRUNCATED: _truncated,
    FaultKind.EMPTY: _empty,
    FaultKind.NO_ERRCODE: _no_errcode,
    FaultKind.HUGE: _huge,
    FaultKind.SLOW_DRIP: _slow_drip,
    FaultKind.BANNED_1111: _banned,
    FaultKind.ERRCODE: _as_answered,
}
