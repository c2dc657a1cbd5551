"""The first page: what goes out, what went out, what failed and why, and what needs a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from audit.filters import start_of
from messages.history.broadcasts import upcoming
from messages.history.notices import open_notices
from messages.history.overview import (
    PACING_REASON,
    ReasonCount,
    counts_by_status,
    failures_by_reason,
    first_steps,
    robots_in_need,
)
from messages.history.quota import quota_uses
from messages.history.waiting import engine_state, silent_since
from messages.pages.notices.lines import lines
from messages.reasons import explain
from messages.states import DELIVERY_STATES, Presentation
from robots.models import Robot, RobotStatus
from robots.reasons import Explanation

UPCOMING = 8
NOTICES = 6
ROBOTS = 8
DAYS_OF_FAILURES = 7


@dataclass(frozen=True, slots=True)
class TodayCount:
    status: str
    state: Presentation
    count: int


@dataclass(frozen=True, slots=True)
class FailureLine:
    reason: str
    why: Explanation
    count: int


@dataclass(frozen=True, slots=True)
class RobotLine:
    robot: Robot
    state: Presentation
    why: Explanation
    until: datetime | None


@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    today = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    may = request.user.has_perm
    context: dict[str, object] = {
        "today": today,
        "steps": first_steps(),
        "silent_since": silent_since(engine_state(), now=now),
    }
    if may("broadcasts.view_notice"):
        context |= _notices(request)
    if may("broadcasts.view_broadcast"):
        context["upcoming"] = upcoming(UPCOMING)
    if may("broadcasts.view_delivery"):
        context |= _deliveries(today)
    if may("robots.view_robot"):
        context |= {"robots": _robots(now), "quotas": quota_uses(now)}
    return render(request, "broadcasts/overview.html", context)


def _notices(request: HttpRequest) -> dict[str, object]:
    found = open_notices(NOTICES)
    return {"notices": lines(found.newest, user=request.user), "more_notices": found.count - len(found.newest)}


def _deliveries(today: date) -> dict[str, object]:
    tomorrow = start_of(today + timedelta(days=1))
    failures_since = today - timedelta(days=DAYS_OF_FAILURES - 1)
    failures = failures_by_reason(start_of(failures_since), tomorrow)
    return {
        "counts": _counts(counts_by_status(start_of(today), tomorrow)),
        "failures": [_failure(failure) for failure in failures],
        "failures_since": failures_since,
    }


def _counts(counts: Mapping[str, int]) -> list[TodayCount]:
    return [
        TodayCount(status, state, counts[status]) for status, state in DELIVERY_STATES.items() if counts.get(status)
    ]


def _failure(failure: ReasonCount) -> FailureLine:
    return FailureLine(failure.reason, explain(failure.reason), failure.count)


def _robots(now: datetime) -> list[RobotLine]:
    return [_robot(robot, now=now) for robot in robots_in_need(now, ROBOTS)]


def _robot(robot: Robot, *, now: datetime) -> RobotLine:
    if robot.status == RobotStatus.PAUSED:
        paused = Presentation(_("Paused"), "player-pause", "bad")
        return RobotLine(robot, paused, explain(robot.paused_reason), None)
    if robot.hold_until and robot.hold_until > now and robot.hold_reason != PACING_REASON:
        silenced = Presentation(_("Silenced"), "clock-pause", "unsure")
        return RobotLine(robot, silenced, explain(robot.hold_reason), robot.hold_until)
    refused = Presentation(_("Refused last time"), "circle-x", "bad")
    return RobotLine(robot, refused, explain(robot.last_reason), None)
