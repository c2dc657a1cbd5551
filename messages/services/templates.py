"""The library of templates: messages that drafts are made of. Each is a Draft on another shelf.

A category is a text that templates share: there are those that a template has, and no others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from audit.actors import Actor
from audit.log import record
from dingtalk.text import clean_text
from messages.models import Draft, Shelf
from messages.services.drafts import save_draft
from messages.services.snapshots import Snapshot

CATEGORY_LENGTH = 50
DESCRIPTION_LENGTH = 300


class NotATemplate(Exception):
    """It is one no longer, or never was."""


@dataclass(frozen=True, slots=True)
class Category:
    """`name` "" for the templates without one."""

    name: str
    templates: int

    @property
    def label(self) -> str:
        return self.name or _("Without a category")


def templates() -> QuerySet[Draft]:
    return Draft.objects.filter(shelf=Shelf.TEMPLATES)


def categories() -> list[Category]:
    """In the order of the library: those without one first."""
    rows = templates().order_by("category").values_list("category")
    return [Category(name, count) for name, count in rows.annotate(Count("pk"))]


def known_category(written: str, known: Iterable[str]) -> str:
    """As it is spelled already, when it is there in another case; else as it is written."""
    cleaned = _in_one_line(written, most=CATEGORY_LENGTH)
    return next((name for name in known if name.casefold() == cleaned.casefold()), cleaned)


@transaction.atomic
def save_as_template(*, draft: Draft, name: str, category: str, description: str, by: Actor) -> Draft:
    """A template with the draft's content, mentions, own words and audience; the draft stays as it is."""
    snapshot = replace(Snapshot.of(draft), name=name)
    template = save_draft(draft=None, snapshot=snapshot, based_on=None, by=by)
    _describe(template, category, description)
    detail = {"from": draft.pk, "version": draft.version, "category": template.category}
    record("template.added", by=by, target=template, detail=detail)
    return template


@transaction.atomic
def use_template(*, template: Draft, by: Actor) -> Draft:
    """A new draft like it, which remembers what it was made of. Raises NotATemplate."""
    if not template.is_template:
        raise NotATemplate
    draft = save_draft(draft=None, snapshot=Snapshot.of(template), based_on=None, by=by)
    Draft.objects.filter(pk=draft.pk).update(made_from=template, made_from_name=template.name)
    record("template.used", by=by, target=template, detail={"draft": draft.pk, "version": template.version})
    draft.refresh_from_db()
    return draft


@transaction.atomic
def describe_template(*, template: Draft, category: str, description: str, by: Actor) -> Draft:
    """Raises NotATemplate."""
    if not template.is_template:
        raise NotATemplate
    before = (template.category, template.description)
    _describe(template, category, description)
    if before != (template.category, template.description):
        detail = {"category": template.category, "category_before": before[0]}
        record("template.described", by=by, target=template, detail=detail)
    return template


@transaction.atomic
def rename_category(*, old: str, new: str, by: Actor) -> int:
    """All of its templates stand in the new one, beside those that may be there already. Returns how many moved."""
    new = known_category(new, (category.name for category in categories() if category.name != old))
    if new == old:
        return 0
    moved = templates().filter(category=old).update(category=new)
    if moved:
        record("template.category_renamed", by=by, detail={"from": old, "to": new, "templates": moved})
    return moved


def _describe(template: Draft, category: str, description: str) -> None:
    template.category = known_category(category, (known.name for known in categories()))
    template.description = described(description)
    template.shelf = Shelf.TEMPLATES
    told = {"category": template.category, "description": template.description, "shelf": template.shelf}
    Draft.objects.filter(pk=template.pk).update(**told)


def described(written: str) -> str:
    return _in_one_line(written, most=DESCRIPTION_LENGTH)


def _in_one_line(written: str, *, most: int) -> str:
    """As long as there is room for."""
    return " ".join(clean_text(written).split())[:most].strip()
