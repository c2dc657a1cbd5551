"""The page before a launch: what goes out, to whom, what would fail, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messages.forms.launch import LaunchForm, proposal, zone_names
from messages.history.undo import launched_from
from messages.models import Broadcast
from messages.official_calendar.loading import load_calendar
from messages.pages.drafts.order import Order, all_robots_of, grouped, has_reserve
from messages.pages.drafts.trial import trial_of
from messages.pages.schedules.dates import Dates, dates_of
from messages.schedule.wall_times import WallTime, clock
from messages.services.checks import Check
from messages.services.checks.dry_run import dry_run
from messages.services.checks.parts import IN_PARTS
from messages.services.recurring import Recurrence

ROBOTS_SHOWN = 12  # at first sight
ROBOTS_LISTED = 500  # on demand


@dataclass(frozen=True, slots=True)
class Moment:
    """The chosen moment in words; `default_clock` shows it on the clocks of the default zone when that is another."""

    wall: WallTime
    weekday: str
    clock: str
    default_clock: str


def launch_page(
    request: HttpRequest,
    order: Order,
    *,
    form: LaunchForm | None = None,
    timed: LaunchForm | None = None,
    check: Check | None = None,
    already: Broadcast | None = None,
    changed: bool = False,
) -> HttpResponse:
    """`timed`: the form that knows the chosen moment, when `form` only shows what was typed. `already`: somebody
    launched the draft since. `changed`: what goes out is not what was seen before.
    """
    form = form or fresh_form(order)
    urgent, split = bool(form["urgent"].value()), bool(form["split"].value())
    if check is None:
        wall = (timed or form).wall
        planned_at = wall.moment if wall and wall.moment > timezone.now() else None
        run = dry_run(
            order.tailoring, at=order.at, robots=order.robots, planned_at=planned_at, urgent=urgent, split=split
        )
        check = run.check
    context = {
        "draft": order.draft,
        "order": order,
        "form": form,
        **moments_of(timed or form),
        "now_label": now_label(order),
        "later_label": later_label(timed or form),
        "robots": order.robots[:ROBOTS_SHOWN],
        "more_robots": order.robots[ROBOTS_SHOWN:ROBOTS_LISTED],
        "more_count": max(0, order.groups - ROBOTS_SHOWN),
        "unlisted": order.groups > ROBOTS_LISTED,
        "panel": order.panel(),
        "check": check,
        "blockers": grouped(check.blockers),
        "warnings": grouped(check.warnings),
        "notes": grouped(note for note in check.notes if note.code == "ending_added"),
        "in_parts": grouped(note for note in check.notes if note.code == IN_PARTS),
        "told": len(grouped(check.notes)),
        "questions": check.questions,
        "may_be_urgent": urgent or _urgency_helps(check) or has_reserve(order.robots),
        "all_blocked": all_robots_of(check),
        "already": already,
        "last": launched_from(order.draft).first() if order.draft.launches else None,
        "changed": changed,
        "zones": zone_names(),
        "trial": trial_of(),
    }
    return render(request, "broadcasts/launch/launch.html", context)


def _urgency_helps(check: Check) -> bool:
    """What is urgent passes quiet hours."""
    return any(warning.code == "quiet_hours" for warning in check.warnings)


def typed_page(request: HttpRequest, order: Order) -> HttpResponse:
    """With what was typed, and it complains about nothing: nothing was to be sent yet."""
    typed = {name: request.POST.get(name) for name in LaunchForm.base_fields}
    form = LaunchForm(initial=typed, at=order.at, groups=order.groups)
    return launch_page(request, order, form=form, timed=posted_form(request, order))


def posted_form(request: HttpRequest, order: Order) -> LaunchForm:
    return LaunchForm(request.POST, at=order.at, groups=order.groups)


def fresh_form(order: Order, *, typed: Mapping[str, str] | None = None) -> LaunchForm:
    """`typed`: what the person has settled already."""
    zone = ZoneInfo(settings.TIME_ZONE)
    initial = {**proposal(at=order.at, now=timezone.now(), zone=zone), **(typed or {})}
    return LaunchForm(initial=initial, at=order.at, groups=order.groups)


def now_label(order: Order) -> str:
    text = ngettext("Send to %(count)d group now", "Send to %(count)d groups now", order.groups)
    return text % {"count": order.groups}


def later_label(form: LaunchForm) -> str:
    wall = form.wall
    if wall and form.repeats:
        return _("Start: first on %(time)s") % {"time": clock(wall.moment, wall.zone)}
    return _("Schedule for %(time)s") % {"time": clock(wall.moment, wall.zone)} if wall else _("Schedule")


def moments_of(form: LaunchForm) -> dict[str, object]:
    """When it goes out and until when it is useful, as far as either was chosen; and whether the one makes sense."""
    wall, until, recurrence = form.wall, form.until, form.recurrence
    goes_out = wall.moment if wall else timezone.now()
    return {
        "dates": _dates(recurrence) if recurrence else None,
        "moment": _moment(wall),
        "until": _moment(until),
        "never_useful": until is not None and until.moment <= goes_out,
    }


def _dates(recurrence: Recurrence) -> Dates:
    return dates_of(recurrence.rule, load_calendar(recurrence.organisation), after=timezone.now())


def _moment(wall: WallTime | None) -> Moment | None:
    if wall is None:
        return None
    default = ZoneInfo(settings.TIME_ZONE)
    return Moment(
        wall=wall,
        weekday=formats.date_format(wall.moment.astimezone(wall.zone), "l"),
        clock=clock(wall.moment, wall.zone),
        default_clock="" if wall.zone.key == default.key else clock(wall.moment, default),
    )
