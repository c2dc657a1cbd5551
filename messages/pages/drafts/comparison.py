"""A version beside the draft as it is now: each text with its changed words, and what else differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from messages.forms.typed import Row, Typed, typed_of_content
from messages.models import MessageType
from messages.pages.drafts.changed_words import marked_words
from messages.pages.drafts.differences import LABELS, Difference, differences
from messages.services.overrides import Override, names_of, overrides_of
from messages.services.snapshots import Snapshot

_IN_WORDS: Final = ("content", "overrides")  # what is shown by the texts themselves


def comparison(then: Snapshot, now: Snapshot) -> list[Difference]:
    """What is gone since is marked on the left, what is new on the right."""
    told = [difference for difference in differences(then, now) if difference.label not in _labels()]
    before, after = _texts(then), _texts(now)
    labels = {**before, **after}
    marked = [
        Difference(label, *marked_words(before.get(label, ""), after.get(label, "")))
        for label in labels
        if before.get(label, "") != after.get(label, "")
    ]
    return [*told, *marked]


def changed_in_words(earlier: Snapshot | None, later: Snapshot) -> str:
    """ "" for the first version."""
    return _(", ").join(str(LABELS[name]) for name in later.changes_from(earlier)) if earlier else ""


def _labels() -> Sequence[object]:
    return [LABELS[name] for name in _IN_WORDS]


def _texts(snapshot: Snapshot) -> dict[str, str]:
    """By what they are called; empty ones are left out."""
    typed = typed_of_content(snapshot.msgtype, snapshot.content)
    overrides = overrides_of(snapshot.overrides)
    texts = {**_of_message(snapshot.msgtype, typed), **dict(_of_own_words(overrides))}
    return {label: text for label, text in texts.items() if text}


def _of_message(msgtype: str, typed: Typed) -> Mapping[str, str]:
    return {
        _("Title"): typed.title,
        _("Summary") if msgtype == MessageType.LINK else pgettext("field", "Text"): typed.text,
        _("Words on the card's button"): typed.single_title,
        _("Where it leads"): typed.url,
        _("Picture"): typed.picture,
        _("Buttons"): _lines(typed.buttons),
        _("Links"): _lines(typed.feed),
    }


def _of_own_words(overrides: Sequence[Override]) -> Iterator[tuple[str, str]]:
    names = names_of(overrides)
    for override in overrides:
        words = "\n".join(filter(None, (override.title, override.text)))
        yield _("Words for %(name)s") % {"name": names[override] or _("(deleted)")}, words


def _lines(rows: Sequence[Row]) -> str:
    return "\n".join(" · ".join(filter(None, (row.title, row.url, row.picture))) for row in rows if row)
