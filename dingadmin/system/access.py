"""Who may see more than verdicts: whoever holds the token for monitoring, and administrators."""

from __future__ import annotations

import functools
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare


def holds_token(request: HttpRequest) -> bool:
    """By the header `Authorization: Bearer TOKEN`. While no token is set nobody holds it."""
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    return (
        bool(settings.METRICS_TOKEN)
        and scheme.lower() == "bearer"
        and constant_time_compare(given.strip(), settings.METRICS_TOKEN)
    )


def is_administrator(user: User | AnonymousUser) -> bool:
    """Whoever may enter /admin/: they can change everything that the figures tell of."""
    return user.is_active and user.is_staff


def administrators_only(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Others are refused; `login_required` before it sends strangers to sign in."""

    @functools.wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not is_administrator(request.user):
            raise PermissionDenied
        return view(request)

    return guarded
