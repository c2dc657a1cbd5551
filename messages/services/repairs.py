"""One press that mends what a check found."""

from __future__ import annotations

from dataclasses import replace

from audit.actors import Actor
from dingtalk.payloads import NOBODY, FeedCard, Message, message_to_dict
from messages.models import Draft
from messages.rendering.endings import Ending, with_ending
from messages.rendering.template import literal
from messages.services.content import message_of
from messages.services.drafts import save_draft
from messages.services.snapshots import Snapshot


def add_keyword(draft: Draft, *, keyword: str, by: Actor) -> Draft:
    """Put the keyword at the end of the draft's text, as one more version. Raises StaleDraft as save_draft does."""
    snapshot = Snapshot.of(draft)
    ended = _with_keyword(message_of(snapshot.msgtype, snapshot.content), keyword)
    content = message_to_dict(ended)[snapshot.msgtype]
    if not isinstance(content, dict):
        raise TypeError("a message's content is an object")
    return save_draft(draft=draft, snapshot=replace(snapshot, content=content), based_on=draft.version, by=by)


def _with_keyword(message: Message, keyword: str) -> Message:
    if isinstance(message, FeedCard) and message.links:
        first, *others = message.links
        return FeedCard((replace(first, title=f"{first.title} {literal(keyword)}"), *others))
    return with_ending(message, Ending((keyword,), literal(keyword)), at=NOBODY)
