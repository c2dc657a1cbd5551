"""For load balancers and container runtimes: does the process live, and do messages go out?

Strangers may ask, for a probe often cannot sign in. They get verdicts in one word each; figures and causes, which tell
of the inside, need the token for monitoring or an administrator.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dingadmin.system.access import holds_token, is_administrator
from dingadmin.system.readiness import Check, check_all


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers. It asks nobody else: a database that is away is no reason to start us anew."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    checks = check_all(timezone.now())
    ready = all(check.ok for check in checks)
    answer: dict[str, object] = {
        "ready": ready,
        "checks": {check.name: "ok" if check.ok else "failed" for check in checks},
    }
    if _may_see_details(request, checks):
        answer["details"] = {check.name: _details(check) for check in checks}
    return JsonResponse(answer, status=200 if ready else 503)


def _may_see_details(request: HttpRequest, checks: tuple[Check, ...]) -> bool:
    # Without the database nobody knows who is signed in.
    database = next(check for check in checks if check.name == "database")
    return holds_token(request) or (database.ok and is_administrator(request.user))


def _details(check: Check) -> dict[str, object]:
    return {"seconds": None if check.seconds is None else round(check.seconds, 3), "cause": check.cause}
