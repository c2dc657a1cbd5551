"""The parts that send: beat, workers, the queue, and what holds it back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from dingadmin.system.engine import MINUTE, Engine, read_engine
from dingadmin.system.parts import ATTENTION, BROKEN, WAITS, Fact, Finding, Part
from dingadmin.templatetags.moments import distance
from dingtalk.replies import ReasonKey
from messages.history.figures import PACING_REASON
from messages.models import DeliveryStatus, Worker
from messages.reasons import explain
from messages.states import delivery_state
from robots.models import Organisation, RobotStatus

LATE: Final = timedelta(minutes=2)  # what is due for longer goes out slower than it comes in, or not at all


def engine_parts(now: datetime) -> list[Part]:
    engine = read_engine(now)
    return [_beat(engine), _workers(engine), _queue(engine), _holds(engine)]


def _beat(engine: Engine) -> Part:
    ticked_at = engine.state.ticked_at
    behind = _("%(count)s s") % {"count": f"{(engine.now - ticked_at).total_seconds():.1f}"} if ticked_at else None
    facts = [Fact(_("Last tick"), ticked_at), Fact(_("Behind by"), behind)]
    findings = []
    if not engine.ticks and engine.alive:
        advice = _("Nothing is planned or sent: workers live, but nobody asks them for ticks. Start beat.")
        findings.append(Finding(BROKEN, advice))
    elif not engine.ticks:
        findings.append(Finding(BROKEN, _("Ticks are done by workers, and none lives: start a worker first.")))
    return Part("beat", _("Beat"), facts, findings)


def _workers(engine: Engine) -> Part:
    facts = [Fact(worker.name, _worker(worker, engine)) for worker in engine.workers]
    findings = []
    if not engine.alive:
        advice = _("Nothing is sent: start a worker. Its log says what ended the last one.")
        findings.append(Finding(BROKEN, advice))
    if {worker.version for worker in engine.alive} - {settings.VERSION}:
        advice = _("A worker runs another version than this page: finish the update there.")
        findings.append(Finding(ATTENTION, advice))
    return Part("workers", _("Workers"), facts or [Fact(_("Workers"), None)], findings)


def _worker(worker: Worker, engine: Engine) -> str:
    values = {
        "ago": ago(engine.now - worker.seen_at),
        "version": worker.version or "?",
        "since": f"{timezone.localtime(worker.started_at):%Y-%m-%d %H:%M}",
    }
    if worker in engine.alive:
        return _("lives · last sign %(ago)s · version %(version)s · since %(since)s") % values
    return _("dead or cut off · last sign %(ago)s · version %(version)s") % values


def _queue(engine: Engine) -> Part:
    counts = engine.queue.counts
    facts = [
        Fact(delivery_state(status).label, counts.get(status, 0), history(status))
        for status in (DeliveryStatus.WAITING, DeliveryStatus.SENDING, DeliveryStatus.UNCERTAIN)
    ]
    per_second = engine.calls / MINUTE.total_seconds()
    speed = _("%(calls)d calls in the last minute, %(rate)s a second")
    facts += [
        Fact(_("To be decided by a person"), engine.queue.undecided, history(DeliveryStatus.UNCERTAIN)),
        Fact(_("Oldest that is due, since"), engine.queue.oldest_due_at),
        Fact(_("Speed"), speed % {"calls": engine.calls, "rate": f"{per_second:.1f}"}),
    ]
    return Part("queue", _("Queue"), facts, list(_queue_findings(engine)))


def _queue_findings(engine: Engine) -> Iterator[Finding]:
    oldest = engine.queue.oldest_due_at
    if oldest and engine.now - oldest > LATE and not engine.held and not engine.state.stopped_at:
        if engine.calls or engine.robots.held:
            yield Finding(WAITS, _("More is due than may go out in a minute. It goes out in order by itself."))
        else:
            yield Finding(BROKEN, _("Messages are due and none goes out: look at beat, workers and Redis here."))
    if engine.queue.undecided:
        yield Finding(ATTENTION, _("Nobody can know whether these arrived: open them and decide."))


def _holds(engine: Engine) -> Part:
    facts = [
        *_holds_on_all(engine),
        Fact(_("Robots silenced"), engine.robots.silenced),
        Fact(_("Robots that wait for their minute"), engine.robots.held.get(PACING_REASON, 0)),
        Fact(_("Robots paused"), engine.robots.by_status.get(RobotStatus.PAUSED, 0), _paused()),
    ]
    return Part("holds", _("What holds sending back"), facts, list(_hold_findings(engine)))


def _holds_on_all(engine: Engine) -> Iterator[Fact]:
    """Those that stand; mostly there is none."""
    state = engine.state
    if state.stopped_at:
        yield Fact(_("All sending stopped since"), state.stopped_at)
        yield Fact(_("Stopped by"), state.stopped_by_name)
    if engine.held:
        yield Fact(_("DingTalk lets nothing through until"), state.hold_until)
    for organisation in engine.refused:
        label = _("%(organisation)s: quota used up until") % {"organisation": organisation.name}
        yield Fact(label, organisation.quota_exhausted_until, _url(organisation))


def _hold_findings(engine: Engine) -> Iterator[Finding]:
    if engine.state.stopped_at:
        yield Finding(ATTENTION, _("A person stopped all sending: nothing goes out until somebody resumes it."))
    if engine.held:
        why = explain(engine.state.hold_reason)
        yield Finding(WAITS, why.advice, cause=why.title)
    if engine.refused:
        why = explain(ReasonKey.QUOTA_EXHAUSTED)
        yield Finding(ATTENTION, why.advice, cause=why.title)
    if engine.robots.silenced:
        yield Finding(WAITS, _("DingTalk silenced robots. What waits for them goes out by itself afterwards."))


def ago(span: timedelta) -> str:
    """In seconds as long as they tell something."""
    if span < LATE:
        return _("%(seconds)d s ago") % {"seconds": max(0, round(span.total_seconds()))}
    return distance(-span)


def history(status: str) -> str:
    return f"{reverse('broadcasts:history')}?state={status}"


def _paused() -> str:
    return f"{reverse('robots:list')}?state={RobotStatus.PAUSED}"


def _url(organisation: Organisation) -> str:
    return reverse("robots:organisation_detail", args=[organisation.pk])
