"""Pages of a table that only grows, newest first: by the rows' own numbers, without OFFSET and without count(*)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict

ModelT = TypeVar("ModelT", bound=Model)
PAGE_SIZE = 50
_MOST_DIGITS = 18  # what a 64-bit column surely holds


@dataclass(frozen=True, slots=True)
class Page(Generic[ModelT]):
    """`previous_url` leads to newer rows, `next_url` to older ones; empty where there are none."""

    rows: list[ModelT]
    previous_url: str
    next_url: str

    @property
    def is_first(self) -> bool:
        return not self.previous_url


def newest_first(rows: QuerySet[ModelT], asked: QueryDict, *, key: str = "pk", size: int = PAGE_SIZE) -> Page[ModelT]:
    """The page that `before=NUMBER` or `after=NUMBER` in the query asks for, else the first one."""
    newer_than, older_than = _number(asked.get("after")), _number(asked.get("before"))
    if newer_than is not None:
        found = list(rows.filter(**{f"{key}__gt": newer_than}).order_by(key)[: size + 1])
        if len(found) > size:
            shown = found[size - 1 :: -1]
            return Page(shown, _url(asked, "after", shown[0], key), _url(asked, "before", shown[-1], key))
        older_than = None  # these are the newest rows: the first page shows them, and is filled up
    if older_than is not None:
        rows = rows.filter(**{f"{key}__lt": older_than})
    found = list(rows.order_by(f"-{key}")[: size + 1])
    shown = found[:size]
    return Page(
        shown,
        previous_url=_back(asked, older_than, shown, key),
        next_url=_url(asked, "before", shown[-1], key) if len(found) > size else "",
    )


def _back(asked: QueryDict, older_than: int | None, shown: list[ModelT], key: str) -> str:
    if older_than is None:
        return ""
    # A page that turns out empty still leads back to the rows that are newer than what was asked for.
    return _url(asked, "after", shown[0], key) if shown else url_at(asked, "after", older_than - 1)


def _url(asked: QueryDict, direction: str, row: Model, key: str) -> str:
    return url_at(asked, direction, int(getattr(row, key)))


def url_at(asked: QueryDict, direction: str, place: int | str) -> str:
    """The same list and filters, `before` or `after` a place in it."""
    query = _without_place(asked)
    query[direction] = str(place)
    return f"?{query.urlencode()}"


def url_of_first(asked: QueryDict) -> str:
    return f"?{_without_place(asked).urlencode()}"


def _without_place(asked: QueryDict) -> QueryDict:
    query = asked.copy()
    query.pop("before", None)
    query.pop("after", None)
    return query


def _number(text: str | None) -> int | None:
    if not text or not text.isascii() or not text.isdigit() or len(text) > _MOST_DIGITS:
        return None
    return int(text)
