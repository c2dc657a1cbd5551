"""Takes one call in: judges it, writes it down, and puts the message into the chat.

Everything about a call happens in one transaction of the simulator's own database, the count of its token's minute
included, so that neither two threads nor two processes can lose a count or let one message in twice.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.db import transaction

from simulator import ledger
from simulator.call import Call
from simulator.diagnoses import Diagnosis, Note
from simulator.ledger import Answered, Scene
from simulator.models import Fault, FaultKind, Knobs
from simulator.models.fault import ACCEPTS
from simulator.replies import Reply, reply_to
from simulator.verdicts import Case, bodies, judge_caller_and_message, judge_envelope, remarks, throttle

_PRUNE_EVERY: Final = 1000
# SQLite lets its waiters sleep; a lock of our own wakes the next one at once.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True, slots=True)
class Outcome:
    """`reply` is what the checks say; a fault may spoil or replace it on its way out."""

    reply: Reply
    knobs: Knobs
    fault: Fault | None
    now_ms: int  # the simulated clock's


def take(call: Call) -> Outcome:
    body = bodies.read(call.media_type, call.body)
    with _one_at_a_time, transaction.atomic(using=ledger.DATABASE):
        scene = ledger.read_scene(call.token)
        now_ms = call.arrived_ms + scene.knobs.clock_offset_seconds * 1000
        case = Case(call, body, scene.group, scene.knobs, now_ms)
        fault = _draw(scene.faults)
        reply, notes = _replaced(fault) if fault and fault.kind not in ACCEPTS else _judge(case, scene)
        _log(case, fault, reply, notes)
    return Outcome(reply, scene.knobs, fault, now_ms)


def note_stray(call: Call) -> None:
    """Write down a call to a place where no sender has any business."""
    with _one_at_a_time, transaction.atomic(using=ledger.DATABASE):
        ledger.log(call, ledger.read_scene(call.token).group, Answered())


def _draw(faults: Iterable[Fault]) -> Fault | None:
    """The first fault whose dice fall."""
    fault = next((fault for fault in faults if secrets.randbelow(100) < fault.percent), None)
    if fault:
        ledger.use_fault(fault)
    return fault


def _replaced(fault: Fault) -> tuple[Reply, tuple[Note, ...]]:
    return Reply(fault.errcode or 0, fault.errmsg), ()


def _judge(case: Case, scene: Scene) -> tuple[Reply, tuple[Note, ...]]:
    refusal = judge_envelope(case)
    if refusal is None:
        stamps, refusal = throttle.count(scene.stamps, now_ms=case.now_ms, knobs=case.knobs)
        ledger.write_stamps(case.call.token, stamps, now_ms=case.now_ms)
    refusal = refusal or judge_caller_and_message(case)
    if refusal:
        return reply_to(refusal, case.knobs), refusal.notes
    return reply_to(None, case.knobs), (*_deliver(case), *remarks(case))


def _deliver(case: Case) -> tuple[Note, ...]:
    """Put the message into the chat, once for each msgUuid; a second copy is answered like the first."""
    group, given = case.known_group, case.message.get("msgUuid")
    added = ledger.add_message(
        group,
        body=json.dumps(case.message, ensure_ascii=False),
        msg_uuid=str(given)[:200] if given is not None else "",
        arrived_ms=case.call.arrived_ms,
    )
    if not added:
        return (Note(Diagnosis.SECOND_COPY),)
    ledger.use_quota(group)
    return ()


def _log(case: Case, fault: Fault | None, reply: Reply, notes: tuple[Note, ...]) -> None:
    answered = fault is None or fault.kind in ACCEPTS or fault.kind == FaultKind.ERRCODE
    number = ledger.log(
        case.call,
        case.group,
        Answered(
            errcode=reply.errcode if answered else None,
            errmsg=reply.errmsg,
            fault=fault.kind if fault else "",
            notes=notes,
        ),
    )
    if number % _PRUNE_EVERY == 0:
        ledger.prune(now_ms=case.call.arrived_ms)
