"""Putting drafts away and taking them back. What was launched from them goes out all the same."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from audit.actors import Actor
from audit.log import record
from messages.models import Draft, Shelf


class CannotBeLaunched(Exception):
    """It is a template, or archived. `text` says what to do."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        super().__init__("only drafts that are in use can be launched")

    @property
    def text(self) -> str:
        return why_not_launched(self.draft)


def why_not_launched(draft: Draft) -> str:
    """ "" for a draft that can be launched."""
    match draft.shelf:
        case Shelf.ARCHIVE:
            return _("This draft is archived. Take it back first, then it can be sent.")
        case Shelf.TEMPLATES:
            return _("A template is not sent itself. Make a draft of it with “Use”, and send that.")
        case _:
            return ""


def archive_drafts(pks: Collection[int], *, by: Actor) -> list[Draft]:
    """Returns those that were in use until now."""
    return _move(pks, Shelf.DRAFTS, Shelf.ARCHIVE, action="draft.archived", by=by)


def take_back(pks: Collection[int], *, by: Actor) -> list[Draft]:
    """Returns those that were archived until now."""
    return _move(pks, Shelf.ARCHIVE, Shelf.DRAFTS, action="draft.taken_back", by=by)


@transaction.atomic
def _move(pks: Collection[int], start: Shelf, end: Shelf, *, action: str, by: Actor) -> list[Draft]:
    moved = [
        draft
        for draft in Draft.objects.filter(pk__in=pks).order_by("pk")
        if Draft.objects.filter(pk=draft.pk, shelf=start).update(shelf=end)
    ]
    for draft in moved:
        record(action, by=by, target=draft, detail={"version": draft.version})
    return moved
