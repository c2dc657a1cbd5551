"""What the history can be narrowed down to."""

from __future__ import annotations

from typing import Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.filters import DayRangeForm
from audit.row_field import RowField
from messages.history.deliveries import Wanted
from messages.states import DELIVERY_STATES
from robots.models import Robot, Tag

MOST: Final = 2**63 - 1  # what a column holds


def state_choices() -> list[tuple[str, str]]:
    return [("", _("Any state")), *((status, str(shown.label)) for status, shown in DELIVERY_STATES.items())]


class DeliveryFilters(DayRangeForm):
    q = forms.CharField(label=gettext_lazy("Robot or group"), required=False, max_length=100)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False, choices=state_choices)
    robot = RowField(
        Robot.objects.only("name"),
        names=("name", "group_name"),
        label=gettext_lazy("Robot"),
        empty_label=gettext_lazy("Any robot"),
    )
    tag = RowField(Tag.objects.only("name"), label=gettext_lazy("Tag"), empty_label=gettext_lazy("Any tag"))
    errcode = forms.IntegerField(
        label="errcode", required=False, max_value=MOST, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    # Other pages link here with these; the page says so and offers to drop them.
    broadcast = forms.IntegerField(required=False, max_value=MOST, widget=forms.HiddenInput)
    reason = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    field_order = ("q", "state", "robot", "tag", "errcode", "from", "to")

    def wanted(self) -> Wanted:
        robot, tag = self.asked("robot"), self.asked("tag")
        return Wanted(
            state=self.asked("state") or "",
            robot=robot.pk if robot else None,
            tag=tag.pk if tag else None,
            broadcast=self.asked("broadcast"),
            since=self.since,
            until=self.until,
            errcode=self.asked("errcode"),
            reason=self.asked("reason") or "",
            text=(self.asked("q") or "").strip(),
        )
