"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from robots.models import Robot

BLOCKER: Final = "blocker"
WARNING: Final = "warning"
NOTE: Final = "note"
Level = Literal["blocker", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`robot` is None for what concerns the whole message. A blocker of a robot is gone when the robot is left out.

    `asks`: sent only when somebody says yes to it. `place`: in the message, in DingTalk's keys. `value`: what a repair
    needs to know, such as the keyword; findings of one code with the same value are mended together.
    """

    robot: Robot | None
    level: Level
    code: str
    text: str
    asks: bool = False
    place: str = ""
    value: str = ""

    @property
    def key(self) -> str:
        """The same for all that are mended together."""
        return self.value or self.text


@dataclass(frozen=True, slots=True)
class Check:
    """`bytes` is the size of the largest body as it would go out, mentions and msgUuid included."""

    findings: tuple[Finding, ...]
    bytes: int

    @property
    def blockers(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level == BLOCKER)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.level == WARNING)

    @property
    def notes(self) -> tuple[Finding, ...]:
        """What is done for some groups, for information."""
        return tuple(finding for finding in self.findings if finding.level == NOTE)

    @property
    def questions(self) -> tuple[Finding, ...]:
        """Warnings that somebody has to say yes to."""
        return tuple(finding for finding in self.findings if finding.asks)
