from __future__ import annotations

from django.conf import settings
from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from audit.actors import actor_of
from robots.forms.robot import WRITTEN_ONLY, RobotForm
from robots.models import Robot
from robots.pages.posting import posted


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters(*WRITTEN_ONLY)
@never_cache
@login_required
@permission_required("robots.add_robot", raise_exception=True)
def robot_create(request: HttpRequest) -> HttpResponse:
    form = RobotForm(posted(request))
    if request.method == "POST" and form.is_valid() and (robot := form.create(by=actor_of(request))):
        flash.success(
            request, _("%(robot)s is added. Send a test now: only then you know that it works.") % {"robot": robot}
        )
        return redirect("robots:detail", pk=robot.pk)
    return render(request, "robots/robots/create.html", {"form": form, "egress_ip": settings.EGRESS_IP})


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters(*WRITTEN_ONLY)
@never_cache
@login_required
@permission_required("robots.change_robot", raise_exception=True)
def robot_edit(request: HttpRequest, pk: int) -> HttpResponse:
    robot = get_object_or_404(Robot, pk=pk)
    form = RobotForm(posted(request), instance=get_object_or_404(Robot, pk=pk))
    if request.method == "POST" and form.is_valid() and (changed := form.update(by=actor_of(request))):
        flash.success(request, _saved_text(form, changed))
        return redirect("robots:detail", pk=pk)
    return render(request, "robots/robots/edit.html", {"form": form, "robot": robot, "egress_ip": settings.EGRESS_IP})


def _saved_text(form: RobotForm, robot: Robot) -> str:
    if form.changes_credentials:
        return _("%(robot)s is saved. Send a test now: only then you know that it still works.") % {"robot": robot}
    return _("%(robot)s is saved.") % {"robot": robot}
