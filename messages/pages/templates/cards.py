"""A template as the library shows it: what it is for, and the message as a group would see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dingtalk.payloads import NOBODY
from messages.forms.typed import content_of, typed_of_content
from messages.models import Draft
from messages.preview.bubbles import Bubble, bubble_of
from messages.preview.mentions import Marks
from messages.rendering.contents import message_of


@dataclass(frozen=True, slots=True)
class Card:
    template: Draft
    bubble: Bubble


def card_of(template: Draft) -> Card:
    """Variables stand in it as they are written: they are different in each group."""
    return Card(template, drawn(template.msgtype, template.content))


def drawn(msgtype: str, content: Mapping[str, Any]) -> Bubble:
    shown = content_of(msgtype, typed_of_content(msgtype, content))
    return bubble_of(message_of(msgtype, shown), at=NOBODY, marks=Marks({}))
