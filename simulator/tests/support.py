"""A plain sender for the tests, and short ways to a message and to a case for the pure checks."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import quote

import requests
from django.test import Client
from django.urls import reverse

from dingtalk.signing import sign
from simulator.call import Call
from simulator.groups import create_group
from simulator.models import Fault, Group, Knobs, LoggedCall
from simulator.verdicts import Case, bodies

JSON = {"Content-Type": "application/json; charset=utf-8"}
TEXT = {"msgtype": "text", "text": {"content": "演练在三点 🚒"}}
NOW_MS = 1_700_000_000_000


def make_group(name: str = "ops", **fields: Any) -> Group:
    return create_group(name=name, robot_name=f"{name} robot", **fields)


def body(message: object) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode()


def url(base: str, group: Group, *, now_ms: int | None = None) -> str:
    at = now_ms if now_ms is not None else time.time_ns() // 1_000_000
    address = f"{base}/robot/send?access_token={group.token}"
    if not group.secret:
        return address
    return f"{address}&timestamp={at}&sign={quote(sign(timestamp_ms=at, secret=group.secret), safe='')}"


def post(base: str, group: Group, message: object = None, **options: Any) -> requests.Response:
    """Send as a well-behaved sender does, but for what the options change."""
    raw = options.pop("raw", None)
    address = options.pop("address", None) or url(base, group)
    return requests.post(
        address,
        data=raw if raw is not None else body(message or TEXT),
        headers=options.pop("headers", JSON),
        timeout=10,
        allow_redirects=False,
        **options,
    )


def answer(base: str, group: Group, message: object = None, **options: Any) -> tuple[int, str]:
    reply = post(base, group, message, **options).json()
    return reply["errcode"], reply["errmsg"]


def set_knobs(group: Group | None = None, **knobs: Any) -> Knobs:
    made, _created = Knobs.objects.update_or_create(group=group, defaults=knobs)
    return made


def set_fault(kind: str, group: Group | None = None, **fields: Any) -> Fault:
    return Fault.objects.create(kind=kind, group=group, **fields)


def last_notes() -> list[str]:
    """What the simulator noticed about the newest call."""
    return [code for code, _params in LoggedCall.objects.order_by("-pk")[0].notes]


def case(
    message: object = None,
    *,
    group: Group | None = None,
    query: str = "access_token=t",
    headers: dict[str, str] | None = None,
    raw: bytes | None = None,
    method: str = "POST",
    address: str = "127.0.0.1",
    now_ms: int = NOW_MS,
    **knobs: Any,
) -> Case:
    """A case for the pure checks; no database."""
    headers = headers if headers is not None else {"content-type": "application/json"}
    raw = raw if raw is not None else body(message if message is not None else TEXT)
    call = Call(method, f"/simulator/robot/send?{query}", headers, raw, address, now_ms)
    group = group or Group(name="ops", robot_name="robot", token="t")
    return Case(call, bodies.read(call.media_type, raw), group, Knobs(**knobs), now_ms)


def page(name: str, group: Group | None = None) -> str:
    return reverse(f"simulator:{name}", args=[group.pk] if group else [])


def send(group: Group, message: dict[str, object] | None = None, *, raw: bytes | None = None) -> None:
    address = f"{reverse('simulator:send')}?access_token={group.token}"
    Client().post(address, raw if raw is not None else body(message or TEXT), "application/json")


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()
