"""What every check looks at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    """`when`: the moment at which it would go out. `organisations` are those of the robots, by id, as `uses` are of the
    month of that moment."""

    tailoring: Tailoring
    at: At
    robots: Sequence[Robot]
    when: datetime
    urgent: bool
    organisations: Mapping[int, Organisation]
    uses: Mapping[int, QuotaUse]
    engine: EngineState | None

    def messages_by_organisation(self) -> Counter[int]:
        """How many each has to pay for."""
        return Counter(robot.organisation_id for robot in self.robots)


def scene_of(tailoring: Tailoring, *, at: At, robots: Sequence[Robot], when: datetime, urgent: bool) -> Scene:
    """A fixed number of queries, however many robots."""
    organisations = Organisation.objects.in_bulk({robot.organisation_id for robot in robots})
    return Scene(
        tailoring,
        at=at,
        robots=robots,
        when=when,
        urgent=urgent,
        organisations=organisations,
        uses=uses_of(organisations.values(), when=when),
        engine=engine_state(),
    )


def shown(moment: datetime) -> str:
    """In the words of a finding: by the clocks of the installation."""
    return clock(moment, ZoneInfo(settings.TIME_ZONE))
