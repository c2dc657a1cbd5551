"""Launching: a message, its mentions, its audience and its time become a frozen broadcast, in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actors import Actor
from audit.log import record
from audit.words import name_in_words
from dingtalk.payloads import At, Message, message_to_dict
from dingtalk.payloads.cleaning import cleaned_at
from messages.history.undo import launched_from
from messages.models import Broadcast, Draft, Shelf, UncertainPolicy
from messages.rendering.message import storable
from messages.schedule.rule_text import rule_text
from messages.schedule.wall_times import clock, zone_named
from messages.services.aiming import aim
from messages.services.audience import Audience
from messages.services.checks import Check, LaunchCheck, tailoring_of
from messages.services.content import summary
from messages.services.drafts import StaleDraft
from messages.services.overrides import Override
from messages.services.planning import planned_moment, useful_moment
from messages.services.recurring import LATE_LIMIT, Recurrence, first_time, lay_down
from messages.services.shelves import CannotBeLaunched
from messages.services.tailoring import Tailoring
from messages.services.undo import Undoing, keep_window
from messages.wakeups import wake_tick
from robots.models import Robot

NAME_LENGTH: Final = 100


class LaunchRefused(Exception):
    """Something would fail: `check.blockers` says what. Or nobody said yes to what `check.questions` ask."""

    def __init__(self, check: Check) -> None:
        self.check = check
        super().__init__(", ".join(sorted({finding.code for finding in (*check.blockers, *check.questions)})))


class AlreadyLaunched(Exception):
    """Another person launched this draft since the page was opened; `broadcast` is theirs."""

    def __init__(self, broadcast: Broadcast) -> None:
        self.broadcast = broadcast
        super().__init__("the draft was launched in the meantime")

    @property
    def text(self) -> str:
        zone = zone_named(self.broadcast.zone)
        return _("%(who)s launched this draft at %(time)s. Look at that broadcast before you launch it once more.") % {
            "who": name_in_words(self.broadcast.created_by_name),
            "time": clock(self.broadcast.created_at, zone),
        }


@dataclass(frozen=True, slots=True)
class _Order:
    message: Message
    at: At
    audience: Audience
    name: str
    by: Actor
    launch_key: uuid.UUID
    planned_at: datetime | None
    zone: str
    draft: Draft | None
    seen_launches: int
    seen_version: int
    uncertain_policy: str
    useful_until: datetime | None
    urgent: bool
    over_quota: bool
    overrides: Sequence[Override]
    split: bool
    sharing: bool
    undoing: Undoing
    recurrence: Recurrence | None
    late_limit: timedelta | None


def launch(
    *,
    message: Message,
    at: At,
    robots: Iterable[Robot],
    name: str,
    by: Actor,
    launch_key: uuid.UUID,
    planned_at: datetime | None,
    zone: str,
    draft: Draft | None = None,
    seen_launches: int | None = None,
    seen_version: int | None = None,
    uncertain_policy: str | None = None,
    useful_until: datetime | None = None,
    urgent: bool = False,
    over_quota: bool = False,
    overrides: Sequence[Override] = (),
    split: bool = False,
    sharing: bool = False,
    undoing: Undoing | None = None,
    recurrence: Recurrence | None = None,
    late_limit: timedelta | None = LATE_LIMIT,
) -> Broadcast:
    """Freeze and plan; `planned_at` None (or less than a minute ago) means now. The tick fires it.

    The same launch_key again gives the broadcast that it made. `seen_launches` and `seen_version` are what the person
    saw of the draft (None: what `draft` holds). Robots are looked at again, whatever a check said before. Without an
    uncertain_policy a person decides about a message that mentions everyone, others are retried safely. `urgent` may
    use up the reserve of the organisations; `over_quota` says yes to breaking their budgets. `overrides`: own words.
    `sharing`: the groups share out more people than DingTalk mentions in one message.

    `recurrence`: it goes out again and again, first at its first time from now on; `planned_at` and `zone` are then
    those of its rule. `late_limit`: a planned time that passed longer ago is not made up for (None: it always is); what
    goes out now has none.

    `undoing`: for so long a launch that means now waits, and can be taken back; an urgent one never waits.

    What still waits at `useful_until` (None: no end) is not sent any more. `split`: a group whose message is too long
    gets it in parts.

    Raises LaunchRefused, AlreadyLaunched, StaleDraft (edited or deleted since), CannotBeLaunched (archived, or a
    template), PlannedInPast, NeverUseful (over before it goes out), UnknownZone; BadRule when the rule, by the calendar
    as it is known, never goes out.
    """
    default_policy = UncertainPolicy.ASK if at.everyone else UncertainPolicy.RETRY_SAFELY
    order = _Order(
        message=storable(message),
        at=cleaned_at(at),
        audience=Audience.of(robots),
        name=(name.strip() or summary(message))[:NAME_LENGTH],
        by=by,
        launch_key=launch_key,
        planned_at=planned_at,
        zone=zone,
        draft=draft,
        seen_launches=_seen(seen_launches, draft.launches if draft else 0),
        seen_version=_seen(seen_version, draft.version if draft else 0),
        uncertain_policy=uncertain_policy or default_policy,
        useful_until=useful_until,
        urgent=urgent,
        over_quota=over_quota,
        overrides=overrides,
        split=split,
        sharing=sharing,
        undoing=undoing or Undoing(),
        recurrence=recurrence,
        late_limit=late_limit,
    )
    try:
        return _launch(order)
    except IntegrityError:
        # The same key was launched at this very moment, or a robot was deleted before the commit: a second look sees
        # which of the two.
        return _launch(order)


@transaction.atomic
def _launch(order: _Order) -> Broadcast:
    if same := _launched_by_key(order):
        return same
    now = timezone.now()
    if order.recurrence:
        first = first_time(order.recurrence, now=now)
        order = replace(order, planned_at=first.at, zone=order.recurrence.rule.zone)
    zone = zone_named(order.zone)
    planned_at = planned_moment(order.planned_at, zone=zone, now=now)
    waits = order.undoing.window if planned_at == now and not order.urgent else timedelta()
    planned_at += waits
    useful_moment(order.useful_until, planned_at=planned_at, zone=zone)
    if order.draft and not _take_draft(order.draft, order):
        return _launched_meanwhile(order.draft, order)
    tailoring = tailoring_of(
        order.message,
        at=order.at,
        planned_at=planned_at,
        zone=order.zone,
        overrides=order.overrides,
        sharing=order.audience if order.sharing else None,
    )
    checking = LaunchCheck(tailoring, at=order.at, when=planned_at, urgent=order.urgent, split=order.split)
    broadcast = _freeze(order, planned_at, tailoring, late_limit=order.late_limit if planned_at > now + waits else None)
    if order.recurrence:
        lay_down(broadcast, order.recurrence, now=now)
    check = aim(broadcast, order.audience, tailoring, checking)
    if check.blockers or (check.questions and not order.over_quota):
        raise LaunchRefused(check)  # which takes back everything that was written
    if waits:
        keep_window(broadcast, order.undoing, ends_at=planned_at)
    detail = _detail(order, broadcast) | ({"over_quota": True} if check.questions else {})
    record("broadcast.launched", by=order.by, target=broadcast, detail=detail)
    transaction.on_commit(wake_tick)
    return broadcast


def _seen(told: int | None, held: int) -> int:
    return held if told is None else told


def _launched_by_key(order: _Order) -> Broadcast | None:
    return Broadcast.objects.filter(launch_key=order.launch_key).first()


def _take_draft(draft: Draft, order: _Order) -> bool:
    """Of two launches at once the second waits here for the first, and then misses."""
    as_seen = Draft.objects.filter(pk=draft.pk, version=order.seen_version, launches=order.seen_launches)
    return as_seen.filter(shelf=Shelf.DRAFTS).update(launches=F("launches") + 1) == 1


def _launched_meanwhile(draft: Draft, order: _Order) -> Broadcast:
    """What happened to the draft: launched by the second half of a double click, by somebody else, or edited."""
    if same := _launched_by_key(order):
        return same
    current = Draft.objects.filter(pk=draft.pk).first()
    if current is None:
        raise StaleDraft(None)
    if not current.can_be_launched:
        raise CannotBeLaunched(current)
    other = launched_from(current).first()
    if current.launches != order.seen_launches and other:
        raise AlreadyLaunched(other)
    raise StaleDraft(current.versions.first())


def _freeze(order: _Order, planned_at: datetime, tailoring: Tailoring, *, late_limit: timedelta | None) -> Broadcast:
    body = message_to_dict(order.message)
    msgtype = str(body["msgtype"])
    return Broadcast.objects.create(
        name=order.name,
        draft=order.draft,
        draft_version=order.seen_version if order.draft else None,
        corrects_id=order.draft.corrects_id if order.draft else None,
        msgtype=msgtype,
        content=body[msgtype],
        tailored=not tailoring.plain,
        overrides=[message_to_dict(storable(message))[msgtype] for message in tailoring.own_messages],
        at_mobiles=list(tailoring.mentions.at.mobiles),
        at_user_ids=list(tailoring.mentions.at.user_ids),
        at_everyone=order.at.everyone,
        planned_at=planned_at,
        next_at=planned_at,
        recurs=order.recurrence is not None,
        late_limit=late_limit,
        zone=order.zone,
        uncertain_policy=order.uncertain_policy,
        useful_until=order.useful_until,
        urgent=order.urgent,
        launch_key=order.launch_key,
        created_by_id=order.by.user_id,
        created_by_name=order.by.name,
    )


def _detail(order: _Order, broadcast: Broadcast) -> dict[str, object]:
    robots = len(order.audience)
    detail: dict[str, object] = {"robots": robots, "planned_at": broadcast.planned_at.isoformat(), "zone": order.zone}
    if order.useful_until:
        detail["useful_until"] = order.useful_until.isoformat()
    if broadcast.split:
        detail["split"] = True
    if order.urgent:
        detail["urgent"] = True
    if order.recurrence:
        detail["rule"] = rule_text(order.recurrence.rule)
    if order.draft:
        detail |= {"draft": order.draft.pk, "version": order.seen_version}
    if broadcast.corrects_id:
        detail["corrects"] = broadcast.corrects_id
    return detail
