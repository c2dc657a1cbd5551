"""What a broadcast says, as its groups see it, and whom it mentions."""

from __future__ import annotations

import json
from dataclasses import dataclass

from dingtalk.payloads import At, PayloadError
from messages.models import Broadcast
from messages.pages.broadcasts.people import names_of
from messages.preview.bubbles import Bubble, bubble_of
from messages.preview.mentions import marks_of
from messages.services.content import message_of


@dataclass(frozen=True, slots=True)
class ShownContent:
    """`bubble` is None for a message that no version of ours could have sent: then `raw` shows it as it is stored."""

    bubble: Bubble | None
    raw: str
    mentioned: list[str]
    everyone: bool


def shown_content(broadcast: Broadcast) -> ShownContent:
    at = At(
        mobiles=tuple(broadcast.at_mobiles),
        user_ids=tuple(broadcast.at_user_ids),
        everyone=broadcast.at_everyone,
    )
    marks = marks_of(at, names_of([*at.mobiles, *at.user_ids]))
    try:
        bubble = bubble_of(message_of(broadcast.msgtype, broadcast.content), at=at, marks=marks)
    except PayloadError:
        bubble = None
    return ShownContent(
        bubble=bubble,
        raw="" if bubble else json.dumps(broadcast.content, ensure_ascii=False, indent=2),
        mentioned=[mark.shown for mark in marks.by_token.values()],
        everyone=at.everyone,
    )
