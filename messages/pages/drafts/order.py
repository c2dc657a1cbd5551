"""What would be launched of a draft, as the page shows it and as it is launched."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.http import QueryDict

from dingtalk.payloads import At, Message, has_keyword, place_mentions
from dingtalk.payloads.wire import body_bytes
from messages.forms.composition import Composition, composition_of_draft, numbers_in
from messages.models import Draft
from messages.pages.drafts.panel import Panel, panel_for
from messages.pages.drafts.written import audience_of, mentions_of, tailoring_for
from messages.services.audience import read_audience
from messages.services.checks import Check, Finding
from messages.services.checks.parts import TOO_LONG
from messages.services.tailoring import Tailoring
from robots.models import Organisation, Robot

NAMED = 12  # robots that a finding names, before it counts the rest


@dataclass(frozen=True, slots=True)
class Order:
    """`left_out`: robots of the draft's audience that are kept out of this launch."""

    draft: Draft
    composition: Composition
    tailoring: Tailoring
    at: At
    robots: Sequence[Robot]
    left_out: Sequence[Robot]

    @property
    def message(self) -> Message:
        return self.tailoring.message

    @property
    def groups(self) -> int:
        return len(self.robots)

    @property
    def seal(self) -> str:
        """Changes with anything that would go out differently: content, mentions, groups, their variables."""
        robots = ",".join(map(self._sealed, self.robots))
        own = repr(self.tailoring.overrides) if self.tailoring.overrides else ""
        return hashlib.sha256(body_bytes(self.message, self.at) + own.encode() + robots.encode()).hexdigest()

    @property
    def without(self) -> str:
        return ",".join(str(robot.pk) for robot in self.left_out)

    def showing(self, asked: QueryDict) -> Order:
        """Previewed in the group that is asked for."""
        return replace(self, composition=self.composition.showing(asked))

    def panel(self) -> Panel:
        return panel_for(self.tailoring, at=self.at, robots=self.robots, composition=self.composition)

    def lacking(self, keyword: str) -> list[Robot]:
        """Robots that ask for this keyword, in whose groups the message has none of those that they ask for."""
        asking = [robot for robot in self.robots if keyword in robot.keywords]
        return [robot for robot in asking if not self._is_met(robot)]

    def _is_met(self, robot: Robot) -> bool:
        group = self.tailoring.of(robot)
        return has_keyword(place_mentions(group.message, group.at), robot.keywords)

    def _sealed(self, robot: Robot) -> str:
        ending = self.tailoring.ending_of(robot)
        position = self.tailoring.override_of(robot)
        if self.tailoring.plain:
            return f"{robot.pk}{ending.text}" if ending else str(robot.pk)
        own = sorted(self.tailoring.variables_of(robot).items())
        at = self.tailoring.mentioned_in(robot).at
        return repr((robot.pk, robot.name, robot.group_name, own, ending, position, at))


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """One thing that is wrong, with every robot that it concerns; none when it concerns the message."""

    code: str
    text: str
    robots: tuple[Robot, ...]
    value: str = ""

    @property
    def parts(self) -> int:
        """In how many one press sends it; 0 where that mends nothing."""
        return int(self.value or 0) if self.code == TOO_LONG else 0

    @property
    def more(self) -> int:
        """How many are not named."""
        return max(0, len(self.robots) - NAMED)

    @property
    def keyword(self) -> str:
        """What one press may add to the text; "" where that mends nothing."""
        return str(self.robots[0].keywords[0]) if self.code == "keyword_missing" else ""

    @property
    def leave(self) -> str:
        return ",".join(str(robot.pk) for robot in self.robots)


def order_of(
    draft: Draft, *, without: Iterable[int], planned_at: datetime | None = None, zone: str | None = None
) -> Order:
    """`planned_at` and `zone`: of the run whose date and time are written; None: now, and the default one."""
    composition = composition_of_draft(draft)
    snapshot = composition.snapshot(name=draft.name)
    at = mentions_of(snapshot)
    audience, kept_out = read_audience(audience_of(snapshot)), set(without)
    robots = [robot for robot in audience if robot.pk not in kept_out]
    return Order(
        draft=draft,
        composition=composition,
        tailoring=tailoring_for(snapshot, robots, at=at, planned_at=planned_at, zone=zone),
        at=at,
        robots=robots,
        left_out=[robot for robot in audience if robot.pk in kept_out],
    )


def order_asked(draft: Draft, posted: QueryDict, *, further: str = "") -> Order:
    """As it stands on the page, where the person has it before them. `further`: robots that are left out as well."""
    without = numbers_in(f"{posted.get('without', '')},{further}")
    return order_of(draft, without=without).showing(posted)


def grouped(findings: Iterable[Finding]) -> list[FindingGroup]:
    """Robots of which the same is said stand together, in the order of the check."""
    groups: dict[tuple[str, str, str], list[Robot]] = {}
    for finding in findings:
        robots = groups.setdefault((finding.code, finding.text, finding.value), [])
        if finding.robot:
            robots.append(finding.robot)
    return [FindingGroup(code, text, tuple(robots), value) for (code, text, value), robots in groups.items()]


def all_robots_of(check: Check) -> str:
    """Every robot that keeps the launch from happening."""
    robots = {finding.robot.pk: finding.robot for finding in check.blockers if finding.robot}
    return ",".join(str(pk) for pk in robots)


def has_reserve(robots: Iterable[Robot]) -> bool:
    """Whether one of their organisations keeps something for urgent broadcasts."""
    return Organisation.objects.filter(pk__in={robot.organisation_id for robot in robots}, reserve__gt=0).exists()
