"""What every check looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from dingtalk.payloads import At
from messages.history.quota import QuotaUse
from messages.history.waiting import engine_state
from messages.models import EngineState
from messages.schedule.wall_times import clock
from messages.services.budget import uses_of
from messages.services.tailoring import Tailoring
from robots.models import Organisation, Robot


@dataclass(frozen=True, slots=True)
class Scene:
    """`when`: the moment at which it would go out. `groups`: how many each organisation has, and `messages`: how many
    it has to pay for, by id, as `organisations` are, and `uses` of the month of that moment. `parts`: of the robots
    whose groups get several."""

    tailoring: Tailoring
    at: At
    robots: Sequence[Robot]
    when: datetime
    urgent: bool
    groups: Counter[int]
    messages: Counter[int]
    organisations: Mapping[int, Organisation]
    uses: Mapping[int, QuotaUse]
    engine: EngineState | None
    parts: Mapping[int, int] = field(default_factory=dict)

    def of_counted(self, groups: Counter[int], messages: Counter[int]) -> Scene:
        """For robots that were counted one by one, of some of the organisations."""
        return replace(
            self,
            groups=groups,
            messages=messages,
            organisations={pk: self.organisations[pk] for pk in groups if pk in self.organisations},
            uses={pk: self.uses[pk] for pk in groups if pk in self.uses},
        )


def scene_of(
    tailoring: Tailoring,
    *,
    at: At,
    robots: Sequence[Robot],
    when: datetime,
    urgent: bool,
    parts: Mapping[int, int],
) -> Scene:
    """A fixed number of queries, however many robots. `parts`: as for messages_of."""
    scene = empty_scene(tailoring, at=at, when=when, urgent=urgent)
    return replace(scene.of_counted(groups_of(robots), messages_of(robots, parts)), robots=robots, parts=parts)


def groups_of(robots: Iterable[Robot]) -> Counter[int]:
    """By organisation."""
    return Counter(robot.organisation_id for robot in robots)


def messages_of(robots: Sequence[Robot], parts: Mapping[int, int]) -> Counter[int]:
    """By organisation. `parts`: of the robots whose groups get more than one."""
    messages = groups_of(robots)
    for robot in robots if parts else ():
        messages[robot.organisation_id] += parts.get(robot.pk, 1) - 1
    return messages


def empty_scene(tailoring: Tailoring, *, at: At, when: datetime, urgent: bool) -> Scene:
    """With every organisation, and no robot yet."""
    organisations = Organisation.objects.in_bulk()
    return Scene(
        tailoring,
        at=at,
        robots=(),
        when=when,
        urgent=urgent,
        groups=Counter(),
        messages=Counter(),
        organisations=organisations,
        uses=uses_of(organisations.values(), when=when),
        engine=engine_state(),
    )


def shown(moment: datetime) -> str:
    """In the words of a finding: by the clocks of the installation."""
    return clock(moment, ZoneInfo(settings.TIME_ZONE))
