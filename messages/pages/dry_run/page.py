"""The dry run of a draft: what would happen to every group, and nothing is sent."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from messages.forms.dry_run import DryRunFilters
from messages.forms.dry_run import Level as LevelChoice
from messages.models import Draft
from messages.pages.dry_run.rehearsal import Rehearsal, rehearse, user_of
from messages.pages.dry_run.report import by_robot, counts_of, levels_of
from messages.pages.dry_run.rows import page_of
from messages.services.checks.findings import BLOCKER, WARNING
from messages.services.snapshots import Snapshot


@require_safe
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def dry_run_page(request: HttpRequest, pk: int) -> HttpResponse:
    rehearsal = rehearse(get_object_or_404(Draft, pk=pk), user_of(request))
    filters = DryRunFilters(request.GET)
    findings = rehearsal.run.check.findings
    context = {
        "draft": rehearsal.draft,
        "rehearsal": rehearsal,
        "run": rehearsal.run,
        "plan": rehearsal.plan,
        "last_step": rehearsal.plan.steps[-1] if rehearsal.plan.steps else None,
        "levels": levels_of(findings, Snapshot.of(rehearsal.draft)),
        "counts": counts_of(findings),
        "summary": _summary(rehearsal),
        "page": page_of(rehearsal, filters, request.GET),
        "filters": filters,
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
        "filtered": any(request.GET.get(name) for name in filters.fields),
        "level_labels": dict(LevelChoice.choices),
    }
    return render(request, "broadcasts/dry_run/page.html", context)


def _summary(rehearsal: Rehearsal) -> dict[str, int]:
    """Groups by the worst that was found about themselves."""
    own = by_robot(rehearsal.run.check.findings)
    blocked = {pk for pk, found in own.items() if any(each.level == BLOCKER for each in found)}
    warned = {pk for pk, found in own.items() if any(each.level == WARNING for each in found)} - blocked
    groups = rehearsal.order.groups
    return {
        "groups": groups,
        "blocked": len(blocked),
        "warned": len(warned),
        "fine": groups - len(blocked) - len(warned),
        "blockers": sum(not each.robot for each in rehearsal.run.check.blockers),
    }
