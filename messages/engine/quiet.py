"""Holds what falls into quiet hours until they end, or skips it. Urgent broadcasts and tests pass.

Decided when a delivery's time comes: at the fan-out, for what fires in quiet hours, and at the claim, for what was to
go out before they began, or waited elsewhere. Held, a delivery waits with a later due time and its reason.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from audit.actors import SYSTEM
from audit.log import record
from messages.engine.ending import end_without_call
from messages.engine.giving_back import give_back
from messages.models import Broadcast, BroadcastKind, Delivery, DeliveryStatus
from messages.models.delivery import QUIET_HOURS, DeliveryQuerySet
from messages.schedule.quiet import Quiet, QuietHours, strictest
from robots.models import Organisation, QuietMode, Robot, Tag
from robots.models.quiet import WithQuietHours

# Of what else is due in the same quiet hours so much is held with each claim that met them.
SWEPT_AT_ONCE: Final = 2000
LOOK_EVERY: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class QuietRules:
    """By the id of the organisation or tag that has them."""

    organisations: Mapping[int, QuietHours]
    tags: Mapping[int, QuietHours]

    def running(self, moment: datetime) -> QuietRules:
        """Those alone that run then."""
        return QuietRules(_running(self.organisations, moment), _running(self.tags, moment))

    def of(self, robot_ids: Collection[int], moment: datetime) -> dict[int, Quiet]:
        """What holds then for those of these robots that are in quiet hours. Two queries at most, mostly none."""
        running = self.running(moment)
        if not running.organisations and not running.tags:
            return {}
        robots = Robot.objects.filter(pk__in=robot_ids).order_by().values_list("pk", "organisation")
        tags: dict[int, list[int]] = defaultdict(list)
        labels = Robot.tags.through.objects.filter(robot__in=robot_ids, tag__in=self.tags)
        for robot, tag in labels.values_list("robot", "tag"):
            tags[robot].append(tag)
        alike: dict[tuple[int, frozenset[int]], list[int]] = defaultdict(list)
        for robot, organisation in robots:
            alike[organisation, frozenset(tags.get(robot, ()))].append(robot)
        found: dict[int, Quiet] = {}
        for (organisation, own_tags), ids in alike.items():
            if quiet := self._of(organisation, own_tags, moment):
                found.update(dict.fromkeys(ids, quiet))
        return found

    def _of(self, organisation: int, tags: Collection[int], moment: datetime) -> Quiet | None:
        hours = [self.tags[tag] for tag in tags]
        if organisation in self.organisations:
            hours.append(self.organisations[organisation])
        return strictest(hours, moment)


def _running(all_hours: Mapping[int, QuietHours], moment: datetime) -> dict[int, QuietHours]:
    return {pk: hours for pk, hours in all_hours.items() if hours.until(moment)}


def read_rules() -> QuietRules:
    """Two queries."""
    return QuietRules(_hours_of(Organisation), _hours_of(Tag))


def _hours_of(owners: type[Organisation] | type[Tag]) -> dict[int, QuietHours]:
    rows = owners.objects.filter(quiet_from__isnull=False).order_by()
    return {owner.pk: hours for owner in rows if (hours := hours_of(owner))}


def hours_of(owner: WithQuietHours) -> QuietHours | None:
    if owner.quiet_from is None or owner.quiet_until is None:
        return None
    zone = ZoneInfo(owner.quiet_zone or settings.TIME_ZONE)
    return QuietHours(owner.quiet_from, owner.quiet_until, zone, skips=owner.quiet_mode == QuietMode.SKIP)


class QuietFanOut:
    """What becomes of the deliveries of a run that fires now."""

    def __init__(self, broadcast: Broadcast, *, now: datetime) -> None:
        self._broadcast, self._now = broadcast, now
        self._rules = None if broadcast.kind == BroadcastKind.TEST else read_rules()
        self._passed = 0

    def of(self, robot_ids: Collection[int]) -> Mapping[int, Quiet]:
        """Nothing for an urgent broadcast, which passes; it is counted."""
        found = self._rules.of(robot_ids, self._now) if self._rules else {}
        if self._broadcast.urgent:
            self._passed += len(found)
            return {}
        return found

    def tell(self) -> None:
        """Puts on record that it passed."""
        if self._passed:
            detail = {"groups": self._passed}
            record("broadcast.passed_quiet_hours", by=SYSTEM, target=self._broadcast, detail=detail)


@dataclass(slots=True)
class QuietWatch:
    """The rules as a pump knows them: a second old at most."""

    _rules: QuietRules = field(default_factory=lambda: QuietRules({}, {}))
    _read_at: datetime | None = None

    def rules(self, now: datetime) -> QuietRules:
        if self._read_at is None or not timedelta() <= now - self._read_at < LOOK_EVERY:
            self._rules, self._read_at = read_rules(), now
        return self._rules


def hold_claimed(robots: Mapping[int, int], claim: uuid.UUID, *, rules: QuietRules, now: datetime) -> set[int]:
    """`robots`: of the deliveries just claimed, by delivery. Returns those that are not called now.

    What else is due in quiet hours is held along, some at a time, so that it is not claimed one by one.
    """
    quiet = rules.of(set(robots.values()), now)
    if not quiet:
        return set()  # Mostly so: without a transaction, of which SQLite lets in one at a time.
    met = [pk for pk, robot in robots.items() if robot in quiet]
    kept = set(_that_can_wait(Delivery.objects.filter(pk__in=met)).values_list("pk", flat=True))
    if kept:
        with transaction.atomic():
            give_back(list(kept), claim, now=now)
            _hold({pk: quiet[robots[pk]] for pk in kept}, now=now)
            _sweep(rules, now=now)
    return kept


def _sweep(rules: QuietRules, *, now: datetime) -> None:
    running = rules.running(now)
    labelled = Robot.tags.through.objects.filter(tag__in=running.tags).values("robot")
    concerned = Q(robot__organisation__in=running.organisations) | Q(robot__in=labelled)
    due = _that_can_wait(Delivery.objects.due(now)).filter(concerned).order_by("turn", "pk")
    rows = dict(due.values_list("pk", "robot")[:SWEPT_AT_ONCE])
    quiet = rules.of(set(rows.values()), now)
    _hold({pk: quiet[robot] for pk, robot in rows.items() if robot in quiet}, now=now)


def _that_can_wait(deliveries: DeliveryQuerySet) -> DeliveryQuerySet:
    return deliveries.filter(is_test=False, run__broadcast__urgent=False)


def _hold(quiet: Mapping[int, Quiet], *, now: datetime) -> None:
    """By one statement for each end. The conditions stand on the rows: what was claimed or cancelled is left alone."""
    alike: dict[Quiet, list[int]] = defaultdict(list)
    for pk, each in quiet.items():
        alike[each].append(pk)
    for each, ids in alike.items():
        waiting = Delivery.objects.filter(pk__in=ids, status=DeliveryStatus.WAITING)
        if each.skips:
            end_without_call(waiting, DeliveryStatus.EXPIRED, QUIET_HOURS, now=now)
        else:
            waiting.update(due_at=each.until, reason=QUIET_HOURS)
