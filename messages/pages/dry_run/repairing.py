"""One press that mends what the dry run found, and one that takes it back. Nothing here sends anything."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from audit.actors import actor_of
from messages.forms.composition import number_of, numbers_in
from messages.models import Draft
from messages.pages.dry_run.rehearsal import Rehearsal, rehearse, typed_later, typed_of, user_of
from messages.services.checks.findings import BLOCKER
from messages.services.drafts import StaleDraft
from messages.services.plans import (
    Did,
    allow_keywords,
    leave_out,
    note_mended,
    plan_of,
    remember,
    resume_robots,
    settle,
    undo,
)
from messages.services.repairs import add_keyword, mend
from robots.models import PauseReason

MOST_MINUTES: Final = 24 * 60
SEND: Final = "broadcasts.send_broadcast"
EDIT: Final = "broadcasts.change_draft"
ROBOTS: Final = "robots.change_robot"
_RIGHTS: Final = {Did.MENDED: EDIT, Did.ALLOWED: ROBOTS, Did.RESUMED: ROBOTS}


@require_POST
@login_required
@permission_required(SEND, raise_exception=True)
def dry_run_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """From the launch page: what stands on it is kept."""
    draft = get_object_or_404(Draft, pk=pk)
    without = numbers_in(request.POST.get("without", ""))
    remember(draft, user_of(request), without=without, typed=typed_of(request))
    return redirect("broadcasts:draft_dry_run", pk=draft.pk)


@require_POST
@login_required
@permission_required(SEND, raise_exception=True)
def dry_run_leave_out(request: HttpRequest, pk: int) -> HttpResponse:
    """One robot, or all of which the same was found, or all that are blocked."""
    rehearsal = _rehearsal(request, pk)
    chosen = _chosen(request, rehearsal)
    leave_out(rehearsal.plan, chosen)
    count = len(chosen)
    flash.success(
        request, ngettext("%(count)d group left out.", "%(count)d groups left out.", count) % {"count": count}
    )
    return _back(request, rehearsal.draft)


@require_POST
@login_required
@permission_required([SEND, ROBOTS], raise_exception=True)
def dry_run_allow_keyword(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the keyword added in the groups that lack it, now and later."""
    rehearsal = _rehearsal(request, pk)
    lacking = rehearsal.findings_like(BLOCKER, "keyword_missing", request.POST.get("key", ""))
    allow_keywords(rehearsal.plan, [each.robot for each in lacking if each.robot], by=actor_of(request))
    return _back(request, rehearsal.draft)


@require_POST
@login_required
@permission_required([SEND, ROBOTS], raise_exception=True)
def dry_run_resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Resume the robots of its audience that a person has paused."""
    rehearsal = _rehearsal(request, pk)
    paused = rehearsal.findings_like(BLOCKER, "robot_paused", PauseReason.BY_PERSON)
    resume_robots(rehearsal.plan, [each.robot for each in paused if each.robot], by=actor_of(request))
    return _back(request, rehearsal.draft)


@require_POST
@login_required
@permission_required(EDIT, raise_exception=True)
def dry_run_mend(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the draft, as one more version."""
    rehearsal = _rehearsal(request, pk)
    found = rehearsal.findings_like(*(request.POST.get(name, "") for name in ("level", "code", "key")))
    if not found:
        return _over(request, rehearsal)
    before, first, by = rehearsal.draft.version, found[0], actor_of(request)
    try:
        if first.code == "keyword_missing":
            lacking = rehearsal.order.lacking(first.value)
            draft = add_keyword(rehearsal.draft, keyword=first.value, robots=lacking, by=by)
        else:
            draft = mend(rehearsal.draft, first, by=by)
    except StaleDraft as stale:
        flash.error(request, stale.text)
        return _back(request, rehearsal.draft)
    note_mended(rehearsal.plan, before=before, after=draft.version)
    flash.success(request, _("Saved as version %(number)d.") % {"number": draft.version})
    return _back(request, rehearsal.draft)


@require_POST
@login_required
@permission_required(SEND, raise_exception=True)
def dry_run_move(request: HttpRequest, pk: int) -> HttpResponse:
    """So many minutes later."""
    rehearsal, minutes = _rehearsal(request, pk), number_of(request.POST.get("minutes", "")) or 0
    if not 0 < minutes <= MOST_MINUTES:
        raise Http404
    settle(rehearsal.plan, Did.MOVED, typed=typed_later(rehearsal, minutes))
    return _back(request, rehearsal.draft)


@require_POST
@login_required
@permission_required(SEND, raise_exception=True)
def dry_run_split(request: HttpRequest, pk: int) -> HttpResponse:
    """What is too long goes out in parts."""
    rehearsal = _rehearsal(request, pk)
    settle(rehearsal.plan, Did.SPLIT, typed={"split": "on"})
    return _back(request, rehearsal.draft)


@require_POST
@login_required
def dry_run_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever may do a thing may undo it."""
    user = user_of(request)
    if not any(map(user.has_perm, (SEND, EDIT, ROBOTS))):
        raise PermissionDenied
    plan = plan_of(get_object_or_404(Draft, pk=pk), user)
    if plan.steps and not user.has_perm(_RIGHTS.get(Did(plan.steps[-1]["did"]), SEND)):
        raise PermissionDenied
    try:
        if undo(plan, step=number_of(request.POST.get("step", "")) or 0, by=actor_of(request)):
            flash.success(request, _("Undone."))
    except StaleDraft as stale:
        flash.error(request, stale.text)
    return _back(request, plan.draft)


def _rehearsal(request: HttpRequest, pk: int) -> Rehearsal:
    return rehearse(get_object_or_404(Draft, pk=pk), user_of(request))


def _chosen(request: HttpRequest, rehearsal: Rehearsal) -> Collection[int]:
    level, code, key, robot = (request.POST.get(name, "") for name in ("level", "code", "key", "robot"))
    if robot:
        return {each.pk for each in rehearsal.order.robots if str(each.pk) == robot}
    if code:
        found = rehearsal.findings_like(level, code, key)
    else:
        found = list(rehearsal.run.check.blockers) if level == BLOCKER else []
    return {each.robot.pk for each in found if each.robot}


def _over(request: HttpRequest, rehearsal: Rehearsal) -> HttpResponse:
    flash.info(request, _("There is nothing to mend any more."))
    return _back(request, rehearsal.draft)


def _back(request: HttpRequest, draft: Draft) -> HttpResponse:
    """With the filters that were set."""
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(f"{reverse('broadcasts:draft_dry_run', args=[draft.pk])}{query}")
