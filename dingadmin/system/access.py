"""Who may see more than verdicts: whoever holds the token for monitoring, and administrators."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
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
