"""Queries and server time of every list, with as many rows as a large organisation has, and with far more.

    script/bench pages [--few N] [--many N]

The two numbers of queries must be the same. Milliseconds are those of the server alone, template included, without
network and browser; the median of five.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

# isort: split
# Before everything that reads settings: it sets Django up on a throw-away home.
import bench.throw_away  # noqa: F401

# isort: split
from django.contrib import admin
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.rows import fill
from bench.tables import show
from bench.visitor import few_and_many, signed_in
from messages.models import Broadcast, Draft
from robots.models import Organisation, RecipientList, Robot
from simulator.models import Group

TIMES: Final = 5


@dataclass(frozen=True, slots=True)
class Page:
    """`first` is the model whose first row has all the others' children."""

    name: str
    view: str
    first: type | None = None
    query: str = ""

    def url(self) -> str:
        if self.first is None:
            return reverse(self.view) + self.query
        return reverse(self.view, args=[self.first.objects.order_by("pk")[0].pk]) + self.query  # type: ignore[attr-defined]


PAGES: Final = (
    Page("overview", "overview"),
    Page("robots", "robots:list"),
    Page("robots, searched", "robots:list", query="?q=099"),
    Page("a robot", "robots:detail", Robot),
    Page("tags", "robots:tag_list"),
    Page("organisations", "robots:organisation_list"),
    Page("an organisation of all robots", "robots:organisation_detail", Organisation),
    Page("recipients", "robots:recipient_list"),
    Page("recipient lists", "robots:list_list"),
    Page("a list of all recipients", "robots:list_detail", RecipientList),
    Page("drafts", "broadcasts:draft_list"),
    Page("compose", "broadcasts:draft_edit", Draft),
    Page("a draft's versions", "broadcasts:draft_versions", Draft),
    Page("launch to all robots", "broadcasts:draft_launch", Draft),
    Page("dry run of all robots", "broadcasts:draft_dry_run", Draft),
    Page("broadcasts", "broadcasts:broadcast_list"),
    Page("a broadcast to all robots", "broadcasts:broadcast_detail", Broadcast),
    Page("its progress", "broadcasts:broadcast_progress", Broadcast),
    Page("history", "broadcasts:history"),
    Page("history, failed", "broadcasts:history", query="?state=failed"),
    Page("history, searched", "broadcasts:history", query="?q=099"),
    Page("audit log", "audit:list"),
    Page("simulator: groups", "simulator:groups"),
    Page("simulator: a chat", "simulator:group", Group),
    Page("simulator: calls", "simulator:calls"),
)


def admin_lists() -> list[Page]:
    models = (model._meta for model in admin.site._registry)
    return sorted(
        (Page(f"admin: {meta.model_name}", f"admin:{meta.app_label}_{meta.model_name}_changelist") for meta in models),
        key=lambda page: page.name,
    )


@dataclass(frozen=True, slots=True)
class Cost:
    queries: int
    milliseconds: int


def main() -> None:
    (fewer, more), client = few_and_many(__doc__), signed_in()
    pages = [*PAGES, *admin_lists()]
    fill(0, fewer)
    few = [_cost(page, client) for page in pages]
    fill(fewer, more)
    many = [_cost(page, client) for page in pages]
    headings = ("page", *(f"{unit}, {rows:,} rows" for unit in ("queries", "ms") for rows in (fewer, more)))
    show(headings, [_row(page, *costs) for page, *costs in zip(pages, few, many, strict=True)])


def _cost(page: Page, client: Client) -> Cost:
    url = page.url()
    taken = list(_seconds(url, client))  # the first of them fills the caches of templates and content types
    with ExitStack() as watching:
        captured = [watching.enter_context(CaptureQueriesContext(connections[name])) for name in connections]
        client.get(url)
    return Cost(sum(map(len, captured)), round(statistics.median(taken) * 1000))


def _row(page: Page, few: Cost, many: Cost) -> tuple[object, ...]:
    return page.name, few.queries, many.queries, few.milliseconds, many.milliseconds


def _seconds(url: str, client: Client) -> Iterator[float]:
    for _time in range(TIMES):
        started = time.perf_counter()
        response = client.get(url)
        yield time.perf_counter() - started
        assert response.status_code == 200, f"{url} answered {response.status_code}"


if __name__ == "__main__":
    main()
