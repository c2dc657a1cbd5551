"""What a broadcast says, as its groups see it, and whom it mentions."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from dingtalk.payloads import PayloadError
from messages.models import Broadcast
from messages.pages.broadcasts.people import names_of
from messages.pages.drafts.remarks import Remark, hints_of
from messages.preview.bubbles import Bubble, bubble_of
from messages.preview.mentions import marks_of
from messages.preview.preview import Preview, preview_of
from messages.rendering.contents import message_of
from messages.rendering.parts import outgoing


@dataclass(frozen=True, slots=True)
class ShownContent:
    """`preview` is None for a message that no version of ours could have sent: then `raw` shows it as it is stored.

    `parts`: of a message that is too long for one, as all groups get it.
    """

    preview: Preview | None
    parts: Sequence[Bubble]
    raw: str
    mentioned: list[str]
    everyone: bool

    @property
    def hints(self) -> Sequence[Remark]:
        return hints_of(self.preview.hints) if self.preview else ()


def shown_content(broadcast: Broadcast) -> ShownContent:
    at = broadcast.at
    names = names_of([*at.mobiles, *at.user_ids])
    marks = marks_of(at, names)
    preview, parts = None, []
    try:
        message = message_of(broadcast.msgtype, broadcast.content)
        preview = preview_of(message, at=at, names=names)
        if broadcast.split and not broadcast.tailored:
            sent = outgoing(message, at=at, ending=None)
            parts = [bubble_of(part.message, at=part.at, marks=marks) for part in sent]
    except PayloadError:
        pass
    return ShownContent(
        preview=preview,
        parts=parts,
        raw="" if preview else json.dumps(broadcast.content, ensure_ascii=False, indent=2),
        mentioned=[mark.shown for mark in marks.by_token.values()],
        everyone=at.everyone,
    )
