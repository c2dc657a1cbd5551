"""Whom a broadcast goes to: robots and tags, each robot once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from django.conf import settings
from django.db.models import Q, QuerySet

from robots.bulk import read_many
from robots.models import Robot, Tag

# SQLite takes at most 32,766 values in a query.
ROWS_PER_QUERY: Final = 2000
_LAUNCH_FIELDS: Final = (
    "id",
    "name",
    "group_name",
    "external",
    "organisation",
    "keywords",
    "variables",
    "footer",
    "append_keyword",
    "status",
    "paused_reason",
    "hold_until",
    "hold_reason",
    "last_kind",
    "last_reason",
)


class Audience:
    """Robots in an order, each once. Their names are kept, and nothing else of them.

    Whoever goes through it reads them as they are at that moment, never more than ROWS_PER_QUERY at once, and passes
    over those that were deleted since.
    """

    def __init__(self, names: Mapping[int, str]) -> None:
        self._names = names

    @classmethod
    def of(cls, robots: Iterable[Robot]) -> Audience:
        return robots if isinstance(robots, Audience) else cls({robot.pk: robot.name for robot in robots})

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[Robot]:
        for part in self.parts():
            yield from as_they_are_now(part)

    def parts(self) -> Iterator[Mapping[int, str]]:
        """Names by id, as many as are read at once."""
        names = iter(self._names.items())
        while part := dict(islice(names, ROWS_PER_QUERY)):
            yield part


def resolve_audience(*, all_robots: bool, robots: Iterable[Robot], tags: Iterable[Tag]) -> Audience:
    """Ordered by name."""
    found = audience(all_robots=all_robots, robots=robots, tags=tags)
    return Audience(dict(found.values_list("pk", "name").iterator(chunk_size=ROWS_PER_QUERY)))


def audience(*, all_robots: bool, robots: Iterable[Robot], tags: Iterable[Tag]) -> QuerySet[Robot]:
    """Not asked yet, for who wants to count it only. Paused robots are in it: the check tells of them.

    Robots without an endpoint (of a simulated organisation, while the simulator is not mounted) are not. Querysets are
    asked as sub-queries. Tokens stay in the database.
    """
    found = Robot.objects.callable(simulator=settings.DINGADMIN_SIMULATOR)
    if not all_robots:
        tagged = Robot.tags.through.objects.filter(tag__in=_ids(tags)).values("robot")
        found = found.filter(Q(pk__in=_ids(robots)) | Q(pk__in=tagged))
    return found.defer("token_encrypted", "secret_encrypted", "notes").order_by("name", "pk")


def read_audience(found: QuerySet[Robot]) -> list[Robot]:
    """All of them, with no more of each than a launch and its checks look at."""
    return read_many(found, _LAUNCH_FIELDS)


def as_they_are_now(ids: Iterable[int]) -> list[Robot]:
    """In the order given, without those that were deleted; with no more than a launch needs."""
    wanted = list(ids)
    found: dict[int, Robot] = {}
    for start in range(0, len(wanted), ROWS_PER_QUERY):
        rows = Robot.objects.filter(pk__in=wanted[start : start + ROWS_PER_QUERY]).order_by()
        found |= {robot.pk: robot for robot in read_many(rows, _LAUNCH_FIELDS)}
    return [found[pk] for pk in wanted if pk in found]


def _ids(rows: Iterable[Robot] | Iterable[Tag]) -> object:
    return rows.order_by().values("pk") if isinstance(rows, QuerySet) else [row.pk for row in rows]
