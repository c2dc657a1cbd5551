"""Which deliveries an address means: `delivery` (repeated), or `broadcast`, or `robot` with `since` and `at`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.filters import start_of
from messages.forms.composition import number_of
from messages.history.chosen import Chosen
from messages.models import Broadcast
from messages.schedule.wall_times import at_wall_time
from robots.models import Robot

MOST: Final = 1000  # a page of a list has 50; more are chosen by their broadcast or their robot


class SinceForm(forms.Form):
    """From when on; the start of today where nothing else can be understood."""

    robot = forms.IntegerField(widget=forms.HiddenInput)
    since = forms.DateField(
        label=gettext_lazy("Planned since"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    at = forms.TimeField(
        label=gettext_lazy("Time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    @property
    def moment(self) -> datetime:
        zone = ZoneInfo(settings.TIME_ZONE)
        given: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        if not given.get("since"):
            return start_of(timezone.now().astimezone(zone).date())
        try:
            return at_wall_time(datetime.combine(given["since"], given.get("at") or time()), zone).moment
        except OverflowError:
            return start_of(timezone.now().astimezone(zone).date())


@dataclass(frozen=True, slots=True)
class Asked:
    """`about` names what was chosen; `back_url` is where a person comes from."""

    chosen: Chosen
    about: str
    back_url: str
    since: SinceForm | None = None

    @property
    def one_by_one(self) -> bool:
        return bool(self.chosen.deliveries)


def asked_in(query: QueryDict) -> Asked:
    """Nothing is chosen where nothing can be understood."""
    numbers = tuple(pk for text in query.getlist("delivery")[:MOST] if (pk := number_of(text)) is not None)
    if numbers:
        return Asked(Chosen(deliveries=numbers), "", _back_to_deliveries(numbers))
    if broadcast := Broadcast.objects.filter(pk=_number(query, "broadcast")).only("name").first():
        url = reverse("broadcasts:broadcast_detail", args=[broadcast.pk])
        return Asked(Chosen(broadcast=broadcast.pk), broadcast.name, url)
    if robot := Robot.objects.filter(pk=_number(query, "robot")).only("name", "group_name").first():
        return _of_robot(robot, query)
    return Asked(Chosen(), "", reverse("broadcasts:history"))


def _number(query: QueryDict, name: str) -> int:
    """0, which no row has, for what is no number."""
    return number_of(query.get(name, "")) or 0


def _of_robot(robot: Robot, query: QueryDict) -> Asked:
    since = SinceForm(query)
    moment = since.moment
    local = moment.astimezone(ZoneInfo(settings.TIME_ZONE))
    shown = since if since.is_valid() else SinceForm(initial={"robot": robot.pk, "since": local.date(), "at": time()})
    about = _("%(robot)s, since %(time)s") % {
        "robot": robot.name,
        "time": f"{local:%Y-%m-%d %H:%M} ({settings.TIME_ZONE})",
    }
    url = reverse("robots:detail", args=[robot.pk])
    return Asked(Chosen(robot=robot.pk, since=moment), about, url, shown)


def _back_to_deliveries(numbers: tuple[int, ...]) -> str:
    if len(numbers) == 1:
        return reverse("broadcasts:delivery_detail", args=numbers)
    return reverse("broadcasts:history")
