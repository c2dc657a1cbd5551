"""A draft as it was saved once: what a form hands to save_draft, and what a DraftVersion keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from django.db.models import Model

from dingtalk.text import clean_text
from messages.models import Draft
from messages.services.overrides import kept, overrides_of
from robots.models import Recipient, RecipientList, Robot, Tag

# The many-to-many fields of a draft, kept as ids.
LINKS: Final[Mapping[str, type[Model]]] = {
    "mention_recipients": Recipient,
    "mention_lists": RecipientList,
    "robots": Robot,
    "tags": Tag,
}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`content` is the object under the msgtype's key in DingTalk's body; it may be incomplete.

    `overrides` as Draft.overrides; a version from before there were any has none.
    """

    name: str
    msgtype: str
    content: Mapping[str, Any]
    mention_everyone: bool = False
    mention_recipients: Sequence[int] = ()
    mention_lists: Sequence[int] = ()
    mention_sharing: bool = False
    all_robots: bool = False
    robots: Sequence[int] = ()
    tags: Sequence[int] = ()
    overrides: Sequence[Mapping[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, draft: Draft) -> Snapshot:
        values: dict[str, Any] = {name: getattr(draft, name) for name in VALUES}
        for name in LINKS:
            values[name] = tuple(getattr(draft, name).order_by("pk").values_list("pk", flat=True))
        return cls(**values)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Snapshot:
        values: dict[str, Any] = {name: tuple(value) if name in LINKS else value for name, value in kept.items()}
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        return {name: list(value) if name in LINKS else value for name, value in asdict(self).items()}

    def settled(self) -> Snapshot:
        """Fit to be stored: ids in order and only of rows that still exist, text without what no database takes."""
        links: dict[str, Any] = {name: _existing(model, getattr(self, name)) for name, model in LINKS.items()}
        name, overrides = fitting_name(self.name), kept(overrides_of(self.overrides))
        return replace(self, name=name, content=_storable(self.content), overrides=overrides, **links)

    def changes_from(self, other: Snapshot) -> list[str]:
        return [name for name in FIELDS if getattr(self, name) != getattr(other, name)]


FIELDS: Final = tuple(Snapshot.__dataclass_fields__)
VALUES: Final = tuple(name for name in FIELDS if name not in LINKS)
NAME_LENGTH: Final = 100


def fitting_name(written: str) -> str:
    """As long as there is room for, and without what no database takes."""
    return clean_text(written).strip()[:NAME_LENGTH]


def _existing(model: type[Model], ids: Sequence[int]) -> tuple[int, ...]:
    if not ids:
        return ()
    return tuple(model._default_manager.filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))


def _storable(value: Any) -> Any:
    """Line ends as one, and without NUL and half characters, which PostgreSQL's jsonb refuses."""
    match value:
        case str():
            return clean_text(value)
        case Mapping():
            return {clean_text(str(key)): _storable(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_storable(inner) for inner in value]
        case _:
            return value
