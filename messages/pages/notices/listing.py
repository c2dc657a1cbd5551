"""Every notice there ever was, and putting away those that are open."""

from __future__ import annotations

from django import forms
from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST, require_safe

from audit.actors import actor_of
from audit.keyset import newest_first
from messages.history.notices import OPEN, OVER, notices
from messages.models import Notice
from messages.pages.notices.lines import lines
from messages.services.notices import put_away


class NoticeFilters(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("Open and over")),
            (OPEN, pgettext_lazy("notice", "Open")),
            (OVER, pgettext_lazy("notice", "Over")),
        ],
    )

    def wanted(self) -> str:
        """What cannot be understood filters nothing."""
        return str(self.cleaned_data["state"]) if self.is_valid() else ""


@require_safe
@login_required
@permission_required("broadcasts.view_notice", raise_exception=True)
def notice_list(request: HttpRequest) -> HttpResponse:
    filters = NoticeFilters(request.GET)
    page = newest_first(notices(filters.wanted()), request.GET)
    context = {"filters": filters, "page": page, "lines": lines(page.rows, user=request.user)}
    return render(request, "broadcasts/notices/list.html", context)


@require_POST
@login_required
@permission_required("broadcasts.change_notice", raise_exception=True)
def notice_put_away(request: HttpRequest, pk: int) -> HttpResponse:
    """Back to the page it was asked from: the overview, or the list."""
    if put_away(get_object_or_404(Notice, pk=pk), by=actor_of(request)):
        flash.success(request, _("Put away. If it happens again, you are told again."))
    else:
        flash.info(request, _("This notice is over already, or stays until what it asks for is done."))
    return redirect("broadcasts:notice_list" if request.POST.get("from") == "list" else "overview")
