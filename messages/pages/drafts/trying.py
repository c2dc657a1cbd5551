"""One press sends the message to a robot for tests, as the group that is shown would get it."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit.actors import actor_of
from messages.forms.composition import Composition, composition_of_draft, composition_of_post, number_of, uuid_of
from messages.models import Broadcast, Draft
from messages.pages.drafts.page import compose_page, new_name
from messages.pages.drafts.trial import Trial, trial_of, tried_of
from messages.pages.drafts.written import audience_of, mentions_of, tailoring_for
from messages.pages.dry_run.rehearsal import typed_of, user_of
from messages.services.plans import plan_of, remember
from messages.services.trying import CannotTry, send_to_test_group
from robots.models import Robot


@require_POST
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def draft_try(request: HttpRequest) -> HttpResponse:
    """Sends what stands on the compose page, saved or not."""
    composition = composition_of_post(request.POST)
    trial = _try(request, composition)
    if request.headers.get("HX-Request"):
        return _section(request, trial, form="compose")
    draft = Draft.objects.filter(pk=composition.draft or 0).first()
    return compose_page(request, composition, draft=draft, trial=trial)


@require_POST
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def launch_try(request: HttpRequest, pk: int) -> HttpResponse:
    """Sends what the draft holds; without scripts what was typed beside it is kept for the next look."""
    draft = get_object_or_404(Draft, pk=pk)
    trial = _try(request, composition_of_draft(draft).showing(request.POST))
    if request.headers.get("HX-Request"):
        return _section(request, trial, form="launch", draft=draft)
    remember(draft, user_of(request), without=plan_of(draft, user_of(request)).without, typed=typed_of(request))
    return _onward(request, trial, draft, back="broadcasts:draft_launch")


@require_POST
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def dry_run_try(request: HttpRequest, pk: int) -> HttpResponse:
    """The same from the dry run, where nothing else is typed."""
    draft = get_object_or_404(Draft, pk=pk)
    trial = _try(request, composition_of_draft(draft).showing(request.POST))
    if request.headers.get("HX-Request"):
        return _section(request, trial, form="dry-run-trial", draft=draft)
    return _onward(request, trial, draft, back="broadcasts:draft_dry_run")


@require_safe
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def trial_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of it, asked for again and again until nothing can change."""
    broadcast = get_object_or_404(Broadcast, pk=pk)
    return render(request, "broadcasts/drafts/_tried.html", {"tried": tried_of(broadcast)})


def _section(request: HttpRequest, trial: Trial, *, form: str, draft: Draft | None = None) -> HttpResponse:
    return render(request, "broadcasts/drafts/_trial.html", {"trial": trial, "trial_form": form, "draft": draft})


def _onward(request: HttpRequest, trial: Trial, draft: Draft, *, back: str) -> HttpResponse:
    """Without scripts: to what was sent, or back with what kept it from being sent."""
    if trial.tried:
        return redirect("broadcasts:broadcast_detail", pk=trial.tried.broadcast.pk)
    flash.error(request, trial.refused)
    return redirect(back, pk=draft.pk)


def _try(request: HttpRequest, composition: Composition) -> Trial:
    number = number_of(request.POST.get("test_robot", ""))
    to = Robot.objects.filter(pk=number or 0, for_tests=True).first()
    if to is None:
        return trial_of(refused=_("Choose a robot for tests."))
    try:
        return trial_of(chosen=to.pk, tried=_sent(request, composition, to))
    except CannotTry as refused:
        return trial_of(chosen=to.pk, refused=refused.text)


def _sent(request: HttpRequest, composition: Composition, to: Robot) -> Broadcast:
    snapshot = composition.snapshot(name=composition.name)
    robots = list(audience_of(snapshot))
    if not robots:
        raise CannotTry(_("Choose at least one group: the test shows what that group would get."))
    tailoring = tailoring_for(snapshot, robots, at=mentions_of(snapshot))
    return send_to_test_group(
        tailoring,
        like=next((robot for robot in robots if robot.pk == composition.shown), robots[0]),
        to=to,
        name=composition.name or new_name(tailoring.message),
        by=actor_of(request),
        zone=settings.TIME_ZONE,
        key=uuid_of(request.POST.get("trial_key", "")) or uuid4(),
        draft=composition.draft,
    )
