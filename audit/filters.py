"""What the lists over time have in common: from one day to another, on the clocks of the default zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class DayRangeForm(forms.Form):
    """Fields `from` and `to` (that day included). What cannot be understood filters nothing and is said beside it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("from", _("From day")), ("to", _("To day"))):
            self.fields[name] = forms.DateField(
                label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            )

    def asked(self, name: str) -> Any:
        """The field's value as it was understood; None or empty when it was not given."""
        self.is_valid()
        return self.cleaned_data.get(name)

    @property
    def since(self) -> datetime | None:
        day = self.asked("from")
        return start_of(day) if day else None

    @property
    def until(self) -> datetime | None:
        """The first moment that is too late."""
        day = self.asked("to")
        return start_of(day + timedelta(days=1)) if day and day < date.max else None


def start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=ZoneInfo(settings.TIME_ZONE))
