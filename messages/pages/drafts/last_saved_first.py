"""Pages of drafts in the order of their last save, without OFFSET and without count(*)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet
from django.http import QueryDict

from audit.keyset import Page, url_at, url_of_first
from messages.models import Draft

PAGE_SIZE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def last_saved_first(drafts: QuerySet[Draft], asked: QueryDict, *, size: int = PAGE_SIZE) -> Page[Draft]:
    """The page that `before=PLACE` (older) or `after=PLACE` (newer) in the query asks for, else the first one."""
    after, before = _place(asked.get("after")), _place(asked.get("before"))
    if after:
        found = list(drafts.filter(_newer(*after)).order_by("updated_at", "pk")[: size + 1])
        if len(found) > size:
            shown = found[size - 1 :: -1]
            return Page(shown, _url(asked, "after", shown[0]), _url(asked, "before", shown[-1]))
        before = None  # these are the newest: the first page shows them, and is filled up
    if before:
        drafts = drafts.filter(_older(*before))
    found = list(drafts.order_by("-updated_at", "-pk")[: size + 1])
    shown = found[:size]
    return Page(
        shown,
        previous_url=_back(asked, shown) if before else "",
        next_url=_url(asked, "before", shown[-1]) if len(found) > size else "",
    )


def _back(asked: QueryDict, shown: list[Draft]) -> str:
    """A page that turns out empty leads back to the first one."""
    return _url(asked, "after", shown[0]) if shown else url_of_first(asked)


def _newer(moment: datetime, pk: int) -> Q:
    return Q(updated_at__gt=moment) | Q(updated_at=moment, pk__gt=pk)


def _older(moment: datetime, pk: int) -> Q:
    return Q(updated_at__lt=moment) | Q(updated_at=moment, pk__lt=pk)


def _url(asked: QueryDict, direction: str, draft: Draft) -> str:
    return url_at(asked, direction, f"{(draft.updated_at - _EPOCH) // _MICROSECOND}-{draft.pk}")


def _place(text: str | None) -> tuple[datetime, int] | None:
    """`<microseconds since 1970>-<pk>`; what is not that is no place."""
    found = re.fullmatch(r"([0-9]{1,17})-([0-9]{1,18})", text or "", re.ASCII)
    if not found:
        return None
    try:
        return _EPOCH + int(found[1]) * _MICROSECOND, int(found[2])
    except OverflowError:
        return None
