"""How a broadcast goes out again and again: fields that people choose from, made into a rule."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES
from django.utils.translation import gettext_lazy as _

from messages.schedule.making import MOST_COUNTED, MOST_WORKDAYS_BEFORE, make_rule
from messages.schedule.rrules import LONGEST_INTERVAL, WEEKDAYS
from messages.schedule.rules import COUNTED, FILTERS, OF_MONTH, OF_WEEK, BadRule, Days, Rule, Shift
from messages.schedule.typed import END_OF_DAY
from messages.services.recurring import LATE_LIMIT
from robots.models import Organisation

DAY: Final = "day"
WEEK: Final = "week"
MONTH: Final = "month"
YEAR: Final = "year"
CRON: Final = "cron"
_FREQUENCIES: Final = {DAY: "DAILY", WEEK: "WEEKLY", MONTH: "MONTHLY", YEAR: "YEARLY"}

BY_DATE: Final = "date"
BY_POSITION: Final = "position"
LAST_DAY: Final = "last"

NEVER: Final = "never"
UNTIL: Final = "until"
COUNT: Final = "count"

MOST_LATE_MINUTES: Final = 7 * 24 * 60

DAYS_CHOICES: Final = [
    (Days.ANY, _("Every one of them, whatever the calendar says")),
    (Days.WORKDAYS, _("Workdays only, by the official calendar with its make-up days")),
    (Days.DAYS_OFF, _("Days off only: weekends and holidays")),
    (Days.HOLIDAYS, _("Official holidays only")),
    (Days.FIRST_OF_WEEK, _("The first workday of the week")),
    (Days.LAST_OF_WEEK, _("The last workday of the week")),
    (Days.FIRST_OF_MONTH, _("The first workday of the month")),
    (Days.LAST_OF_MONTH, _("The last workday of the month")),
    (Days.BEFORE, _("So many workdays before each of these dates")),
    (Days.BEFORE_HOLIDAYS, _("So many workdays before each holiday")),
]
SHIFT_CHOICES: Final = [
    (Shift.SKIP, _("Leave it out")),
    (Shift.EARLIER, _("Send it on the nearest such day before")),
    (Shift.LATER, _("Send it on the next such day")),
]
# Where a mistake in an argument of make_rule is shown.
_FIELDS: Final = {
    "starts": "date",
    "zone": "zone",
    "times": "time",
    "until": "until_day",
    "count": "count",
    "days": "days",
    "shift": "shift",
    "workdays_before": "workdays_before",
}


def on_field(day: str) -> str:
    return f"on_{day.lower()}"


class RepeatFields(forms.Form):
    """Its start is the form's date, time and zone. Nothing of it is required while something else is chosen."""

    repeat = forms.ChoiceField(
        label=_("Repeats"),
        required=False,
        initial=DAY,
        choices=[
            (DAY, _("Daily")),
            (WEEK, _("Weekly")),
            (MONTH, _("Monthly")),
            (YEAR, _("Yearly")),
            (CRON, _("By a cron line")),
        ],
    )
    every = forms.IntegerField(
        label=_("Every so many"),
        required=False,
        min_value=1,
        max_value=LONGEST_INTERVAL,
        initial=1,
        help_text=_("1 is each day, week, month or year; 2 every second one."),
    )
    on_mo, on_tu, on_we, on_th, on_fr, on_sa, on_su = (
        forms.BooleanField(
            label=WEEKDAY_NAMES[number],
            required=False,
            widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
        )
        for number in range(7)
    )
    month_by = forms.ChoiceField(
        label=_("On which day of the month"),
        required=False,
        initial=BY_DATE,
        choices=[
            (BY_DATE, _("The same date as the start")),
            (BY_POSITION, _("The same weekday as the start, such as the second Friday")),
            (LAST_DAY, _("The last day")),
        ],
    )
    cron = forms.CharField(
        label=_("Cron line"),
        required=False,
        max_length=200,
        help_text=_(
            "Minute, hour, day of the month, month, day of the week: 30 8 * * 1-5 is Monday to Friday at 8:30."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    days = forms.ChoiceField(label=_("Which of these days"), required=False, initial=Days.ANY, choices=DAYS_CHOICES)
    shift = forms.ChoiceField(
        label=_("When the day is not one of those"), required=False, initial=Shift.SKIP, choices=SHIFT_CHOICES
    )
    workdays_before = forms.IntegerField(
        label=_("Workdays before"), required=False, min_value=1, max_value=MOST_WORKDAYS_BEFORE, initial=1
    )
    own_days = forms.ModelChoiceField(
        label=_("Own days of"),
        required=False,
        queryset=Organisation.objects.order_by("name"),
        empty_label=_("no organisation in particular"),
        help_text=_("Its closed days and extra working days count besides the official calendar."),
    )
    ends = forms.ChoiceField(
        label=_("Ends"),
        required=False,
        initial=NEVER,
        choices=[(NEVER, _("Never")), (UNTIL, _("On a date")), (COUNT, _("After so many times"))],
    )
    until_day = forms.DateField(
        label=_("Last date"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    count = forms.IntegerField(label=_("How many times"), required=False, min_value=1, max_value=MOST_COUNTED)
    late_minutes = forms.IntegerField(
        label=_("Send it late by at most so many minutes"),
        required=False,
        min_value=0,
        max_value=MOST_LATE_MINUTES,
        initial=LATE_LIMIT // timedelta(minutes=1),
        help_text=_(
            "When nothing ran at its time, it is sent up to so much later; after that it is left out and told."
        ),
    )

    @property
    def weekdays(self) -> list[forms.BoundField]:
        return [self[on_field(day)] for day in WEEKDAYS]

    def rule_of(self, cleaned: dict[str, Any]) -> Rule | None:
        """None when it cannot be made; what is wrong stands beside the fields."""
        start, at = cleaned.get("date"), cleaned.get("time")
        if not (start and at and cleaned.get("zone")) or self.errors:
            return None
        try:
            return self._made(cleaned, start, at)
        except BadRule as bad:
            self.add_rule_errors(bad)
            return None

    def add_rule_errors(self, bad: BadRule) -> None:
        """Each beside the field that it belongs to."""
        repeats = "cron" if str(self["repeat"].value()) == CRON else "repeat"
        for error in bad.errors:
            self.add_error(_FIELDS.get(error.field, repeats), error.text)

    def _made(self, cleaned: dict[str, Any], start: date, at: time) -> Rule:
        days, ends = Days(cleaned.get("days") or Days.ANY), cleaned.get("ends") or NEVER
        until = cleaned.get("until_day") if ends == UNTIL else None
        return make_rule(
            starts=datetime.combine(start, at),
            zone=cleaned["zone"],
            repeats=self._repeats(cleaned, start, days),
            until=datetime.combine(until, END_OF_DAY) if until else None,
            count=cleaned.get("count") if ends == COUNT else None,
            days=days,
            shift=(cleaned.get("shift") or Shift.SKIP) if days in FILTERS else Shift.SKIP,
            workdays_before=(cleaned.get("workdays_before") or 0) if days in COUNTED else 0,
        )

    def clean_ends_of(self, cleaned: dict[str, Any]) -> None:
        """What the chosen end needs."""
        if cleaned.get("ends") == UNTIL and not cleaned.get("until_day") and "until_day" not in self.errors:
            self.add_error("until_day", _("Give the last date."))
        if cleaned.get("ends") == COUNT and not cleaned.get("count") and "count" not in self.errors:
            self.add_error("count", _("Say how many times."))
        if cleaned.get("repeat") == CRON and not cleaned.get("cron") and "cron" not in self.errors:
            self.add_error("cron", _("Write the cron line."))

    def _repeats(self, cleaned: dict[str, Any], start: date, days: Days) -> str:
        if days in OF_WEEK:
            return _rrule(WEEK, cleaned)
        if days in OF_MONTH:
            return _rrule(MONTH, cleaned)
        if days is Days.BEFORE_HOLIDAYS:
            return "FREQ=DAILY"
        kind = cleaned.get("repeat") or DAY
        if kind == CRON:
            return str(cleaned.get("cron") or "")
        on = [day for day in WEEKDAYS if cleaned.get(on_field(day))]
        if kind == WEEK and on:
            return f"{_rrule(kind, cleaned)};BYDAY={','.join(on)}"
        if kind == MONTH:
            return f"{_rrule(kind, cleaned)};{_day_of_month(cleaned.get('month_by') or BY_DATE, start)}"
        return _rrule(kind, cleaned)


def _rrule(kind: str, cleaned: dict[str, Any]) -> str:
    """Where days of the week or month are counted, the chosen number of weeks or months still holds."""
    same = cleaned.get("repeat") == kind
    every = (cleaned.get("every") or 1) if same else 1
    return f"FREQ={_FREQUENCIES[kind]}" + (f";INTERVAL={every}" if every > 1 else "")


def _day_of_month(by: str, start: date) -> str:
    if by == LAST_DAY:
        return "BYMONTHDAY=-1"
    if by == BY_POSITION:
        # The fifth one does not come every month: it is meant as the last.
        position = (start.day - 1) // 7 + 1
        return f"BYDAY={position if position < 5 else -1}{WEEKDAYS[start.weekday()]}"
    return f"BYMONTHDAY={start.day}"
