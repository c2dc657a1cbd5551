from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from robots.forms.filters import RobotFilters
from robots.models import Robot
from robots.pages.paging import page_by_name
from robots.pages.presentation import RobotState, State, last_result, robot_state, security_modes
from robots.reasons import Explanation, explain


@dataclass(frozen=True, slots=True)
class Line:
    """A robot as the list shows it."""

    robot: Robot
    state: RobotState
    security: list[str]
    result: State | None
    result_why: Explanation | None


@require_safe
@login_required
@permission_required("robots.view_robot", raise_exception=True)
def robot_list(request: HttpRequest) -> HttpResponse:
    filters = RobotFilters(request.GET)
    robots = filters.apply(Robot.objects.select_related("organisation").prefetch_related("tags"))
    page = page_by_name(request, robots)
    now = timezone.now()
    lines = [
        Line(
            robot=robot,
            state=robot_state(robot, now=now),
            security=security_modes(robot),
            result=last_result(robot),
            result_why=explain(robot.last_reason) if robot.last_kind and robot.last_kind != "delivered" else None,
        )
        for robot in page.rows
    ]
    return render(request, "robots/robots/list.html", {"filters": filters, "page": page, "lines": lines})
