"""The dry run of a draft: what would happen to every group, and nothing is sent."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from messages.forms.dry_run import DryRunFilters
from messages.forms.dry_run import Level as LevelChoice
from messages.models import Draft
from messages.pages.drafts.launching import ROBOTS_LISTED
from messages.pages.drafts.trial import trial_of
from messages.pages.dry_run.rehearsal import rehearse, user_of
from messages.pages.dry_run.report import counts_of, levels_of, readings_of, summary_of
from messages.pages.dry_run.rows import page_of
from messages.services.snapshots import Snapshot


@require_safe
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def dry_run_page(request: HttpRequest, pk: int) -> HttpResponse:
    rehearsal = rehearse(get_object_or_404(Draft, pk=pk), user_of(request))
    filters = DryRunFilters(request.GET)
    findings = rehearsal.run.check.findings
    readings = readings_of(findings, rehearsal.order.robots)
    context = {
        "draft": rehearsal.draft,
        "rehearsal": rehearsal,
        "run": rehearsal.run,
        "plan": rehearsal.plan,
        "last_step": rehearsal.plan.steps[-1] if rehearsal.plan.steps else None,
        "levels": levels_of(findings, Snapshot.of(rehearsal.draft)),
        "counts": counts_of(findings, readings),
        "summary": summary_of(readings),
        "page": page_of(rehearsal, readings, filters, request.GET),
        "filters": filters,
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
        "filtered": any(request.GET.get(name) for name in filters.fields),
        "level_labels": dict(LevelChoice.choices),
        "trial": trial_of() if request.user.has_perm("broadcasts.send_broadcast") else None,
        "trial_groups": rehearsal.order.robots[:ROBOTS_LISTED],
    }
    return render(request, "broadcasts/dry_run/page.html", context)
