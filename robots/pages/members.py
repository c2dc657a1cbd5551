"""Who is in a robot's group, as far as staff noted it."""

from __future__ import annotations

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from audit.actors import actor_of
from robots.forms.filters import NameFilter, found_in
from robots.models import Recipient, Robot
from robots.pages.paging import page_by_name
from robots.services.groups import forget_member, note_member


@require_safe
@login_required
@permission_required("robots.view_recipient", raise_exception=True)
def robot_members(request: HttpRequest, pk: int) -> HttpResponse:
    """Those noted by pages; `?q=` finds people who are not noted yet."""
    robot = get_object_or_404(Robot, pk=pk)
    text = NameFilter(request.GET).text
    others = Recipient.objects.exclude(groups=robot)
    found = found_in(others if text else others.none(), text)
    context = {
        "robot": robot,
        "page": page_by_name(request, robot.members.all()),
        **found,
        "anybody": bool(found["found"]) or Recipient.objects.exists(),
    }
    return render(request, "robots/members/page.html", context)


@require_POST
@login_required
@permission_required("robots.change_recipient", raise_exception=True)
def member_add(request: HttpRequest, pk: int, recipient_pk: int) -> HttpResponse:
    robot, recipient = get_object_or_404(Robot, pk=pk), get_object_or_404(Recipient, pk=recipient_pk)
    note_member(robot, recipient, by=actor_of(request))
    flash.success(request, _("It is noted that %(recipient)s is in the group.") % {"recipient": recipient})
    search = request.POST.get("q", "")
    return redirect(reverse("robots:members", args=[pk], query={"q": search} if search else None))


@require_POST
@login_required
@permission_required("robots.change_recipient", raise_exception=True)
def member_remove(request: HttpRequest, pk: int, recipient_pk: int) -> HttpResponse:
    robot, recipient = get_object_or_404(Robot, pk=pk), get_object_or_404(Recipient, pk=recipient_pk)
    forget_member(robot, recipient, by=actor_of(request))
    flash.success(request, _("It is not noted any more that %(recipient)s is in the group.") % {"recipient": recipient})
    return redirect("robots:members", pk=pk)
