"""Pages of the library in the order of categories and names, without OFFSET and without count(*)."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import QueryDict

from audit.keyset import Page, url_at, url_of_first
from messages.forms.composition import number_of
from messages.models import Draft

PAGE_SIZE = 24  # messages are drawn
_ORDER = ("category", "name", "pk")


def by_category(templates: QuerySet[Draft], asked: QueryDict, *, size: int = PAGE_SIZE) -> Page[Draft]:
    """The page that `after=PK` (what follows it) or `before=PK` in the query asks for, else the first one."""
    before, after = _place(asked.get("before")), _place(asked.get("after"))
    if before:
        found = list(templates.filter(_preceding(before)).order_by(*(f"-{name}" for name in _ORDER))[: size + 1])
        if len(found) > size:
            shown = found[size - 1 :: -1]
            return Page(shown, url_at(asked, "before", shown[0].pk), url_at(asked, "after", shown[-1].pk))
        after = None  # the first page, which is filled up
    if after:
        templates = templates.filter(_following(after))
    found = list(templates.order_by(*_ORDER)[: size + 1])
    shown = found[:size]
    return Page(
        shown,
        previous_url=_back(asked, shown) if after else "",
        next_url=url_at(asked, "after", shown[-1].pk) if len(found) > size else "",
    )


def _following(place: Draft) -> Q:
    here = Q(category=place.category)
    return Q(category__gte=place.category) & (
        Q(category__gt=place.category) | here & Q(name__gt=place.name) | here & Q(name=place.name, pk__gt=place.pk)
    )


def _preceding(place: Draft) -> Q:
    here = Q(category=place.category)
    return Q(category__lte=place.category) & (
        Q(category__lt=place.category) | here & Q(name__lt=place.name) | here & Q(name=place.name, pk__lt=place.pk)
    )


def _back(asked: QueryDict, shown: list[Draft]) -> str:
    """A page that turns out empty leads back to the first one."""
    return url_at(asked, "before", shown[0].pk) if shown else url_of_first(asked)


def _place(text: str | None) -> Draft | None:
    """What was deleted since is no place: then the first page is shown."""
    number = number_of(text or "")
    return Draft.objects.only("category", "name").filter(pk=number).first() if number else None
