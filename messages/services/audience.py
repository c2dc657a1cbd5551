"""Whom a broadcast goes to: robots and tags, each robot once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from django.conf import settings
from django.db.models import Q, QuerySet

from robots.models import Robot, Tag

# SQLite takes at most 32,766 values in a query.
ROWS_PER_QUERY: Final = 2000
_LAUNCH_FIELDS: Final = (
    "name",
    "group_name",
    "organisation",
    "keywords",
    "variables",
    "footer",
    "append_keyword",
    "status",
    "paused_reason",
    "hold_until",
    "hold_reason",
)


def resolve_audience(*, all_robots: bool, robots: Iterable[Robot], tags: Iterable[Tag]) -> list[Robot]:
    """Ordered by name, with their organisations."""
    return list(audience(all_robots=all_robots, robots=robots, tags=tags).prefetch_related("organisation"))


def audience(*, all_robots: bool, robots: Iterable[Robot], tags: Iterable[Tag]) -> QuerySet[Robot]:
    """Not asked yet, for who wants to count it only. Paused robots are in it: the check tells of them.

    Robots without an endpoint (of a simulated organisation, while the simulator is not mounted) are not. Querysets are
    asked as sub-queries. Tokens stay in the database.
    """
    found = Robot.objects.callable(simulator=settings.DINGADMIN_SIMULATOR)
    if not all_robots:
        tagged = Robot.tags.through.objects.filter(tag__in=_ids(tags)).values("robot")
        found = found.filter(Q(pk__in=_ids(robots)) | Q(pk__in=tagged))
    return found.defer("token_encrypted", "notes").order_by("name", "pk")


def as_they_are_now(robots: Sequence[Robot]) -> list[Robot]:
    """In the order given, each once, without those that were deleted; with no more than a launch needs."""
    ids = list(dict.fromkeys(robot.pk for robot in robots))
    found: dict[int, Robot] = {}
    for start in range(0, len(ids), ROWS_PER_QUERY):
        found |= Robot.objects.only(*_LAUNCH_FIELDS).in_bulk(ids[start : start + ROWS_PER_QUERY])
    return [found[pk] for pk in ids if pk in found]


def _ids(rows: Iterable[Robot] | Iterable[Tag]) -> object:
    return rows.order_by().values("pk") if isinstance(rows, QuerySet) else [row.pk for row in rows]
