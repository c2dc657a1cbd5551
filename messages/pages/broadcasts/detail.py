"""A broadcast's page: what it says, to whom, when, and what became of it group by group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from audit.keyset import newest_first
from messages.history.deliveries import Wanted, deliveries
from messages.history.first_group import first_group_of, rest_of
from messages.history.holds import holds_of_broadcast
from messages.history.in_flight import Rest
from messages.history.pace import pace_of
from messages.history.progress import Progress, may_change, progress_of
from messages.history.undo import corrections_of
from messages.history.waiting import engine_state, is_stopped, silent_since
from messages.models import Broadcast, BroadcastKind, BroadcastStatus, FirstState
from messages.pages.broadcasts.brake import Brake, brake_of
from messages.pages.broadcasts.content import shown_content
from messages.pages.broadcasts.in_group import in_group
from messages.pages.broadcasts.late import went_out
from messages.pages.broadcasts.pace import pace_in_words
from messages.pages.broadcasts.undoing import Countdown, countdown_of
from messages.pages.deliveries.holds import hold_line
from messages.pages.deliveries.lines import lines, selection
from messages.pages.schedules.series import series_shown
from messages.services.correction import correction_in_writing
from messages.states import DELIVERY_STATES, Presentation, broadcast_state

TARGETS_SHOWN = 50
RUNS_SHOWN = 50
SOON = timedelta(minutes=2)
POLL_SECONDS = 2
POLL_SECONDS_BEFORE_IT_LEAVES = 1
POLL_SECONDS_WHILE_NOTHING_HAPPENS = 15


@dataclass(frozen=True, slots=True)
class StateCount:
    status: str
    state: Presentation
    count: int
    chosen: bool


@require_safe
@login_required
@permission_required("broadcasts.view_broadcast", raise_exception=True)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    broadcast = get_object_or_404(Broadcast, pk=pk)
    targets, content = list(broadcast.targets.all()[: TARGETS_SHOWN + 1]), shown_content(broadcast)
    context = {
        **_live(request, broadcast),
        "content": content,
        "in_group": in_group(broadcast, request.GET) if content.preview else None,
        "series": series_shown(broadcast),
        "may_change": broadcast.recurs and request.user.has_perm("broadcasts.send_broadcast"),
        "runs": list(broadcast.runs.order_by("pk")[:RUNS_SHOWN]),
        "corrections": list(corrections_of(broadcast)[:RUNS_SHOWN]),
        "correction_draft": correction_in_writing(broadcast),
        "targets": targets[:TARGETS_SHOWN],
        "more_targets": broadcast.targets.count() - TARGETS_SHOWN if len(targets) > TARGETS_SHOWN else 0,
    }
    return render(request, "broadcasts/broadcasts/detail.html", context)


@require_safe
@login_required
@permission_required("broadcasts.view_broadcast", raise_exception=True)
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that changes; asked for again and again until nothing can."""
    broadcast = get_object_or_404(Broadcast.objects.defer("content"), pk=pk)
    context = {**_live(request, broadcast), "polled": True}
    return render(request, "broadcasts/broadcasts/_live.html", context)


def _live(request: HttpRequest, broadcast: Broadcast) -> dict[str, object]:
    now, engine, first = timezone.now(), engine_state(), first_group_of(broadcast)
    so_far = progress_of([broadcast.pk])[broadcast.pk]
    chosen = request.GET.get("state", "")
    chosen = chosen if chosen in DELIVERY_STATES else ""
    page = newest_first(deliveries(Wanted(broadcast=broadcast.pk, state=chosen)), request.GET)
    changes, brake = may_change(broadcast, so_far), brake_of(broadcast, now=now)
    pace = pace_of(broadcast, so_far, now=now, engine=engine, a_minute=settings.PACING_LIMIT)
    stoppable = changes and broadcast.status != BroadcastStatus.CANCELLED
    undo = countdown_of(broadcast, now=now, stopped=is_stopped(engine))
    return {
        "broadcast": broadcast,
        "state": broadcast_state(broadcast, so_far.counts, first=first, stopped=is_stopped(engine)),
        "first": first,
        "rest": rest_of(broadcast) if first and first.state == FirstState.OUT else 0,
        "holds": [hold_line(hold, broadcast) for hold in holds_of_broadcast(broadcast, so_far, now=now)],
        "brake": brake,
        "undo": undo,
        "went_out": went_out(broadcast),
        "pace": pace_in_words(pace, zone=broadcast.zone, now=now),
        "progress": so_far,
        "counts": _counts(so_far, chosen),
        "chosen": chosen,
        "page": page,
        **selection(lines(page.rows, now=now, engine=engine), user=request.user),
        "not_arrived": _not_arrived(broadcast, so_far),
        "poll_seconds": _poll_seconds(broadcast, brake, undo, now=now) if changes else None,
        "cancellable": stoppable and undo is None,  # taking it back does the same, and more
        "correctable": not changes and _got_somewhere(broadcast, so_far),
        "pausable": stoppable and not broadcast.paused_at and broadcast.kind == BroadcastKind.BROADCAST,
        "resumable": stoppable and broadcast.paused_at is not None,
        "silent_since": silent_since(engine, now=now) if changes else None,
    }


def _got_somewhere(broadcast: Broadcast, progress: Progress) -> bool:
    return broadcast.kind == BroadcastKind.BROADCAST and bool(progress.delivered or progress.uncertain)


def _not_arrived(broadcast: Broadcast, progress: Progress) -> int:
    """How many groups it could be sent to again."""
    if broadcast.status == BroadcastStatus.CANCELLED or broadcast.kind == BroadcastKind.TEST:
        return 0
    return progress.failed + progress.expired


def _counts(progress: Progress, chosen: str) -> list[StateCount]:
    return [
        StateCount(status, state, progress.counts.get(status, 0), status == chosen)
        for status, state in DELIVERY_STATES.items()
        if progress.counts.get(status) or status == chosen
    ]


def _poll_seconds(broadcast: Broadcast, brake: Brake | None, undo: Countdown | None, *, now: datetime) -> float:
    if brake:
        return POLL_SECONDS_WHILE_NOTHING_HAPPENS if brake.rest is Rest.AT_REST else brake.look_again_ms / 1000
    if undo:
        return POLL_SECONDS_BEFORE_IT_LEAVES
    far = broadcast.next_at is not None and broadcast.next_at > now + SOON
    return POLL_SECONDS_WHILE_NOTHING_HAPPENS if far else POLL_SECONDS
