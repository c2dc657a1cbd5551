"""What sending again would do: which deliveries, which robots are left out and why, what it asks."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from dingtalk.payloads import At, PayloadError
from messages.history.chosen import NOT_ARRIVED, Chosen, resendable
from messages.models import Broadcast, BroadcastStatus, DeliveryStatus
from messages.rendering.chips import in_plain_words
from messages.rendering.contents import mapped, message_of
from messages.services.audience import as_they_are_now
from messages.services.budget import over_budget
from messages.services.checks import Check, check_launch
from robots.models import Organisation

# Each run is checked like a launch of its own: so many at once, and the rest by asking once more.
RUNS_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class Including:
    """What goes out besides the deliveries that failed or expired."""

    retries: bool = False  # those that wait for a retry by themselves: the resend takes their place
    uncertain: bool = False  # those of which nobody knows: the group may get the message twice


class Source(NamedTuple):
    """A delivery that can be sent again, in the order of _COLUMNS."""

    pk: int
    run_id: int
    broadcast_id: int
    robot_id: int | None
    robot_name: str
    group_name: str
    status: str
    body_id: int
    uncertain_tries: int
    part: int
    parts: int

    @property
    def is_retry(self) -> bool:
        return self.status == DeliveryStatus.WAITING and not self.uncertain_tries

    @property
    def is_uncertain(self) -> bool:
        """A safe retry that waits is one, too: the call before it may have arrived."""
        return self.status == DeliveryStatus.UNCERTAIN or (self.status == DeliveryStatus.WAITING and not self.is_retry)


_COLUMNS: Final = (*Source._fields[:2], "run__broadcast", *Source._fields[3:])


@dataclass(frozen=True, slots=True)
class LeftOut:
    text: str
    robots: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Of one broadcast."""

    broadcast: Broadcast
    count: int


@dataclass(frozen=True, slots=True)
class ResendPlan:
    """`again` goes out; `retries` and `uncertain` are how many of those there are, whether they go out or not."""

    again: tuple[Source, ...]
    failed: int
    retries: int
    uncertain: int
    parts: tuple[Part, ...]
    left_out: tuple[LeftOut, ...]
    warnings: tuple[str, ...]
    questions: tuple[str, ...]
    more: bool  # there are more runs than go at once
    seal: str  # changes with what could go out

    @property
    def possible(self) -> int:
        return self.failed + self.retries + self.uncertain


def plan_resend(chosen: Chosen, including: Including) -> ResendPlan:
    """Everything that a person has to see before, and the same again when it is done."""
    rows, more = _first_runs(
        Source(*row) for row in resendable(chosen.to_send_again()).values_list(*_COLUMNS).iterator()
    )
    checks = _Checks(rows)
    sound = [row for row in rows if not checks.objections(row)]
    again = tuple(_in_order(sound, including))
    return ResendPlan(
        again=again,
        failed=sum(row.status in NOT_ARRIVED for row in sound),
        retries=sum(row.is_retry for row in sound),
        uncertain=sum(row.is_uncertain for row in sound),
        parts=checks.parts(again),
        left_out=tuple(_left_out(rows, checks)),
        warnings=checks.warnings({row.broadcast_id for row in sound}),
        questions=checks.questions(again),
        more=more,
        seal=_seal(sound),
    )


def _first_runs(rows: Iterable[Source]) -> tuple[list[Source], bool]:
    runs: set[int] = set()
    taken: list[Source] = []
    for row in rows:
        if row.run_id not in runs and len(runs) >= RUNS_AT_ONCE:
            return taken, True
        runs.add(row.run_id)
        taken.append(row)
    return taken, False


def _in_order(rows: Iterable[Source], including: Including) -> Iterator[Source]:
    """What goes out; of a message in parts nothing behind a part that does not."""
    cut_off: set[tuple[int, int | None]] = set()
    for row in rows:
        message = row.run_id, row.robot_id
        if message not in cut_off and _is_included(row, including):
            yield row
        elif row.parts > 1:
            cut_off.add(message)


