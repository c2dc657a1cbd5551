"""The statements that every call costs, written by hand.

The ORM composes each statement anew, which alone took longer than everything else about a call. So one statement reads
all that a call depends on, and one each writes the window, the message and the log; knobs and faults, which are rare,
are read through the ORM. Call these inside a transaction.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connections
from django.db.models import F, Q

from simulator.call import Call
from simulator.diagnoses import Note
from simulator.models import ChatMessage, Fault, Group, Knobs, LoggedCall, Window
from simulator.verdicts.throttle import Stamps, token_hash

DATABASE: Final = "simulator"
KEPT_ROWS: Final = 50_000
KEPT_BYTES: Final = 100_000  # of one body
_HOUR_MS: Final = 3_600_000

_COLUMNS: Final = (
    "id",
    "name",
    "robot_name",
    "token",
    "secret",
    "keywords",
    "ip_ranges",
    "state",
    "external",
    "quota_left",
    "members",
)
_JSON_COLUMNS: Final = ("keywords", "ip_ranges", "members")
_READ: Final = f"""
    SELECT {", ".join(f"g.{column}" for column in _COLUMNS)}, w.stamps, w.muted_until_ms,
           EXISTS (SELECT 1 FROM simulator_knobs), EXISTS (SELECT 1 FROM simulator_fault)
    FROM (SELECT %s AS token, %s AS token_hash) AS call
    LEFT JOIN simulator_group AS g ON g.token = call.token
    LEFT JOIN simulator_window AS w ON w.token_hash = call.token_hash
"""  # noqa: S608 - nothing but the names above
_WRITE_WINDOW: Final = """
    INSERT INTO simulator_window (token_hash, stamps, muted_until_ms, last_ms) VALUES (%s, %s, %s, %s)
    ON CONFLICT (token_hash) DO UPDATE
    SET stamps = excluded.stamps, muted_until_ms = excluded.muted_until_ms, last_ms = excluded.last_ms
"""
_ADD_MESSAGE: Final = """
    INSERT OR IGNORE INTO simulator_chatmessage (group_id, body, msg_uuid, accepted_at) VALUES (%s, %s, %s, %s)
"""
_LOG: Final = """
    INSERT INTO simulator_loggedcall
        (group_id, arrived_at, method, url, headers, body, address, errcode, errmsg, fault, notes)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the simulator knows when a call comes in."""

    group: Group | None
    stamps: Stamps
    knobs: Knobs
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """What the log says about the answer; errcode None when a fault stood in for it."""

    errcode: int | None = None
    errmsg: str = ""
    fault: str = ""
    notes: tuple[Note, ...] = ()


def read_scene(token: str) -> Scene:
    with connections[DATABASE].cursor() as cursor:
        cursor.execute(_READ, [token, token_hash(token)])
        *columns, stamps, muted_until_ms, any_knobs, any_faults = cursor.fetchone()
    group = _group(columns) if columns[0] is not None else None
    return Scene(
        group=group,
        stamps=Stamps(tuple(json.loads(stamps)), muted_until_ms) if stamps is not None else Stamps(),
        knobs=knobs_for(group) if any_knobs else Knobs(),
        faults=tuple(Fault.objects.filter(_of(group))) if any_faults else (),
    )


def knobs_for(group: Group | None) -> Knobs:
    """The group's own knobs, else those for all, else the defaults."""
    rows = sorted(Knobs.objects.filter(_of(group)), key=lambda knobs: knobs.group_id is None)
    return rows[0] if rows else Knobs()


def _of(group: Group | None) -> Q:
    return Q(group=None) | Q(group=group) if group else Q(group=None)


def _group(columns: list[Any]) -> Group:
    values = dict(zip(_COLUMNS, columns, strict=True))
    values |= {name: json.loads(values[name]) for name in _JSON_COLUMNS}
    return Group(**values)


def write_stamps(token: str, stamps: Stamps, *, now_ms: int) -> None:
    values: list[str | int] = [token_hash(token), json.dumps(stamps.calls_ms), stamps.muted_until_ms, now_ms]
    with connections[DATABASE].cursor() as cursor:
        cursor.execute(_WRITE_WINDOW, values)


def add_message(group: Group, *, body: str, msg_uuid: str, arrived_ms: int) -> bool:
    """False when the chat has a message with this msgUuid already."""
    with connections[DATABASE].cursor() as cursor:
        cursor.execute(_ADD_MESSAGE, [group.pk, body, msg_uuid, _stored(arrived_ms)])
        return bool(cursor.rowcount == 1)


def use_quota(group: Group) -> None:
    if group.quota_left:
        Group.objects.filter(pk=group.pk, quota_left__gt=0).update(quota_left=F("quota_left") - 1)


def use_fault(fault: Fault) -> None:
    """One call fewer is left for it; the last one removes it."""
    if fault.remaining is None:
        return
    if fault.remaining <= 1:
        Fault.objects.filter(pk=fault.pk).delete()
    else:
        Fault.objects.filter(pk=fault.pk).update(remaining=F("remaining") - 1)


def log(call: Call, group: Group | None, answered: Answered) -> int:
    """Write the call down; its number in the log."""
    values = [
        group.pk if group else None,
        _stored(call.arrived_ms),
        call.method[:20],
        call.url,
        json.dumps(dict(call.headers)),
        call.body[:KEPT_BYTES],
        call.address,
        answered.errcode,
        answered.errmsg,
        answered.fault,
        json.dumps([note.as_json() for note in answered.notes]),
    ]
    with connections[DATABASE].cursor() as cursor:
        cursor.execute(_LOG, values)
        return int(cursor.lastrowid or 0)


def prune(*, now_ms: int) -> None:
    """Forget the oldest calls and messages, and the minutes of tokens that nobody uses any more."""
    for model in (LoggedCall, ChatMessage):
        newest = model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        model.objects.filter(pk__lte=newest - KEPT_ROWS).delete()
    long_ago = now_ms - _HOUR_MS
    Window.objects.filter(last_ms__lt=long_ago, muted_until_ms__lt=long_ago).delete()


def _stored(milliseconds: int) -> str:
    """A moment as Django writes it into SQLite."""
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
