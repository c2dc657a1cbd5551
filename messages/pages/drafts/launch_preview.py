"""Another group's message on the page before a launch."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from messages.forms.composition import number_of
from messages.forms.launch import LaunchForm
from messages.models import Draft
from messages.pages.drafts.launching import launch_page
from messages.pages.drafts.order import Order, order_of


@require_POST
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def launch_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview alone for htmx, the whole page with all that was typed for a browser without scripts."""
    draft = get_object_or_404(Draft, pk=pk)
    without = [number for text in request.POST.get("without", "").split(",") if (number := number_of(text)) is not None]
    order = order_of(draft, without=without).showing(request.POST)
    if not request.headers.get("HX-Request"):
        return _page(request, order)
    context = {"panel": order.panel(), "switch_form": "launch", "switch_url": request.path, "checked": True}
    return render(request, "broadcasts/drafts/_panel.html", context)


def _page(request: HttpRequest, order: Order) -> HttpResponse:
    """It complains about nothing: nothing was to be sent yet."""
    typed = {name: request.POST.get(name) for name in LaunchForm.base_fields}
    form = LaunchForm(initial=typed, at=order.at, groups=order.groups)
    timed = LaunchForm(request.POST, at=order.at, groups=order.groups)
    return launch_page(request, order, form=form, timed=timed)
