"""A part of the installation as the page and the report tell it: how it does, its facts, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from messages.states import Presentation

Text = str | Promise

FINE: Final = Presentation(_("In order"), "circle-check", "ok")
WAITS: Final = Presentation(_("Waits"), "clock-pause", "wait")
ATTENTION: Final = Presentation(_("Needs care"), "alert-triangle", "unsure")
BROKEN: Final = Presentation(_("Out of order"), "circle-x", "bad")
UNUSED: Final = Presentation(_("Not used"), "circle-minus", "off")
# The worst first: what a whole is like that has parts of several states.
_BY_WEIGHT: Final = (BROKEN, ATTENTION, WAITS, FINE, UNUSED)


@dataclass(frozen=True, slots=True)
class Fact:
    label: Text
    value: Text | int | datetime | None  # None: there is none
    url: str = ""

    @property
    def is_moment(self) -> bool:
        """Shown as one; so is none at all."""
        return self.value is None or isinstance(self.value, datetime)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be, and a sentence that says what to do about it."""

    state: Presentation
    advice: Text
    cause: Text = ""


@dataclass(frozen=True, slots=True)
class Part:
    key: str
    title: Text
    facts: Sequence[Fact]
    findings: Sequence[Finding] = field(default=())
    unused: Text = ""  # why there is nothing to look at

    @property
    def state(self) -> Presentation:
        if self.unused:
            return UNUSED
        return worst([finding.state for finding in self.findings])

    @property
    def needs_care(self) -> bool:
        """More than a little patience."""
        return self.state in (BROKEN, ATTENTION)


def worst(states: Sequence[Presentation]) -> Presentation:
    """FINE when there is none."""
    return min(states, key=_BY_WEIGHT.index, default=FINE)
