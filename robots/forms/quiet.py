"""The fields for quiet hours, of organisations and of tags."""

from __future__ import annotations

from typing import Any, Final
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from robots.models import QuietMode

QUIET_FIELDS: Final = ("quiet_from", "quiet_until", "quiet_zone", "quiet_mode")


class QuietHoursForm(forms.ModelForm):  # type: ignore[type-arg]
    quiet_from = forms.TimeField(
        label=_("Quiet from"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_(
            "At these times of the day nothing but what is urgent is sent to these groups. Empty: no quiet hours."
        ),
    )
    quiet_until = forms.TimeField(
        label=_("Quiet until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_zone = forms.CharField(
        label=_("Time zone of the quiet hours"),
        required=False,
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    quiet_mode = forms.ChoiceField(
        label=_("What falls into the quiet hours"),
        choices=QuietMode.choices,
        widget=forms.RadioSelect,
        required=False,
        initial=QuietMode.HOLD,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quiet_zone"].widget.attrs["placeholder"] = settings.TIME_ZONE

    def clean_quiet_zone(self) -> str:
        zone: str = self.cleaned_data["quiet_zone"]
        if zone and zone not in available_timezones():
            raise forms.ValidationError(_("There is no such time zone. Write it like Asia/Shanghai."))
        return zone

    def clean_quiet_mode(self) -> str:
        return self.cleaned_data["quiet_mode"] or QuietMode.HOLD.value

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        begins, ends = cleaned.get("quiet_from"), cleaned.get("quiet_until")
        if begins and not ends and "quiet_until" not in self.errors:
            self.add_error("quiet_until", _("Say until when, too."))
        if ends and not begins and "quiet_from" not in self.errors:
            self.add_error("quiet_from", _("Say from when, too."))
        if begins and begins == ends:
            self.add_error("quiet_until", _("They would last the whole day. Pause the robots instead."))
        return cleaned
