"""What every check looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from dingtalk.payloads import At
from messages.services.planning import clock
from messages.services.tailoring import Tailoring
from robots.models import Organisation, Robot


@dataclass(frozen=True, slots=True)
class Scene:
    """`when`: the moment at which it would go out. `organisations` are those of the robots, by id."""

    tailoring: Tailoring
    at: At
    robots: Sequence[Robot]
    organisations: Mapping[int, Organisation]
    when: datetime
    urgent: bool


def shown(moment: datetime) -> str:
    """In the words of a finding: by the clocks of the installation."""
    return clock(moment, ZoneInfo(settings.TIME_ZONE))
