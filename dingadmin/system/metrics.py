"""/metrics, for Prometheus: behind a token of its own, for Prometheus cannot sign in."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, CollectorRegistry, generate_latest

from dingadmin.system.access import holds_token, is_administrator
from dingadmin.system.collector import Installation


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    if not holds_token(request) and not is_administrator(request.user):
        return _refuse()
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Installation(timezone.now()))
    try:
        text = generate_latest(registry)
    except DatabaseError:
        return HttpResponse("the database does not answer\n", content_type="text/plain", status=503)
    return HttpResponse(text, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def _refuse() -> HttpResponse:
    if not settings.METRICS_TOKEN:
        raise Http404
    return HttpResponse(
        "a token is needed\n", content_type="text/plain", status=401, headers={"WWW-Authenticate": "Bearer"}
    )
