"""Back to an earlier version of a year, after a look at what that changes."""

from __future__ import annotations

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit.actors import actor_of
from messages.models import CalendarVersion
from messages.pages.calendar.shown import YEAR_STATES, change_lines
from messages.services.calendar.content import YearContent
from messages.services.calendar.differences import differences
from messages.services.calendar.years import StaleYear, restore_year


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.change_calendaryear", raise_exception=True)
def restore(request: HttpRequest, year: int, number: int) -> HttpResponse:
    version = get_object_or_404(CalendarVersion.objects.select_related("year"), year=year, number=number)
    if request.method == "POST":
        return _restore(request, version)
    now, then = YearContent.of(version.year), YearContent.from_json(version.content)
    context = {
        "row": version.year,
        "version": version,
        "then": then,
        "state": YEAR_STATES[then.state],
        "changes": change_lines(differences(now.days, then.days)),
        "same": now == then,
    }
    return render(request, "broadcasts/calendar/restore.html", context)


def _restore(request: HttpRequest, version: CalendarVersion) -> HttpResponse:
    based_on = request.POST.get("based_on", "")
    try:
        restore_year(version=version, based_on=int(based_on) if based_on.isdecimal() else 0, by=actor_of(request))
    except StaleYear as stale:
        flash.error(request, stale.text)
        return redirect("broadcasts:calendar_restore", year=version.year_id, number=version.number)
    flash.success(request, _("Version %(number)d is the year again.") % {"number": version.number})
    return redirect("broadcasts:calendar_year", year=version.year_id)
