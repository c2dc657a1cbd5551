"""The list of broadcasts, each with how far it has come."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from audit.keyset import newest_first
from audit.row_field import RowField
from messages.history.broadcasts import FIRST_OUT, PAUSED, WantedBroadcasts, broadcasts, first_of
from messages.history.progress import Progress, progress_of
from messages.history.waiting import engine_state, is_stopped
from messages.models import Broadcast, BroadcastKind, BroadcastStatus
from messages.states import REST_WAITS, Presentation, broadcast_state

EVERY_KIND = "all"


@dataclass(frozen=True, slots=True)
class BroadcastLine:
    broadcast: Broadcast
    progress: Progress
    state: Presentation


def _states() -> list[tuple[str, str]]:
    statuses = [(status.value, str(status.label)) for status in BroadcastStatus]
    return [("", _("Any state")), *statuses, (FIRST_OUT, str(REST_WAITS.label)), (PAUSED, _("Paused"))]


def _kinds() -> list[tuple[str, str]]:
    return [("", _("Broadcasts")), (BroadcastKind.TEST.value, _("Tests of robots")), (EVERY_KIND, _("Both"))]


class BroadcastFilters(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=100)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=_states)
    author = RowField(
        get_user_model()._default_manager.only("username").order_by("username"),
        names=("username", "first_name", "last_name"),
        label=gettext_lazy("By"),
        empty_label=gettext_lazy("Anybody"),
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False, choices=_kinds)

    def wanted(self) -> WantedBroadcasts:
        """What cannot be understood filters nothing."""
        self.is_valid()
        given = self.cleaned_data
        author, kind = given.get("author"), given.get("kind") or BroadcastKind.BROADCAST.value
        return WantedBroadcasts(
            text=(given.get("q") or "").strip(),
            state=given.get("state") or "",
            author=author.pk if author else None,
            kind="" if kind == EVERY_KIND else kind,
        )


@require_safe
@login_required
@permission_required("broadcasts.view_broadcast", raise_exception=True)
def broadcast_list(request: HttpRequest) -> HttpResponse:
    filters = BroadcastFilters(request.GET)
    page = newest_first(broadcasts(filters.wanted()), request.GET)
    context = {"filters": filters, "page": page, "lines": _lines(page.rows)}
    return render(request, "broadcasts/broadcasts/list.html", context)


def _lines(rows: list[Broadcast]) -> list[BroadcastLine]:
    progress = progress_of(broadcast.pk for broadcast in rows)
    stopped = is_stopped(engine_state())
    return [_line(row, progress[row.pk], stopped=stopped) for row in rows]


def _line(broadcast: Broadcast, progress: Progress, *, stopped: bool) -> BroadcastLine:
    state = broadcast_state(broadcast, progress.counts, first=first_of(broadcast), stopped=stopped)
    return BroadcastLine(broadcast, progress, state)
