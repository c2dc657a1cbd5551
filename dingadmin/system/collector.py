"""What Prometheus reads: computed from the database at every scrape, so that any process may be asked and none counts.

Figures are gauges, also those of what happened: "in the last hour" can be read off rows by an index, "since ever"
would have to count all of them.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import django
from django.conf import settings
from django.db import connection
from prometheus_client import Metric
from prometheus_client.core import GaugeHistogramMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from dingadmin.system.readiness import check_redis
from dingtalk.replies import Kind
from messages.history import figures
from messages.history.life import ALIVE_WITHIN, workers
from messages.history.quota import quota_uses
from messages.history.waiting import engine_state
from messages.models import EngineState
from messages.models.delivery import ENDED
from messages.notices.kinds import NoticeKind
from robots.models import RobotStatus

PREFIX = "dingadmin_"


@dataclass(frozen=True, slots=True)
class Installation(Collector):
    """Everything at the moment `now`."""

    now: datetime

    def collect(self) -> Iterator[Metric]:
        yield from _deliveries(self.now)
        yield from _attempts(self.now)
        yield from _robots(self.now)
        yield from _quotas(self.now)
        yield from _engine(engine_state() or EngineState(), self.now)
        yield from _parts(self.now)


def _deliveries(now: datetime) -> Iterator[Metric]:
    queue = figures.queue(now)
    yield _gauges("deliveries", "Deliveries that have not ended.", "status", _all(figures.OPEN, queue.counts))
    yield _gauge("deliveries_undecided", "Uncertain deliveries that wait for a person's decision.", queue.undecided)
    oldest = (now - queue.oldest_due_at).total_seconds() if queue.oldest_due_at else 0
    yield _gauge("oldest_due_seconds", "For how long the oldest due delivery has been due; 0: none is due.", oldest)
    text = "Deliveries that ended within the window."
    yield _windowed("deliveries_ended", text, "status", ENDED, figures.ended(now), windows=("1h", "24h"))


def _attempts(now: datetime) -> Iterator[Metric]:
    text = "Calls to DingTalk within the window, by the kind of their outcome."
    yield _windowed("attempts", text, "kind", Kind, figures.attempts(now), windows=("5m", "1h"))
    durations = figures.durations(now)
    histogram = GaugeHistogramMetricFamily(
        f"{PREFIX}call_duration_seconds", "How long the calls of the last five minutes took."
    )
    buckets = [(str(bound / 1000), float(count)) for bound, count in durations.at_most.items()]
    histogram.add_metric([], [*buckets, ("+Inf", float(durations.count))], durations.total_ms / 1000)
    yield histogram


def _robots(now: datetime) -> Iterator[Metric]:
    robots = figures.robot_figures(now)
    yield _gauges("robots", "Robots.", "status", _all(RobotStatus, robots.by_status))
    held = _all([figures.PACING_REASON], robots.held)
    yield _gauges("robots_held", "Robots that may not be called right now.", "reason", held)
    yield _gauge("robots_silenced", "Robots held because DingTalk throttled them.", robots.silenced)


def _quotas(now: datetime) -> Iterator[Metric]:
    text = "Messages of this month (Asia/Shanghai) by organisation: "
    uses = quota_uses(now, cheaply=True)
    rows = {
        "quota": ("quota", {use.organisation.name: use.quota for use in uses}),
        "quota_used": ("accepted by DingTalk", {use.organisation.name: use.used for use in uses}),
        "quota_reserve": ("kept for urgent broadcasts", {use.organisation.name: use.reserve for use in uses}),
        "quota_planned": (
            "under way, or planned for the rest of it",
            {use.organisation.name: use.planned for use in uses},
        ),
        "quota_left": ("quota that is left", {use.organisation.name: use.left for use in uses}),
    }
    for name, (what, values) in rows.items():
        yield _gauges(name, text + what, "organisation", values)
    refused = {use.organisation.name: int(use.refused_until is not None) for use in uses}
    yield _gauges("quota_refused", "1 while DingTalk refuses an organisation for its quota.", "organisation", refused)


def _engine(state: EngineState, now: datetime) -> Iterator[Metric]:
    yield _gauge("sending_stopped", "1 while a person has stopped all sending.", int(state.stopped_at is not None))
    hold = (state.hold_until - now).total_seconds() if state.hold_until else 0
    yield _gauge("sending_hold_seconds", "For how long DingTalk lets nothing of ours through.", max(0, hold))
    tick = (now - state.ticked_at).total_seconds() if state.ticked_at else float("inf")
    yield _gauge("last_tick_age_seconds", "How long ago beat's last tick was; +Inf: there was none.", tick)


def _parts(now: datetime) -> Iterator[Metric]:
    alive = sum(now - worker.seen_at < ALIVE_WITHIN for worker in workers())
    yield _gauge("workers_alive", "Worker processes that gave a sign of life lately.", alive)
    yield _gauge("redis_up", "1 when Redis answers.", int(check_redis().ok))
    notices = _all(NoticeKind, figures.open_notices())
    yield _gauges("notices_open", "Notices that nobody has put away.", "kind", notices)
    yield _gauge("simulator_mounted", "1 while the simulator is mounted.", int(settings.DINGADMIN_SIMULATOR))
    about = {
        "version": settings.VERSION,
        "django": django.get_version(),
        "python": platform.python_version(),
        "database": connection.vendor,
    }
    family = GaugeMetricFamily(f"{PREFIX}info", "What runs here; always 1.", labels=list(about))
    family.add_metric(list(about.values()), 1)
    yield family


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(PREFIX + name, text, value=value)


def _gauges(name: str, text: str, label: str, values: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(PREFIX + name, text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _windowed(
    name: str,
    text: str,
    label: str,
    known: Iterable[str],
    counts: Mapping[str, figures.Windowed],
    *,
    windows: tuple[str, str],
) -> Metric:
    family = GaugeMetricFamily(PREFIX + name, text, labels=[label, "window"])
    for window, values in zip(windows, figures.by_window(counts), strict=True):
        for key, value in _all(known, values).items():
            family.add_metric([key, window], value)
    return family


def _all(known: Iterable[str], counts: Mapping[str, int]) -> dict[str, int]:
    """Zeros for what did not happen: an alert on a figure that is not there never fires."""
    return {**{str(key): 0 for key in known}, **counts}
