"""The monthly budget of organisations: their quota, what of it is used, and what is planned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Sum

from messages.history.accepted import accepted, accepted_cheaply
from messages.models import BroadcastStatus, Delivery, DeliveryStatus, FirstGroup, FirstState, Target
from robots.health import start_of_next_month
from robots.models import Organisation, Robot

# DingTalk counts its quotas by the Chinese month.
QUOTA_ZONE: Final = ZoneInfo("Asia/Shanghai")
UNDER_WAY: Final = (DeliveryStatus.WAITING, DeliveryStatus.SENDING)

Counts = dict[int | None, int]


@dataclass(frozen=True, slots=True)
class QuotaUse:
    organisation: Organisation
    used: int  # calls of the month that DingTalk took
    planned: int  # what is under way, and what is scheduled for groups for the rest of the month
    refused_until: datetime | None  # set while DingTalk refuses its messages

    @property
    def quota(self) -> int:
        return self.organisation.monthly_quota

    @property
    def reserve(self) -> int:
        """What is kept for urgent broadcasts."""
        return min(self.organisation.reserve, self.quota)

    @property
    def percent(self) -> int:
        return min(100, self.used * 100 // self.quota) if self.quota else 100

    @property
    def left(self) -> int:
        return max(0, self.quota - self.used)

    @property
    def forecast(self) -> int:
        """Used by the end of the month, if nothing more is launched."""
        return self.used + self.planned

    @property
    def free(self) -> int:
        """For broadcasts that are not urgent and not launched yet."""
        return max(0, self.quota - self.reserve - self.forecast)

    @property
    def will_not_do(self) -> bool:
        return self.forecast > self.quota

    @property
    def touches_reserve(self) -> bool:
        return not self.will_not_do and self.forecast > self.quota - self.reserve

    def has_room_for(self, count: int, *, urgent: bool) -> bool:
        return self.forecast + count <= self.quota - (0 if urgent else self.reserve)


def quota_uses(now: datetime, *, cheaply: bool = False) -> list[QuotaUse]:
    """Of this month, of every organisation that has robots. `cheaply`: what is settled may come from the cache."""
    with_robots = Organisation.objects.filter(Exists(Robot.objects.filter(organisation=OuterRef("pk"))))
    return _uses(with_robots.order_by("name"), now=now, month_of=now, cheaply=cheaply)


def quota_use(organisation: Organisation, *, now: datetime) -> QuotaUse:
    return _uses([organisation], now=now, month_of=now, cheaply=True)[0]


def quota_uses_in_month_of(
    moment: datetime, organisations: Iterable[Organisation], *, now: datetime
) -> dict[int, QuotaUse]:
    """By organisation. Of a month that has not begun nothing is used yet."""
    uses = _uses(organisations, now=now, month_of=max(moment, now), cheaply=True)
    return {use.organisation.pk: use for use in uses}


def start_of_month(at: datetime) -> datetime:
    return at.astimezone(QUOTA_ZONE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _uses(organisations: Iterable[Organisation], *, now: datetime, month_of: datetime, cheaply: bool) -> list[QuotaUse]:
    begins, ends = start_of_month(month_of), start_of_next_month(month_of)
    used: Counter[int | None] = Counter()
    this_month = begins <= now
    # What is overdue goes out as soon as somebody lets it.
    planned = Counter(_scheduled(None if this_month else begins, ends))
    if this_month:
        used.update(accepted_cheaply(begins, now=now) if cheaply else accepted(begins))
        planned.update(_under_way())
    return [
        QuotaUse(
            organisation,
            used=used[organisation.pk],
            planned=planned[organisation.pk],
            refused_until=_later_than(organisation.quota_exhausted_until, now),
        )
        for organisation in organisations
    ]


def _scheduled(since: datetime | None, until: datetime) -> Counts:
    targets = Target.objects.filter(broadcast__status=BroadcastStatus.SCHEDULED, broadcast__next_at__lt=until)
    # A first group that got it already has a delivery of its own.
    gone = FirstGroup.objects.filter(broadcast__status=BroadcastStatus.SCHEDULED).exclude(state=FirstState.PLANNED)
    targets = targets.exclude(pk__in=gone.values("target"))
    if since:
        targets = targets.filter(broadcast__next_at__gte=since)
    return _by_organisation(targets.order_by().values_list("robot__organisation").annotate(count=Sum("parts")))


def _under_way() -> Counts:
    deliveries = Delivery.objects.filter(status__in=UNDER_WAY).order_by()
    return _by_organisation(deliveries.values_list("robot__organisation").annotate(count=Count("pk")))


def _by_organisation(rows: Iterable[tuple[int | None, int]]) -> Counts:
    return dict(rows)


def _later_than(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment and moment > now else None
