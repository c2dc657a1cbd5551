"""When a broadcast goes out, and what happens to deliveries of which nobody can know."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dingtalk.payloads import At
from messages.forms.repeat import RepeatFields
from messages.models import UncertainPolicy
from messages.schedule.rules import BadRule
from messages.schedule.wall_times import UnknownZone, WallTime, at_wall_time, zone_named
from messages.services.recurring import LATE_LIMIT, Recurrence, first_time

NOW: Final = "now"
LATER: Final = "later"
REPEAT: Final = "repeat"
SOONEST: Final = timedelta(minutes=10)  # what the form proposes is at least that far ahead


class LaunchForm(RepeatFields):
    use_required_attribute = False

    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=[
            (NOW, gettext_lazy("Now")),
            (LATER, gettext_lazy("At a time")),
            (REPEAT, gettext_lazy("Again and again")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose: now, or at a time.")},
    )
    date = forms.DateField(
        label=gettext_lazy("Date"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    time = forms.TimeField(
        label=gettext_lazy("Time"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off", "spellcheck": "false"}),
    )
    until_date = forms.DateField(
        label=gettext_lazy("Useful until: date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until_time = forms.TimeField(
        label=gettext_lazy("Useful until: time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    policy = forms.ChoiceField(
        label=gettext_lazy("When nobody can know whether a message arrived"),
        choices=[
            (
                UncertainPolicy.RETRY_SAFELY,
                gettext_lazy("Send it again under the same number, so that DingTalk can drop a second copy"),
            ),
            (UncertainPolicy.ASK, gettext_lazy("Leave it as unknown until a person decides")),
        ],
        widget=forms.RadioSelect,
    )
    confirm = forms.BooleanField(required=False)
    urgent = forms.BooleanField(
        label=gettext_lazy("This is urgent: it may use what is kept for urgent broadcasts"), required=False
    )
    first = forms.IntegerField(label=gettext_lazy("This group gets it first"), required=False)
    first_asks = forms.BooleanField(
        label=gettext_lazy("Also when it arrived, the rest waits for a person's go"), required=False
    )
    stop_share = forms.IntegerField(
        label=gettext_lazy("Then pause by itself when more than so many percent failed"),
        required=False,
        min_value=0,
        max_value=99,
        help_text=gettext_lazy("Looked at as soon as five of the rest are done. Empty: never."),
    )
    split = forms.BooleanField(label=gettext_lazy("Send it in parts"), required=False)
    over_quota = forms.BooleanField(label=gettext_lazy("Yes, send it all the same"), required=False)
    launch_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, at: At, groups: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._everyone = at.everyone
        text = ngettext("Yes, notify everybody in %(count)d group", "Yes, notify everybody in %(count)d groups", groups)
        self.fields["confirm"].label = text % {"count": groups}
        for name in ("date", "time", "zone"):
            self.fields[name].required = True  # for the label; clean() asks for them only when they are needed
        if not at.everyone:
            del self.fields["confirm"]

    @property
    def later(self) -> bool:
        return str(self["when"].value()) == LATER

    @property
    def repeats(self) -> bool:
        return str(self["when"].value()) == REPEAT

    @property
    def recurrence(self) -> Recurrence | None:
        """By which rule it goes out again and again; None when it does not, and while the rule cannot be understood."""
        return self._understood.get("recurrence")

    @property
    def late_limit(self) -> timedelta:
        """Of a valid form."""
        minutes = self.cleaned_data.get("late_minutes")
        return LATE_LIMIT if minutes is None else timedelta(minutes=minutes)

    @property
    def wall(self) -> WallTime | None:
        """The chosen moment, or the first of many; None for now, and while it cannot be understood."""
        return self._understood.get("wall")

    @property
    def until(self) -> WallTime | None:
        """When its use ends, on the clocks of the chosen zone; None for never, and while it cannot be understood."""
        return self._understood.get("until")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("when") == LATER:
            cleaned["wall"] = self._wall(cleaned)
        elif cleaned.get("when") == REPEAT:
            cleaned["recurrence"] = self._recurrence(cleaned)
        else:
            for name in ("date", "time", "zone"):
                self.errors.pop(name, None)
        cleaned["until"] = self._until(cleaned)
        if self._everyone and not cleaned.get("confirm"):
            self.add_error("confirm", _("Tick this box: everybody in these groups will be notified."))
        return cleaned

    @property
    def _understood(self) -> dict[str, Any]:
        """What clean() makes of what was typed, also where something else is wrong."""
        if not self.is_bound:
            return {}
        self.is_valid()
        return self.cleaned_data

    def _wall(self, cleaned: dict[str, Any]) -> WallTime | None:
        zone = self._zone(cleaned.get("zone"))
        if not (zone and cleaned.get("date") and cleaned.get("time")):
            return None
        return self._at("date", datetime.combine(cleaned["date"], cleaned["time"]), zone)

    def _recurrence(self, cleaned: dict[str, Any]) -> Recurrence | None:
        self.clean_ends_of(cleaned)
        if cleaned.get("until_date") or cleaned.get("until_time"):
            self.add_error("until_date", _("This is one moment: leave it empty for what goes out again and again."))
        if cleaned.get("first"):
            self.add_error("first", _("One group first is for what goes out once: choose none."))
        rule = self.rule_of(cleaned)
        if rule is None:
            return None
        recurrence = Recurrence(rule, cleaned.get("own_days"))
        try:
            first = first_time(recurrence, now=timezone.now())
        except BadRule as bad:
            self.add_rule_errors(bad)
            return None
        cleaned["wall"] = at_wall_time(first.wall, rule.zone_info)
        return recurrence

    def _until(self, cleaned: dict[str, Any]) -> WallTime | None:
        day, at = cleaned.get("until_date"), cleaned.get("until_time")
        if day and not at and not self.errors.get("until_time"):
            self.add_error("until_time", _("Give the time, too."))
        if at and not day and not self.errors.get("until_date"):
            self.add_error("until_date", _("Give the date, too."))
        wall = cleaned.get("wall")
        zone = wall.zone if wall else ZoneInfo(settings.TIME_ZONE)
        return self._at("until_date", datetime.combine(day, at), zone) if day and at else None

    def _at(self, field: str, naive: datetime, zone: ZoneInfo) -> WallTime | None:
        try:
            return at_wall_time(naive, zone)
        except OverflowError:
            self.add_error(field, _("This date is out of reach."))
            return None

    def _zone(self, name: str | None) -> ZoneInfo | None:
        if not name:
            return None
        try:
            return zone_named(name)
        except UnknownZone as unknown:
            self.add_error("zone", unknown.text)
            return None


def proposal(*, at: At, now: datetime, zone: ZoneInfo) -> dict[str, object]:
    """What the form begins with: now, or the next full hour in the default zone."""
    local = (now + SOONEST).astimezone(zone)
    hour = local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return {
        "when": NOW,
        "date": hour.date(),
        "time": time(hour.hour),
        "zone": zone.key,
        "policy": UncertainPolicy.ASK if at.everyone else UncertainPolicy.RETRY_SAFELY,
        "launch_key": uuid.uuid4(),
    }


def zone_names() -> list[str]:
    """Of places, as people look for them; without the database's own old names."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
