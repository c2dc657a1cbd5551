"""How long the dry run takes: everything that it looks at, the table of the first page included.

    script/bench dry-run [--few N] [--many N]

One draft with variables to that many robots, with broadcasts of the last days and deliveries of today behind it.
Milliseconds are those of the server alone, without network and browser; the median of five, and the slowest.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import Final

# isort: split
# Before everything that reads settings: it sets Django up on a throw-away home.
import bench.throw_away  # noqa: F401

# isort: split
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.rows import fill
from bench.tables import show
from bench.visitor import few_and_many, signed_in
from messages.models import Draft

TIMES: Final = 5
GOAL_MS: Final = 1_000
GOAL_ROBOTS: Final = 500
SHORT: Final = 1_000  # characters: longer texts are not checked for more robots than the goal names
TEXTS: Final = {
    "plain": "Fire drill at four.",
    "with variables": "Fire drill at four, {{ group }}: {{ robot.name }} tells on {{ run.date }}.",
    # Another text in each group, and each is broken into parts.
    "44 kB with variables": "给{{ group }}：\n\n"
    + "消防演习今天下午三点开始，请**所有人**从最近的出口离开，并在操场集合。\n\n" * 420,
}


def main() -> None:
    (fewer, more), client = few_and_many(__doc__), signed_in()
    rows: list[tuple[object, ...]] = []
    before = 0
    for robots in sorted({fewer, more}):
        fill(before, robots)
        before = robots
        rows += [_row(client, robots, text) for text in TEXTS if robots <= GOAL_ROBOTS or len(TEXTS[text]) < SHORT]
    show(("robots", "text", "queries", "ms", "slowest ms", "goal"), rows)


def _row(client: Client, robots: int, text: str) -> tuple[object, ...]:
    draft = Draft.objects.order_by("pk")[0]
    Draft.objects.filter(pk=draft.pk).update(msgtype="markdown", content={"title": "Fire drill", "text": TEXTS[text]})
    url = reverse("broadcasts:draft_dry_run", args=[draft.pk])
    taken = [1000 * seconds for seconds in _seconds(url, client)]
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    goal = ("met" if statistics.median(taken) <= GOAL_MS else "NOT MET") if robots <= GOAL_ROBOTS else "-"
    return f"{robots:,}", text, len(queries), f"{statistics.median(taken):,.0f}", f"{max(taken):,.0f}", goal


def _seconds(url: str, client: Client) -> Iterator[float]:
    client.get(url)  # fills the caches of templates and content types
    for _time in range(TIMES):
        started = time.perf_counter()
        response = client.get(url)
        yield time.perf_counter() - started
        assert response.status_code == 200, f"{url} answered {response.status_code}"


if __name__ == "__main__":
    main()
