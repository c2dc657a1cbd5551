"""Messages beyond the limit: whether they can go out in parts, in how many, and what to say of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dingtalk.payloads import At, Markdown, Message, Problem, Text
from messages.rendering.endings import Ending
from messages.rendering.parts import MOST_PARTS, Split, ending_for_parts, split
from messages.rendering.spans import Unit
from messages.services.checks.findings import BLOCKER, NOTE, Finding
from messages.services.content import problem_text
from messages.services.tailoring import GroupMessage, Tailoring, demanded_ending
from robots.models import Robot

TOO_LONG: Final = "too_long"
IN_PARTS: Final = "in_parts"
MOST_REMEMBERED: Final = 100


class InParts:
    """Asked robot by robot. `allowed`: somebody wants parts where a message is too long; else they are offered."""

    def __init__(self, tailoring: Tailoring, *, allowed: bool) -> None:
        self._tailoring = tailoring
        self._allowed = allowed
        self._known: dict[tuple[Message, At, Ending | None], Split] = {}
        self.counts: dict[int, int] = {}  # by robot, where there are several
        self._found: set[Finding | None] = set()

    @property
    def asked(self) -> bool:
        """For any group yet."""
        return bool(self._found)

    def of(self, robot: Robot, group: GroupMessage, too_long: Problem | None) -> Iterator[Finding]:
        found = self._finding(robot, group, too_long) if too_long else None
        if len(self._found) < 2:
            self._found.add(found)
        if found:
            yield replace(found, robot=robot)

    def general(self) -> tuple[Finding, ...]:
        """What holds for every group that was asked for."""
        return tuple(found for found in self._found if found and len(self._found) == 1)

    def of_nobody(self, at: At, too_long: Problem) -> Finding:
        """As it is written for all, while there is no group."""
        return self._told(self._split(self._tailoring.message, at, None), too_long)

    def _finding(self, robot: Robot, group: GroupMessage, too_long: Problem) -> Finding:
        bare = bare_message(self._tailoring, robot)
        done = self._split(bare, group.at, ending_in_parts(robot, bare))
        if self._allowed and done.parts:
            self.counts[robot.pk] = len(done.parts)
        return self._told(done, too_long)

    def _split(self, message: Message, at: At, ending: Ending | None) -> Split:
        key = message, at, ending
        if key not in self._known:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[key] = split(message, at=at, ending=ending) if isinstance(message, Text | Markdown) else Split()
        return self._known[key]

    def _told(self, done: Split, too_long: Problem) -> Finding:
        count = len(done.parts)
        if count and self._allowed:
            return Finding(None, NOTE, IN_PARTS, goes_out_in(count), value=str(count))
        hint = can_be_sent_in(count) if count else _obstacle(done)
        text = problem_text(too_long)
        if hint:
            text = _("%(sentence)s %(hint)s") % {"sentence": text, "hint": hint}
        return Finding(None, BLOCKER, TOO_LONG, text, place=too_long.field, value=str(count) if count else "")


def parts_in(tailoring: Tailoring, robot: Robot | None, *, at: At) -> Split:
    """Of what its group reads; None: of the message as it is written for all, with these mentions."""
    message = tailoring.message if robot is None else bare_message(tailoring, robot)
    if not isinstance(message, Text | Markdown):
        return Split()
    if robot is None:
        return split(message, at=at, ending=None)
    return split(message, at=tailoring.mentioned_in(robot).at, ending=ending_in_parts(robot, message))


def bare_message(tailoring: Tailoring, robot: Robot) -> Message:
    """What its group reads, before anything is added at the end."""
    template = tailoring.template_for(robot)
    return template.message if template.plain else template.filled(tailoring.values_of_robot(robot)).message


def ending_in_parts(robot: Robot, bare: Message) -> Ending | None:
    """What each part ends with that has none of the robot's keywords. `bare`: as bare_message gives it."""
    return ending_for_parts(bare, demanded_ending(robot), robot.keywords)


def goes_out_in(count: int) -> str:
    text = ngettext(
        "The message is too long for one. It goes out in %(count)d part, one after the other.",
        "The message is too long for one. It goes out in %(count)d parts, one after the other.",
        count,
    )
    return text % {"count": count}


def can_be_sent_in(count: int) -> str:
    text = ngettext("Or send it in %(count)d part.", "Or send it in %(count)d parts.", count)
    return text % {"count": count}


def may_be_sent_in(count: int) -> str:
    text = ngettext(
        "It can be sent in %(count)d part: choose that when you send it.",
        "It can be sent in %(count)d parts: choose that when you send it.",
        count,
    )
    return text % {"count": count}


def _obstacle(done: Split) -> str:
    """Why it cannot be sent in parts either; "" for types that have none."""
    if done.too_many:
        return _("It is too long for %(count)d parts, too.") % {"count": MOST_PARTS}
    match done.unit:
        case Unit.LIST_ITEM:
            return _("It cannot be sent in parts: one list item alone is too long for a part. Make two of it.")
        case Unit.LINK:
            return _("It cannot be sent in parts: one link alone is too long for a part. Shorten its words.")
        case Unit.EMPHASIS:
            return _("It cannot be sent in parts: one stretch of bold or italic words is too long for a part.")
        case _:
            return ""
