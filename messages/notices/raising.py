"""Opens and closes notices, by conditional updates alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet

from messages.models import Notice


def raise_notice(kind: str, *, subject: str = "", params: Mapping[str, object], at: datetime) -> None:
    """One open notice per kind and subject: again while it is open, it counts up and takes the newer params."""
    again = {"count": F("count") + 1, "last_at": at, "params": dict(params)}
    if open_notices(kind, subject).update(**again):
        return
    try:
        with transaction.atomic():
            Notice.objects.create(kind=kind, subject=subject, params=dict(params), opened_at=at, last_at=at)
    except IntegrityError:
        # Another process opened it at this very moment.
        open_notices(kind, subject).update(**again)


def close_notices(notices: QuerySet[Notice], *, at: datetime, by_name: str = "") -> int:
    """Without a name: they are over by themselves. Returns how many of them were open."""
    return notices.filter(closed_at=None).update(closed_at=at, closed_by_name=by_name)


def open_notices(kind: str, subject: str) -> QuerySet[Notice]:
    return Notice.objects.filter(kind=kind, subject=subject, closed_at=None)
