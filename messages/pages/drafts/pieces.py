"""What was put into a message for one group, and where each piece comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from messages.preview.preview import PutIn
from messages.services.tailoring import GroupMessage, Tailoring, Used, demanded_ending
from robots.models import Robot


@dataclass(frozen=True, slots=True)
class Piece:
    """`name` of a variable, "" for what is added at the end. `value` None: there is none in this group."""

    name: str
    value: str | None
    source: str

    @property
    def label(self) -> str:
        return " · ".join(filter(None, (f"{{{{ {self.name} }}}}" if self.name else "", self.source)))


def pieces_of(group: GroupMessage, robot: Robot) -> list[Piece]:
    """In the order of the marks of Tailoring.with_marks."""
    return [*map(_of_variable, group.used), *_of_ending(group, robot)]


def put_in(tailoring: Tailoring, group: GroupMessage, robot: Robot) -> PutIn | None:
    pieces = pieces_of(group, robot)
    return PutIn(tailoring.with_marks(robot, group), [piece.label for piece in pieces]) if pieces else None


def _of_variable(used: Used) -> Piece:
    if used.built_in:
        return Piece(used.name, used.value, _("set by itself"))
    if used.said_by:
        return Piece(used.name, used.value, _("from the tag “%(tag)s”") % {"tag": used.said_by})
    return Piece(used.name, used.value, "" if used.value is None else _("from the robot"))


def _of_ending(group: GroupMessage, robot: Robot) -> Iterator[Piece]:
    if group.ended and (ending := demanded_ending(robot)):
        if ending.text == robot.footer:
            yield Piece("", ending.text, _("the robot's footer, because the text has none of its keywords"))
        else:
            yield Piece("", ending.text, _("the robot's keyword, which the text lacks"))
