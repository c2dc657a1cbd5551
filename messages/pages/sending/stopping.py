"""Asks before all sending is stopped or resumed, and tells how far that is."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from audit.actors import actor_of
from messages.history.broadcasts import overdue
from messages.history.in_flight import all_in_flight
from messages.history.stopped import stop_of_all, waiting_count
from messages.models import Broadcast
from messages.pages.broadcasts.late import late_by
from messages.services.stopping import resume_all_sending, stop_all_sending

NAMED = 5  # broadcasts that go out late, before the rest is counted


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.stop_all", raise_exception=True)
def stop(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        if not stop_all_sending(by=actor_of(request)):
            flash.info(request, _("All sending was stopped already."))
        return redirect("overview")
    context = {
        "title": _("Stop all sending?"),
        "consequences": _what_stops(),
        "action_label": _("Stop all sending"),
        "cancel_url": reverse("overview"),
    }
    return render(request, "ui/_confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.stop_all", raise_exception=True)
def resume(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        if resume_all_sending(by=actor_of(request)):
            flash.success(request, _("Sending goes on where it stood."))
        else:
            flash.info(request, _("Sending was not stopped."))
        return redirect("overview")
    context = {
        "title": _("Resume all sending?"),
        "consequences": _what_goes_on(timezone.now()),
        "action_label": _("Resume all sending"),
        "cancel_url": reverse("overview"),
        "tone": "plain",
    }
    return render(request, "ui/_confirm.html", context)


@require_safe
@never_cache
@login_required
def state(request: HttpRequest) -> HttpResponse:
    """The banner alone, asked for until the last call has ended."""
    return render(request, "broadcasts/sending/_banner.html", {"stop": stop_of_all(timezone.now())})


def _what_stops() -> list[str]:
    sentences = [_("Nothing goes out any more, for anybody, until somebody resumes it; tests of robots neither.")]
    if waiting := waiting_count():
        text = ngettext(
            "%(count)d message that waits stays where it is.",
            "%(count)d messages that wait stay where they are.",
            waiting,
        )
        sentences.append(text % {"count": waiting})
    if in_flight := all_in_flight().count:
        sentences.append(calls_finish(in_flight))
    sentences.append(_("What is planned for meanwhile goes out late, or expires where it is of no use any more."))
    return sentences


def _what_goes_on(now: datetime) -> list[str]:
    sentences = []
    if waiting := waiting_count():
        text = ngettext(
            "%(count)d message that waits goes out now.",
            "%(count)d messages that wait go out now, as fast as the limits allow.",
            waiting,
        )
        sentences.append(text % {"count": waiting})
    late = overdue(now)
    sentences += [_goes_out_late(broadcast, now=now) for broadcast in late[:NAMED]]
    if more := late[NAMED:].count():
        text = ngettext("So does %(count)d more broadcast.", "So do %(count)d more broadcasts.", more)
        sentences.append(text % {"count": more})
    return sentences or [_("Nothing waits at the moment. What is planned goes out at its time.")]


def calls_finish(count: int) -> str:
    text = ngettext(
        "%(count)d call is in flight: it finishes, and its result is recorded.",
        "%(count)d calls are in flight: they finish, and their results are recorded.",
        count,
    )
    return text % {"count": count}


def _goes_out_late(broadcast: Broadcast, *, now: datetime) -> str:
    late = late_by(now - (broadcast.next_at or now))
    return _("“%(name)s” goes out at once, %(late)s.") % {"name": broadcast.name, "late": late}
