"""What a broadcast says, as its groups see it, and whom it mentions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from dingtalk.payloads import PayloadError
from messages.models import Broadcast
from messages.pages.broadcasts.people import names_of
from messages.preview.bubbles import Bubble, bubble_of
from messages.preview.mentions import marks_of
from messages.rendering.parts import outgoing
from messages.services.content import message_of


@dataclass(frozen=True, slots=True)
class ShownContent:
    """`bubble` is None for a message that no version of ours could have sent: then `raw` shows it as it is stored.

    `parts`: of a message that is too long for one, as all groups get it.
    """

    bubble: Bubble | None
    parts: Sequence[Bubble]
    raw: str
    mentioned: list[str]
    everyone: bool


def shown_content(broadcast: Broadcast) -> ShownContent:
    at = broadcast.at
    marks = marks_of(at, names_of([*at.mobiles, *at.user_ids]))
    bubble, parts = None, []
    try:
        message = message_of(broadcast.msgtype, broadcast.content)
        bubble = bubble_of(message, at=at, marks=marks)
        if broadcast.split and not broadcast.tailored:
            sent = outgoing(message, at=at, ending=None)
            parts = [bubble_of(part.message, at=part.at, marks=marks) for part in sent]
    except PayloadError:
        pass
    return ShownContent(
        bubble=bubble,
        parts=parts,
        raw="" if bubble else json.dumps(broadcast.content, ensure_ascii=False, indent=2),
        mentioned=[mark.shown for mark in marks.by_token.values()],
        everyone=at.everyone,
    )
