from __future__ import annotations

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit.actors import actor_of
from dingadmin.demo import Extent, extent, remove_demo

PERMISSIONS = (
    "robots.delete_robot",
    "robots.delete_tag",
    "robots.delete_organisation",
    "robots.delete_recipient",
    "robots.delete_recipientlist",
    "broadcasts.delete_draft",
)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required(PERMISSIONS, raise_exception=True)
def demo_remove(request: HttpRequest) -> HttpResponse:
    found = extent()
    if request.method == "POST":
        remove_demo(by=actor_of(request))
        flash.success(request, _("The demo is gone. What was sent to it stays in the history."))
        return redirect("overview")
    context = {
        "title": _("Remove the demo?"),
        "consequences": consequences(found),
        "action_label": _("Remove the demo"),
        "cancel_url": reverse("overview"),
    }
    return render(request, "ui/_confirm.html", context)


def consequences(found: Extent) -> list[str]:
    return [
        _("Simulated robots deleted: %(count)d. What was planned for them will fail.") % {"count": found.robots},
        _(
            "Deleted as well: recipients %(recipients)d, lists %(lists)d, tags %(tags)d, drafts and templates"
            " %(drafts)d."
        )
        % {
            "recipients": found.recipients,
            "lists": found.recipient_lists,
            "tags": found.tags,
            "drafts": found.drafts,
        },
        _("All groups of the simulator are deleted with their chats: %(count)d.") % {"count": found.groups},
        _("What was sent stays readable in the history."),
        _("From the next start on, the simulator is not there any more unless DINGADMIN_SIMULATOR asks for it."),
    ]
