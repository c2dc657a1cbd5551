"""Templates as files: one, a category or the whole library. What is exported is what the import takes.

A library is a list of `{"name": …, "category": …, "description": …, "message": {…}}`, where the message is a body as
`manage.py send --message` takes it. The file of one template is that message alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from audit.actors import Actor
from audit.log import record
from dingtalk.text import clean_text
from messages.models import Draft, DraftVersion, Shelf
from messages.services.content import summary
from messages.services.message_files import (
    Fault,
    FileRefused,
    content_for_page,
    read_body,
    read_json,
    written_body,
)
from messages.services.snapshots import NAME_LENGTH, Snapshot, fitting_name
from messages.services.templates import categories, described, known_category, templates

MAX_LIBRARY_BYTES: Final = 20_000_000
MOST_TEMPLATES: Final = 10_000
_KEYS: Final = ("name", "category", "description", "message")
_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """One template of a file, or of those that come along."""

    name: str
    msgtype: str
    content: Mapping[str, Any]
    category: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Added:
    """`there`: those that stand in the library already, word for word."""

    templates: int
    there: int


def written_library(*, category: str | None = None) -> bytes:
    """What read_library reads. `category` None: all of it; "": what has none."""
    entries = [
        {
            "name": template.name,
            "category": template.category,
            "description": template.description,
            "message": written_body(template),
        }
        for template in _library(category).iterator(chunk_size=_AT_ONCE)
    ]
    return json.dumps(entries, ensure_ascii=False, indent=2).encode() + b"\n"


def read_library(raw: bytes, *, called: str, name: str) -> list[Entry]:
    """`name`: of the template in a file that holds one message alone. Raises FileRefused with all that is wrong."""
    given = read_json(raw, called=called, most_bytes=MAX_LIBRARY_BYTES)
    if isinstance(given, dict) and "message" not in given:
        msgtype, content = content_for_page(read_body(given))
        return [Entry(fitting_name(name), msgtype, content)]
    rows = [given] if isinstance(given, dict) else given
    if not isinstance(rows, list) or not rows:
        text = _("The file must be a message in { }, or a list of templates in [ ].")
        raise FileRefused([Fault("not_a_library", text)])
    if len(rows) > MOST_TEMPLATES:
        text = _("The file has more than %(most)d templates. Import it in parts.") % {"most": MOST_TEMPLATES}
        raise FileRefused([Fault("too_many_templates", text)])
    return _entries(rows)


@transaction.atomic
def add_templates(entries: Sequence[Entry], *, by: Actor) -> Added:
    """All of them, but for those that are there already; none when one fails."""
    spelled = _spelled(entries)
    new = list(_not_there(entries, spelled))
    for start in range(0, len(new), _AT_ONCE):
        _insert(new[start : start + _AT_ONCE], spelled, by)
    if new:
        record("template.imported", by=by, detail={"templates": len(new), "there": len(entries) - len(new)})
    return Added(len(new), len(entries) - len(new))


def not_there(entries: Sequence[Entry]) -> list[Entry]:
    """Those that would be new in the library."""
    return list(_not_there(entries, _spelled(entries)))


def _library(category: str | None) -> QuerySet[Draft]:
    wanted = templates() if category is None else templates().filter(category=category)
    return wanted.order_by("category", "name", "pk")


def _entries(rows: Sequence[object]) -> list[Entry]:
    entries, faults = [], []
    for number, row in enumerate(rows, start=1):
        try:
            entries.append(_entry(row))
        except FileRefused as refused:
            faults += [Fault(fault.code, _placed(fault.text, number, row)) for fault in refused.faults]
    if faults:
        raise FileRefused(faults)
    return entries


def _placed(text: str, number: int, row: object) -> str:
    name = row.get("name") if isinstance(row, dict) else None
    if isinstance(name, str) and name.strip():
        told = {"number": number, "name": name.strip()[:NAME_LENGTH], "fault": text}
        return _("Template %(number)d, “%(name)s”: %(fault)s") % told
    return _("Template %(number)d: %(fault)s") % {"number": number, "fault": text}


def _entry(row: object) -> Entry:
    if not isinstance(row, dict):
        raise FileRefused([Fault("no_template", _("A template must be an object in { }."))])
    faults = [*_faults(row)]
    message = row.get("message")
    body = message if isinstance(message, dict) else None
    try:
        if body is not None:
            read = read_body(body)
            msgtype, content = content_for_page(read)
    except FileRefused as refused:
        faults += refused.faults
    if faults or body is None:
        raise FileRefused(faults)
    name = clean_text(str(row.get("name") or "")).strip() or summary(read)
    return Entry(
        fitting_name(name), msgtype, content, str(row.get("category") or ""), str(row.get("description") or "")
    )


def _faults(row: Mapping[str, object]) -> Iterator[Fault]:
    for key in row:
        if key not in _KEYS:
            told = {"field": str(key)[:100], "known": ", ".join(_KEYS)}
            yield Fault("key_unknown", _("A template has no “%(field)s”. It has these: %(known)s.") % told)
    for key in ("name", "category", "description"):
        if not isinstance(row.get(key, ""), str | None):
            yield Fault("type_wrong", _("“%(field)s” must be a text in quotes.") % {"field": key})
    if not isinstance(row.get("message"), dict):
        yield Fault("message_missing", _("“message” must be a message in { }."))


def _spelled(entries: Iterable[Entry]) -> dict[str, str]:
    """How each written category is spelled in the library, where the first of a file sets it for the others."""
    known = [category.name for category in categories()]
    spelled: dict[str, str] = {}
    for entry in entries:
        if entry.category not in spelled:
            spelled[entry.category] = known_category(entry.category, known)
            known.append(spelled[entry.category])
    return spelled


def _not_there(entries: Sequence[Entry], spelled: Mapping[str, str]) -> Iterator[Entry]:
    """Twice in one file is once, too."""
    seen: set[tuple[str, ...]] = set()
    for start in range(0, len(entries), _AT_ONCE):
        some = entries[start : start + _AT_ONCE]
        there = templates().filter(name__in={entry.name for entry in some})
        seen |= {
            (name, category, msgtype, json.dumps(content, sort_keys=True))
            for name, category, msgtype, content in there.values_list("name", "category", "msgtype", "content")
        }
        for entry in some:
            key = (entry.name, spelled[entry.category], entry.msgtype, json.dumps(dict(entry.content), sort_keys=True))
            if key not in seen:
                seen.add(key)
                yield entry


def _insert(entries: Sequence[Entry], spelled: Mapping[str, str], by: Actor) -> None:
    made = Draft.objects.bulk_create(
        Draft(
            name=entry.name,
            msgtype=entry.msgtype,
            content=entry.content,
            shelf=Shelf.TEMPLATES,
            category=spelled[entry.category],
            description=described(entry.description),
            version=1,
            created_by_id=by.user_id,
        )
        for entry in entries
    )
    DraftVersion.objects.bulk_create(
        DraftVersion(draft=template, number=1, snapshot=_snapshot(template).to_json(), saved_by_name=by.name)
        for template in made
    )


def _snapshot(template: Draft) -> Snapshot:
    return Snapshot(name=template.name, msgtype=template.msgtype, content=template.content)
