"""An organisation's own days: closed, or an extra working day, whatever the official calendar says."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actors import Actor
from audit.log import record
from messages.models import OwnDay
from messages.services.calendar.content import each_day
from messages.services.recurring import replan_by_calendar
from robots.models import Organisation


@transaction.atomic
def add_own_days(
    *, organisation: Organisation | None, first: date, last: date, kind: str, name: str, by: Actor
) -> list[OwnDay]:
    """All of them or none. None stands for all organisations. Raises ValidationError where there is one already."""
    days = each_day(first, last)
    _refuse_taken(organisation, days)
    made = [
        OwnDay(organisation=organisation, date=on, kind=kind, name=name, added_at=timezone.now(), added_by_name=by.name)
        for on in days
    ]
    try:
        with transaction.atomic():
            OwnDay.objects.bulk_create(made)
    except IntegrityError:
        # Another person added one at this very moment.
        _refuse_taken(organisation, days)
        raise
    record("own_day.added", by=by, target=organisation, detail=_detail(made[0], len(made)))
    replan_by_calendar(now=timezone.now())
    return made


@transaction.atomic
def remove_own_day(day: OwnDay, *, by: Actor) -> bool:
    """It counts no more, and can be put back. False when it was removed already."""
    there = OwnDay.objects.filter(pk=day.pk, removed_at=None)
    if not there.update(removed_at=timezone.now(), removed_by_name=by.name):
        return False
    record("own_day.removed", by=by, target=day.organisation, detail=_detail(day, 1))
    replan_by_calendar(now=timezone.now())
    return True


@transaction.atomic
def put_back_own_day(day: OwnDay, *, by: Actor) -> bool:
    """False when it counts again already, or when another took its place."""
    gone = OwnDay.objects.filter(pk=day.pk, removed_at__isnull=False)
    try:
        with transaction.atomic():
            if not gone.update(removed_at=None, removed_by_name=""):
                return False
    except IntegrityError:
        return False
    record("own_day.put_back", by=by, target=day.organisation, detail=_detail(day, 1))
    replan_by_calendar(now=timezone.now())
    return True


def _refuse_taken(organisation: Organisation | None, days: list[date]) -> None:
    there = OwnDay.objects.filter(organisation=organisation, date__in=days, removed_at=None).order_by("date")
    taken = [on.isoformat() for on in there.values_list("date", flat=True)]
    if taken:
        text = _("There is an own day already on: %(dates)s. Remove it first.")
        raise ValidationError(text % {"dates": _(", ").join(taken)})


def _detail(day: OwnDay, count: int) -> dict[str, object]:
    return {"date": day.date.isoformat(), "days": count, "kind": day.kind, "name": day.name}
