"""Whom the numbers of a message belong to."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from robots.models import Recipient


def names_of(ids: Iterable[str]) -> dict[str, str]:
    """By mobile and by userId, as far as they are known."""
    wanted = list(ids)
    if not wanted:
        return {}
    people = Recipient.objects.filter(Q(mobile__in=wanted) | Q(user_id__in=wanted))
    rows = people.values_list("mobile", "user_id", "name")
    return {key: name for mobile, user_id, name in rows for key in (mobile, user_id) if key}
