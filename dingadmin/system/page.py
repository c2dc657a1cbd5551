"""The page that tells administrators how the installation does, part by part, and what to do where it does not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dingadmin.system.access import administrators_only
from dingadmin.system.engine_parts import engine_parts
from dingadmin.system.parts import Part, worst
from dingadmin.system.product_parts import product_parts
from dingadmin.system.report import report
from dingadmin.system.server_parts import server_parts

POLL_SECONDS = 5


@require_safe
@never_cache
@login_required
@administrators_only
def system(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    parts = all_parts(now)
    return render(request, "system/system.html", {**_context(parts), "report": report(parts, now=now)})


@require_safe
@never_cache
@login_required
@administrators_only
def system_live(request: HttpRequest) -> HttpResponse:
    """What changes of it, for the page to ask for again and again."""
    return render(request, "system/_live.html", _context(all_parts(timezone.now())))


def all_parts(now: datetime) -> list[Part]:
    return [*engine_parts(now), *server_parts(), *product_parts()]


def _context(parts: Sequence[Part]) -> dict[str, object]:
    return {
        "parts": parts,
        "state": worst([part.state for part in parts]),
        "in_need": [part for part in parts if part.needs_care],
        "poll_seconds": POLL_SECONDS,
    }
