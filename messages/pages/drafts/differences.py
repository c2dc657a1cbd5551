"""How two states of a draft differ, in words. The message itself is shown as two bubbles instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from messages.models import MessageType
from messages.services.overrides import names_of, overrides_of
from messages.services.snapshots import LINKS, Snapshot


@dataclass(frozen=True, slots=True)
class Difference:
    label: str | Promise
    theirs: str
    mine: str


LABELS: Final[Mapping[str, Promise]] = {
    "name": gettext_lazy("Name"),
    "msgtype": gettext_lazy("Type"),
    "content": gettext_lazy("Message"),
    "overrides": gettext_lazy("Own words of groups"),
    "mention_everyone": gettext_lazy("Mention everyone"),
    "mention_sharing": gettext_lazy("Share the people out over the groups"),
    "mention_recipients": gettext_lazy("Mentioned recipients"),
    "mention_lists": gettext_lazy("Mentioned lists"),
    "all_robots": gettext_lazy("All robots"),
    "robots": gettext_lazy("Robots"),
    "tags": gettext_lazy("Tags"),
}


def differences(theirs: Snapshot, mine: Snapshot) -> list[Difference]:
    return [Difference(LABELS[name], _words(name, theirs), _words(name, mine)) for name in mine.changes_from(theirs)]


def _words(name: str, snapshot: Snapshot) -> str:
    value = getattr(snapshot, name)
    match name:
        case "name":
            return str(value)
        case "msgtype":
            return str(MessageType(value).label)
        case "content":
            return _("see the message")
        case "overrides":
            return _(", ").join(names_of(overrides_of(value)).values()) or _("none")
        case "mention_everyone" | "mention_sharing" | "all_robots":
            return _("yes") if value else _("no")
        case _:
            return _names(name, value)


def _names(name: str, ids: Sequence[int]) -> str:
    rows = LINKS[name]._default_manager.filter(pk__in=ids)
    return _(", ").join(str(row) for row in rows) or _("nobody")