def _is_included(row: Source, including: Including) -> bool:
    if row.is_retry:
        return including.retries
    return including.uncertain if row.is_uncertain else True


def _left_out(rows: Iterable[Source], checks: _Checks) -> Iterator[LeftOut]:
    named: dict[str, dict[str, None]] = defaultdict(dict)
    for row in rows:
        for text in checks.objections(row):
            named[text][row.robot_name] = None
    for text, names in named.items():
        yield LeftOut(text, tuple(names))


def _seal(rows: Iterable[Source]) -> str:
    return hashlib.sha256(",".join(f"{row.pk}:{row.status}" for row in rows).encode()).hexdigest()


class _Checks:
    """The launch checks of every broadcast that is concerned, against the robots as they are now."""

    def __init__(self, rows: Sequence[Source]) -> None:
        self._robots = {robot.pk: robot for robot in as_they_are_now(_robot_ids(rows))}
        self._broadcasts = Broadcast.objects.in_bulk({row.broadcast_id for row in rows})
        self._checks = {pk: self._check(broadcast, rows) for pk, broadcast in self._broadcasts.items()}
        self._objections = {pk: _objections(check) for pk, check in self._checks.items() if check}

    def objections(self, row: Source) -> Sequence[str]:
        """Why it cannot go out; empty when nothing stands against it."""
        if self._broadcasts[row.broadcast_id].status == BroadcastStatus.CANCELLED:
            return [_("The broadcast was cancelled: nothing of it goes out any more.")]
        if row.robot_id not in self._robots:
            return [_("The robot was deleted: there is nobody to send it to.")]
        found = self._objections.get(row.broadcast_id)
        if found is None:
            return [_("The message is not one that DingTalk takes. Mend the draft and launch it again.")]
        return found.get(None) or found.get(row.robot_id, [])

    def parts(self, rows: Iterable[Source]) -> tuple[Part, ...]:
        counts = Counter(row.broadcast_id for row in rows)
        return tuple(Part(self._broadcasts[pk], count) for pk, count in counts.items())

    def warnings(self, broadcast_ids: Iterable[int]) -> tuple[str, ...]:
        """Each once, however many broadcasts it concerns; but for what is asked, which concerns all together."""
        checks = [check for pk in broadcast_ids if (check := self._checks[pk])]
        found = [finding for check in checks for finding in check.warnings if not finding.asks]
        texts = [f"{finding.robot.name}: {finding.text}" if finding.robot else finding.text for finding in found]
        return tuple(dict.fromkeys(texts))

    def questions(self, rows: Sequence[Source]) -> tuple[str, ...]:
        counts = Counter(self._robots[row.robot_id].organisation_id for row in rows if row.robot_id in self._robots)
        urgent = all(self._broadcasts[row.broadcast_id].urgent for row in rows)
        organisations = list(Organisation.objects.in_bulk(counts).values())
        return tuple(over_budget(organisations, counts, when=timezone.now(), urgent=urgent))

    def _check(self, broadcast: Broadcast, rows: Iterable[Source]) -> Check | None:
        """None when the message is none any more that this version could send."""
        ids = dict.fromkeys(row.robot_id for row in rows if row.broadcast_id == broadcast.pk)
        robots = [self._robots[pk] for pk in ids if pk in self._robots]
        # Whom it mentions was settled by the launch and stands in the very bodies that go out again.
        at, content = At(everyone=broadcast.at_everyone), mapped(broadcast.content, in_plain_words)
        try:
            message = message_of(broadcast.msgtype, content)
        except PayloadError:
            return None
        return check_launch(message=message, at=at, robots=robots, urgent=broadcast.urgent, split=broadcast.split)


def _objections(check: Check) -> Mapping[int | None, list[str]]:
    """By robot; under None what keeps the whole message from going out."""
    found: dict[int | None, list[str]] = defaultdict(list)
    for finding in check.blockers:
        if finding.code != "audience_empty":
            found[finding.robot.pk if finding.robot else None].append(finding.text)
    return found


def _robot_ids(rows: Iterable[Source]) -> dict[int, None]:
    return dict.fromkeys(row.robot_id for row in rows if row.robot_id is not None)
