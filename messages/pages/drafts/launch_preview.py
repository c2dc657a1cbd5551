"""Another group's message on the page before a launch."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from messages.models import Draft
from messages.pages.drafts.launching import typed_page
from messages.pages.drafts.order import order_asked


@require_POST
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def launch_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The preview alone for htmx, the whole page with all that was typed for a browser without scripts."""
    order = order_asked(get_object_or_404(Draft, pk=pk), request.POST)
    if not request.headers.get("HX-Request"):
        return typed_page(request, order)
    context = {"panel": order.panel(), "switch_form": "launch", "switch_url": request.path, "checked": True}
    return render(request, "broadcasts/drafts/_panel.html", context)
