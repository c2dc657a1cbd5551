"""What a launch froze for one group, and what a run makes of it."""

from __future__ import annotations

from typing import TypeAlias

from django.utils.translation import gettext as _

from dingtalk.payloads import At, Message, cleaned, place_mentions
from messages.models import Broadcast, FirstGroup, Target
from messages.pages.drafts.pieces import Piece
from messages.preview.preview import PutIn
from messages.rendering.contents import message_of
from messages.rendering.endings import ended, with_ending
from messages.rendering.frozen import stored_ending, stored_mentions
from messages.rendering.marks import marked
from messages.rendering.message import template_of
from messages.rendering.parts import outgoing
from messages.rendering.values import RunFacts, values_of

Read: TypeAlias = tuple[Message, At]


class Frozen:
    """What the launch froze for the target."""

    def __init__(self, broadcast: Broadcast, target: Target, run: RunFacts) -> None:
        content = broadcast.content if target.override is None else broadcast.overrides[target.override]
        self._template = template_of(message_of(broadcast.msgtype, content))
        self._values = values_of(robot=target.robot_name, group=target.group_name, variables=target.variables, run=run)
        self._filled = self._template.filled(self._values).message
        self._ending = stored_ending(target.ending)
        self.at = stored_mentions(target.mentions, broadcast.at)
        self.message = with_ending(self._filled, self._ending, at=self.at)

    def messages(self) -> list[Read]:
        return [(part.message, part.at) for part in outgoing(self._filled, at=self.at, ending=self._ending)]

    def is_in(self, sent: Message) -> bool:
        """Whether these are its very words, with whom they mention."""
        return place_mentions(cleaned(self.message), self.at) == sent

    def pieces(self) -> list[Piece]:
        """What is said of those that change with each run is what its run says, or the plan."""
        pieces = [Piece(name, value, "") for name, value in self._template.shown(self._values)]
        if self._added:
            pieces.append(Piece("", self._added, _("because the text has none of the robot's keywords")))
        return pieces

    def put_in(self) -> PutIn | None:
        pieces = self.pieces()
        if not pieces:
            return None
        plain = self._template.plain
        message = self._template.message if plain else self._template.with_marks(self._values)
        if self._added:
            message = ended(message, marked(self._added, len(pieces) - 1))
        return PutIn(message, [piece.label for piece in pieces])

    @property
    def _added(self) -> str:
        """ "" where nothing had to be added at the end."""
        return self._ending.text if self._ending and self.message is not self._filled else ""


def facts_of(broadcast: Broadcast, run: int | None) -> RunFacts:
    """Of a run as its messages tell them; None: of the next one. What waited for a first group tells what that told."""
    counted = broadcast.runs.filter(resend_of=None).order_by("pk")
    if run is None:
        return RunFacts(broadcast.next_at or broadcast.planned_at, broadcast.zone, counted.count() + 1)
    waited = FirstGroup.objects.filter(broadcast=broadcast).exists()
    told = (counted.first() if waited else None) or broadcast.runs.get(pk=run)
    return RunFacts(told.planned_at, broadcast.zone, counted.filter(pk__lte=told.pk).count())
