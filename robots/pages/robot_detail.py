from __future__ import annotations

from django.conf import settings
from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.actors import actor_of
from robots.models import PauseReason, Robot
from robots.pages.presentation import lacks_our_address, last_result, robot_state
from robots.reasons import explain
from robots.rules.variables import variable_lines
from robots.services.robots import delete_robot, pause_robot, resume_robot


@require_safe
@login_required
@permission_required("robots.view_robot", raise_exception=True)
def robot_detail(request: HttpRequest, pk: int) -> HttpResponse:
    robot = get_object_or_404(Robot.objects.select_related("organisation").prefetch_related("tags"), pk=pk)
    context = {
        "robot": robot,
        "variables": variable_lines(robot.variables),
        "state": robot_state(robot, now=timezone.now()),
        "result": last_result(robot),
        "result_why": explain(robot.last_reason) if robot.last_kind else None,
        "egress_ip": settings.EGRESS_IP,
        "member_count": robot.members.count(),
        "lacks_our_address": lacks_our_address(robot),
    }
    return render(request, "robots/robots/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("robots.change_robot", raise_exception=True)
def robot_pause(request: HttpRequest, pk: int) -> HttpResponse:
    robot = get_object_or_404(Robot, pk=pk)
    if request.method == "POST":
        if pause_robot(robot, reason=PauseReason.BY_PERSON, by=actor_of(request)):
            flash.success(request, _("%(robot)s is paused.") % {"robot": robot})
        else:
            flash.info(request, _("%(robot)s was paused already.") % {"robot": robot})
        return redirect("robots:detail", pk=pk)
    context = {
        "title": _("Pause the robot %(robot)s?") % {"robot": robot},
        "consequences": [
            _("Messages that wait for it now fail, and say that it was paused. They can be sent again later."),
            _("Until somebody resumes it, only tests are sent to it. Whoever launches a message to it is told."),
        ],
        "action_label": _("Pause the robot"),
        "cancel_url": reverse("robots:detail", args=[pk]),
        "tone": "plain",
    }
    return render(request, "ui/_confirm.html", context)


@require_POST
@login_required
@permission_required("robots.change_robot", raise_exception=True)
def robot_resume(request: HttpRequest, pk: int) -> HttpResponse:
    robot = get_object_or_404(Robot, pk=pk)
    if resume_robot(robot, by=actor_of(request)):
        flash.success(request, _("%(robot)s is active again.") % {"robot": robot})
    else:
        flash.info(request, _("%(robot)s was active already.") % {"robot": robot})
    return redirect("robots:detail", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("robots.delete_robot", raise_exception=True)
def robot_delete(request: HttpRequest, pk: int) -> HttpResponse:
    robot = get_object_or_404(Robot, pk=pk)
    if request.method == "POST":
        delete_robot(robot, by=actor_of(request))
        flash.success(request, _("%(robot)s is deleted.") % {"robot": robot})
        return redirect("robots:list")
    context = {
        "title": _("Delete the robot %(robot)s?") % {"robot": robot},
        "consequences": [
            _("Its webhook and secret are erased for good; to have it back, copy them from DingTalk again."),
            _("Messages that still wait for it will not be sent."),
            _("Drafts and tags lose it; the history of what it sent stays."),
            _("In DingTalk the robot stays in its group. Remove it there, too, if nobody needs it."),
        ],
        "action_label": _("Delete the robot"),
        "cancel_url": reverse("robots:detail", args=[pk]),
    }
    return render(request, "ui/_confirm.html", context)
