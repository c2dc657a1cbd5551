"""Everything that stands on the compose page, from a draft or as it was sent by the browser."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from itertools import zip_longest
from typing import Final
from uuid import UUID

from django.http import QueryDict

from dingtalk.text import clean_text
from messages.forms.typed import MAX_ROWS, Typed, carried_over, content_of, typed_of_content, typed_of_post
from messages.models import Draft, MessageType
from messages.services.overrides import KINDS as OVERRIDE_KINDS
from messages.services.overrides import Override, overrides_of
from messages.services.snapshots import Snapshot

KINDS: Final = ("robots", "tags", "mention_recipients", "mention_lists")  # what is picked from lists


@dataclass(frozen=True, slots=True)
class Composition:
    """`draft` None: not saved yet. `based_on` is the version that the person began to edit.

    `searches`: what stands in the search box of each list to pick from, and of the groups to be shown. `shown`: the
    robot in whose group the preview shows the message; None for the first. `page` tells the open page from all others
    that may show the same draft; None when it was not sent along.
    """

    draft: int | None = None
    based_on: int | None = None
    name: str = ""
    msgtype: str = MessageType.TEXT
    typed: Typed = Typed()  # noqa: RUF009 - frozen
    overrides: tuple[Override, ...] = ()
    everyone: bool = False
    sharing: bool = False
    all_robots: bool = False
    picked: dict[str, tuple[int, ...]] = field(default_factory=dict)
    searches: dict[str, str] = field(default_factory=dict)
    shown: int | None = None
    page: UUID | None = None

    def snapshot(self, *, name: str) -> Snapshot:
        return Snapshot(
            name=name,
            msgtype=self.msgtype,
            content=content_of(self.msgtype, self.typed),
            mention_everyone=self.everyone,
            mention_recipients=self.picked.get("mention_recipients", ()),
            mention_lists=self.picked.get("mention_lists", ()),
            mention_sharing=self.sharing,
            all_robots=self.all_robots,
            robots=self.picked.get("robots", ()),
            tags=self.picked.get("tags", ()),
            overrides=[asdict(override) for override in self.overrides],
        )

    def with_typed(self, typed: Typed) -> Composition:
        return replace(self, typed=typed)

    def of_type(self, msgtype: str) -> Composition:
        return replace(self, msgtype=msgtype, typed=carried_over(self.typed, to=msgtype))

    def based_upon(self, version: int) -> Composition:
        return replace(self, based_on=version)

    def showing(self, asked: QueryDict) -> Composition:
        """Previewed in the group that is asked for, with the search for another one."""
        searches = {**self.searches, "shown": _search(asked, "shown")}
        return replace(self, searches=searches, shown=number_of(asked.get("shown", "")))

    def unsaved(self) -> Composition:
        return replace(self, draft=None, based_on=None, page=None)

    @property
    def empty(self) -> bool:
        """Nobody has written or chosen anything yet."""
        return self.snapshot(name=self.name) == Composition(msgtype=self.msgtype).snapshot(name="")


def composition_of_draft(draft: Draft) -> Composition:
    return composition_of_snapshot(Snapshot.of(draft), draft=draft.pk, based_on=draft.version)


def composition_of_snapshot(
    snapshot: Snapshot, *, draft: int | None = None, based_on: int | None = None
) -> Composition:
    return Composition(
        draft=draft,
        based_on=based_on,
        name=snapshot.name,
        msgtype=snapshot.msgtype,
        typed=typed_of_content(snapshot.msgtype, snapshot.content),
        overrides=overrides_of(snapshot.overrides),
        everyone=snapshot.mention_everyone,
        sharing=snapshot.mention_sharing,
        all_robots=snapshot.all_robots,
        picked={kind: tuple(getattr(snapshot, kind)) for kind in KINDS},
    )


def composition_of_post(post: QueryDict, *, draft: int | None = None) -> Composition:
    msgtype = post.get("msgtype", "")
    return Composition(
        draft=draft or number_of(post.get("draft", "")),
        based_on=number_of(post.get("based_on", "")),
        name=clean_text(post.get("name", "")).strip(),
        msgtype=msgtype if msgtype in MessageType.values else MessageType.TEXT,
        typed=typed_of_post(post),
        overrides=_overrides(post),
        everyone=post.get("everyone") == "1",
        sharing=post.get("sharing") == "1",
        all_robots=post.get("all_robots") == "1",
        picked={kind: _numbers(post.getlist(kind)) for kind in KINDS},
        searches={kind: _search(post, kind) for kind in (*KINDS, "shown")},
        shown=number_of(post.get("shown", "")),
        page=uuid_of(post.get("page", "")),
    )


def uuid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _overrides(post: QueryDict) -> tuple[Override, ...]:
    columns = [post.getlist(f"own_{name}")[:MAX_ROWS] for name in ("kind", "pk", "title", "text")]
    rows = [tuple(map(clean_text, row)) for row in zip_longest(*columns, fillvalue="")]
    return tuple(
        Override(kind, number, title.strip(), text)
        for kind, pk, title, text in rows
        if kind in OVERRIDE_KINDS and (number := number_of(pk)) is not None
    )


def _search(post: QueryDict, kind: str) -> str:
    return clean_text(post.get(f"search_{kind}", "")).strip()[:100]


def _numbers(texts: list[str]) -> tuple[int, ...]:
    return tuple(sorted({number for text in texts if (number := number_of(text)) is not None}))


def number_of(text: str) -> int | None:
    """Digits that are no database's number are no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def numbers_in(text: str) -> list[int]:
    """Of a text like "3,7"; what is no number is passed over."""
    return [number for part in text.split(",") if (number := number_of(part)) is not None]
