from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from audit.actors import actor_of
from messages.services.robot_tests import send_test
from robots.models import Robot


@require_POST
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def robot_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test and show its delivery, which tells the outcome in words as soon as there is one."""
    delivery = send_test(get_object_or_404(Robot, pk=pk), by=actor_of(request), zone=settings.TIME_ZONE)
    return redirect("broadcasts:delivery_detail", pk=delivery.pk)
