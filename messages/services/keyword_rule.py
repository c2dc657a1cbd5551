"""The keyword check of one message against many robots."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dingtalk.payloads import FeedCard, Link, Message, has_keyword


class KeywordRule:
    """Robots with the same keywords are judged once."""

    def __init__(self, message: Message) -> None:
        self._message = message
        self._known: dict[tuple[str, ...], bool] = {}

    def is_met(self, keywords: Sequence[str]) -> bool:
        key = tuple(keywords)
        if key not in self._known:
            self._known[key] = has_keyword(self._message, key)
        return self._known[key]

    def refusal(self, keywords: Sequence[str]) -> str:
        return self._sentence(len(keywords)) % {"keywords": _(", ").join(keywords)}

    def _sentence(self, count: int) -> str:
        match self._message:
            case Link():
                return ngettext(
                    "This group's robot only accepts messages that contain %(keywords)s. Add it to the title or text.",
                    "This group's robot only accepts messages that contain one of these words: %(keywords)s."
                    " Add one to the title or text.",
                    count,
                )
            case FeedCard():
                return ngettext(
                    "This group's robot only accepts messages that contain %(keywords)s. Add it to a link's title.",
                    "This group's robot only accepts messages that contain one of these words: %(keywords)s."
                    " Add one to a link's title.",
                    count,
                )
            case _:
                return ngettext(
                    "This group's robot only accepts messages that contain %(keywords)s. Add it to the text.",
                    "This group's robot only accepts messages that contain one of these words: %(keywords)s."
                    " Add one to the text.",
                    count,
                )
