"""Before something is sent again: how many, to whom not and why, and whether it may go twice."""

from __future__ import annotations

import uuid

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from audit.actors import actor_of
from messages.forms.resend import ResendForm
from messages.models import Run
from messages.pages.chosen import Asked, asked_in
from messages.services.resend import ResendRefused, resend
from messages.services.resend_plan import ResendPlan, plan_resend


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def resend_page(request: HttpRequest) -> HttpResponse:
    asked = asked_in(request.GET)
    if request.method == "POST" and (form := ResendForm(request.POST)).is_valid():
        return _resend(request, asked, form)
    # Those that were chosen one by one were meant, whatever they wait for.
    begins = {"key": uuid.uuid4(), "retries": asked.one_by_one}
    form = ResendForm(initial=begins)
    return _page(request, asked, form, plan_resend(asked.chosen, form.including))


def _resend(request: HttpRequest, asked: Asked, form: ResendForm) -> HttpResponse:
    given = form.cleaned_data
    try:
        runs = resend(
            asked.chosen,
            including=form.including,
            key=given["key"],
            by=actor_of(request),
            seal=given["seal"],
            over_quota=given["over_quota"],
        )
    except ResendRefused as refused:
        return _refused(request, asked, form, refused.plan)
    count = sum(run.deliveries.count() for run in runs)
    text = ngettext(
        "Sent again: %(count)d message is on its way.", "Sent again: %(count)d messages are on their way.", count
    )
    flash.success(request, text % {"count": count})
    return redirect(_where_they_are(asked, runs))


def _refused(request: HttpRequest, asked: Asked, form: ResendForm, plan: ResendPlan) -> HttpResponse:
    changed = form.cleaned_data["seal"] != plan.seal
    if plan.again and not changed:
        form.add_error("over_quota", _("Tick this box if it is to be sent all the same."))
    return _page(request, asked, form, plan, changed=changed)


def _page(
    request: HttpRequest, asked: Asked, form: ResendForm, plan: ResendPlan, *, changed: bool = False
) -> HttpResponse:
    form.count(plan)
    nothing_chosen = form.is_bound and not plan.again and not changed
    context = {"asked": asked, "form": form, "plan": plan, "changed": changed, "nothing_chosen": nothing_chosen}
    return render(request, "broadcasts/resend/page.html", context)


def _where_they_are(asked: Asked, runs: list[Run]) -> str:
    if len({run.broadcast_id for run in runs}) == 1:
        return reverse("broadcasts:broadcast_detail", args=[runs[0].broadcast_id])
    robot = f"?robot={asked.chosen.robot}" if asked.chosen.robot is not None else ""
    return reverse("broadcasts:history") + robot
