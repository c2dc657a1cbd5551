"""What every check looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from dingtalk.payloads import At
from messages.history.quota import QuotaUse
from messages.history.waiting import engine_state
from messages.models import EngineState
from messages.services.budget import uses_of
from messages.services.planning import clock
from messages.services.tailoring import Tailoring
from robots.models import Organisation, Robot


@dataclass(frozen=True, slots=True)
class Scene:
    """`when`: the moment at which it would go out. `counts`: how many messages each organisation has to pay for, by id,
    as `organisations` are, and `uses` of the month of that moment."""

    tailoring: Tailoring
    at: At
    robots: Sequence[Robot]
    when: datetime
    urgent: bool
    counts: Counter[int]
    organisations: Mapping[int, Organisation]
    uses: Mapping[int, QuotaUse]
    engine: EngineState | None

    def of_counted(self, counts: Counter[int]) -> Scene:
        """For robots that were counted one by one, of some of the organisations."""
        return replace(
            self,
            counts=counts,
            organisations={pk: self.organisations[pk] for pk in counts if pk in self.organisations},
            uses={pk: self.uses[pk] for pk in counts if pk in self.uses},
        )


def scene_of(tailoring: Tailoring, *, at: At, robots: Sequence[Robot], when: datetime, urgent: bool) -> Scene:
    """A fixed number of queries, however many robots."""
    counts = Counter(robot.organisation_id for robot in robots)
    scene = empty_scene(tailoring, at=at, when=when, urgent=urgent)
    return replace(scene.of_counted(counts), robots=robots)


def empty_scene(tailoring: Tailoring, *, at: At, when: datetime, urgent: bool) -> Scene:
    """With every organisation, and no robot yet."""
    organisations = Organisation.objects.in_bulk()
    return Scene(
        tailoring,
        at=at,
        robots=(),
        when=when,
        urgent=urgent,
        counts=Counter(),
        organisations=organisations,
        uses=uses_of(organisations.values(), when=when),
        engine=engine_state(),
    )


def shown(moment: datetime) -> str:
    """In the words of a finding: by the clocks of the installation."""
    return clock(moment, ZoneInfo(settings.TIME_ZONE))
