"""One press that mends what a check found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from audit.actors import Actor
from dingtalk.payloads import NOBODY, ActionCard, FeedCard, Link, Markdown, Message, Text, message_to_dict
from messages.models import Draft
from messages.rendering.contents import message_of
from messages.rendering.endings import Ending, with_ending
from messages.rendering.template import literal
from messages.services.checks import Finding
from messages.services.drafts import save_draft
from messages.services.mending import mended
from messages.services.overrides import Chosen, Override, kept, overrides_of
from messages.services.snapshots import Snapshot
from robots.models import Robot


def add_keyword(draft: Draft, *, keyword: str, robots: Iterable[Robot], by: Actor) -> Draft:
    """Put the keyword at the end of what these robots' groups read, as one more version.

    Own words get it where one of the groups reads them, the words for all where one reads those. A text that has it
    already stays. Raises StaleDraft as save_draft does.
    """
    snapshot = Snapshot.of(draft)
    message, overrides = message_of(snapshot.msgtype, snapshot.content), overrides_of(snapshot.overrides)
    chosen = Chosen(overrides)
    read = {_source(chosen.of(robot), overrides) for robot in robots}
    content = message_to_dict(_with_keyword(message, keyword) if None in read else message)[snapshot.msgtype]
    if not isinstance(content, dict):
        raise TypeError("a message's content is an object")
    own = [
        _own_with_keyword(override, message, keyword) if position in read else override
        for position, override in enumerate(overrides)
    ]
    mended = replace(snapshot, content=content, overrides=kept(own))
    return save_draft(draft=draft, snapshot=mended, based_on=draft.version, by=by)


def mend(draft: Draft, finding: Finding, *, by: Actor) -> Draft:
    """As messages.services.mending, as one more version. Raises StaleDraft as save_draft does."""
    snapshot = mended(Snapshot.of(draft), finding)
    return save_draft(draft=draft, snapshot=snapshot, based_on=draft.version, by=by)


def _source(position: int | None, overrides: Sequence[Override]) -> int | None:
    """Where the text stands: the position of own words, or None for the words for all, which own titles go with."""
    return position if position is not None and overrides[position].text else None


def _own_with_keyword(override: Override, message: Message, keyword: str) -> Override:
    match _with_keyword(override.of(message), keyword):
        case Text(content=text) | Link(text=text) | Markdown(text=text) | ActionCard(text=text):
            return replace(override, text=text)
        case FeedCard():
            return override


def _with_keyword(message: Message, keyword: str) -> Message:
    if isinstance(message, FeedCard) and message.links:
        first, *others = message.links
        return FeedCard((replace(first, title=f"{first.title} {literal(keyword)}"), *others))
    return with_ending(message, Ending((keyword,), literal(keyword)), at=NOBODY)
