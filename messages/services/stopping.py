"""The one switch that stops all sending of the installation, and the way back."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from audit.actors import Actor
from audit.log import record
from messages.engine.holding import begin_hold, end_hold
from messages.engine.recovery import distrust_old_retries
from messages.models import EngineState, HoldKind
from messages.wakeups import wake_tick


@transaction.atomic
def stop_all_sending(*, by: Actor) -> bool:
    """No firing and no call any more until somebody resumes it. False when it was stopped already.

    Calls in flight at this moment finish.
    """
    EngineState.objects.get_or_create(pk=1)
    running, now = EngineState.objects.filter(pk=1, stopped_at=None), timezone.now()
    if not running.update(stopped_at=now, stopped_by_name=by.name):
        return False
    begin_hold(HoldKind.ALL_STOPPED, by=by.name, now=now)
    record("sending.stopped", by=by)
    return True


@transaction.atomic
def resume_all_sending(*, by: Actor) -> bool:
    """Everything goes on where it stood; planned times that have passed meanwhile fire now. False when it was going."""
    state = EngineState.objects.select_for_update().filter(pk=1, stopped_at__isnull=False).first()
    if state is None or state.stopped_at is None:
        return False
    now = timezone.now()
    EngineState.objects.filter(pk=1, stopped_at=state.stopped_at).update(stopped_at=None, stopped_by_name="")
    end_hold(by=by.name, now=now)
    distrust_old_retries(now)
    stopped_for = round((now - state.stopped_at).total_seconds())
    record("sending.resumed", by=by, detail={"stopped_for_seconds": stopped_for})
    transaction.on_commit(wake_tick)
    return True
