"""Pages of a list that is ordered by name. By keyset: no count, no OFFSET, however long the list is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

PAGE_SIZE = 50

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The URLs are query strings, "" where there is no such page."""

    rows: Sequence[Row]
    previous_url: str
    next_url: str


def page_by_name(request: HttpRequest, queryset: QuerySet[Row], *, size: int = PAGE_SIZE) -> Page[Row]:
    """The page that `?after=` or `?before=` asks for: each names the row at the edge, as `pk.name`."""
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    if before:
        backwards = queryset.filter(_beyond(before, "lt")).order_by("-name", "-pk")
        found = list(backwards[: size + 1])
        rows, has_previous, has_next = found[:size][::-1], len(found) > size, True
    else:
        forwards = queryset.filter(_beyond(after, "gt")).order_by("name", "pk")
        found = list(forwards[: size + 1])
        rows, has_previous, has_next = found[:size], bool(after), len(found) > size
    return Page(
        rows=rows,
        previous_url=_url(request, before=rows[0]) if rows and has_previous else "",
        next_url=_url(request, after=rows[-1]) if rows and has_next else "",
    )


def _beyond(edge: str, comparison: str) -> Q:
    """Rows past the edge. An edge that is none is no edge: the list begins anew."""
    pk, dot, name = edge.partition(".")
    # PostgreSQL takes no NUL in a text.
    if not dot or not pk.isdecimal() or len(pk) > 18 or "\0" in name:
        return Q()
    return Q(**{f"name__{comparison}": name}) | Q(**{"name": name, f"pk__{comparison}": int(pk)})


def _url(request: HttpRequest, **edge: Model) -> str:
    query = request.GET.copy()
    for key in ("after", "before"):
        query.pop(key, None)
    for key, row in edge.items():
        query[key] = f"{row.pk}.{row}"
    return f"?{query.urlencode()}"
