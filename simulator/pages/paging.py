"""Pages that begin where another one ended: no count, no offset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict

PAGE: Final = 50
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    rows: list[Row]
    previous_url: str
    next_url: str


def page_of(rows: QuerySet[Row], *, by: str, query: QueryDict, descending: bool = False, size: int = PAGE) -> Page[Row]:
    """`?after=` and `?before=` hold the last and the first value of `by` on the page one comes from."""
    after, before = query.get("after", ""), query.get("before", "")
    backwards = bool(before)
    smaller = descending != backwards
    if after or before:
        rows = rows.filter(**{f"{by}__{'lt' if smaller else 'gt'}": before or after})
    found = list(rows.order_by(f"-{by}" if smaller else by)[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    return Page(
        rows=found,
        previous_url=_url(query, before=_value(found, 0, by)) if found and (more if backwards else after) else "",
        next_url=_url(query, after=_value(found, -1, by)) if found and (backwards or more) else "",
    )


def _value(rows: list[Row], position: int, by: str) -> Any:
    return getattr(rows[position], by)


def _url(query: QueryDict, **place: Any) -> str:
    changed = query.copy()
    for name in ("after", "before"):
        changed.pop(name, None)
    for name, value in place.items():
        changed[name] = str(value)
    return f"?{changed.urlencode()}"
