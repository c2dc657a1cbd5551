"""Drafts are saved, copied, restored and deleted here. Every save that changes something is a version."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actors import Actor
from audit.log import record
from audit.words import name_in_words
from messages.models import Broadcast, Draft, DraftVersion
from messages.services.snapshots import LINKS, NAME_LENGTH, VALUES, Snapshot


class StaleDraft(Exception):
    """Somebody saved the draft since. `newest` is what they saved; None when the draft was deleted."""

    def __init__(self, newest: DraftVersion | None) -> None:
        self.newest = newest
        super().__init__("the draft was changed or deleted since")

    @property
    def text(self) -> str:
        if self.newest is None:
            return _("This draft was deleted in the meantime.")
        who = {"who": name_in_words(self.newest.saved_by_name)}
        return _("%(who)s saved this draft in the meantime. Compare both versions, then save again.") % who


@dataclass(frozen=True, slots=True)
class Restored:
    """`lost` counts the robots, tags and people of the old version that do not exist any more."""

    draft: Draft
    lost: int


@transaction.atomic
def save_draft(
    *, draft: Draft | None, snapshot: Snapshot, based_on: int | None, by: Actor, corrects: Broadcast | None = None
) -> Draft:
    """Create the draft (None), or store a new version of it; a save without a change stores nothing.

    `based_on` is the version number the person began to edit. Raises StaleDraft when it is not the newest any more.
    `corrects`: what a new draft puts right; its audience is that of the first save for good.
    """
    snapshot = snapshot.settled()
    if draft is None:
        draft = Draft.objects.create(created_by_id=by.user_id, name=snapshot.name, version=0, corrects=corrects)
        return _store(draft, snapshot, changed=[], by=by)
    current = _locked(draft)
    if current.corrects_id:
        snapshot = replace(snapshot, all_robots=False, robots=Snapshot.of(current).robots, tags=())
    changed = snapshot.changes_from(Snapshot.of(current))
    if not changed:
        return current
    if current.version != based_on:
        raise StaleDraft(current.versions.first())
    return _store(current, snapshot, changed=changed, by=by)


@transaction.atomic
def copy_draft(*, draft: Draft, by: Actor) -> Draft:
    """A new draft with the same content, mentions and audience; it has a history of its own."""
    template = _("Copy of %(name)s")
    room = NAME_LENGTH - len(template % {"name": ""})
    name = template % {"name": draft.name[:room]}
    copied = Draft.objects.create(created_by_id=by.user_id, name=name, version=0)
    copied = _write(copied, replace(Snapshot.of(draft), name=name), by=by)
    record("draft.copied", by=by, target=copied, detail={"from": draft.pk, "version": draft.version})
    return copied


@transaction.atomic
def delete_draft(*, draft: Draft, by: Actor) -> None:
    """Delete the draft and its versions. What was launched from it stays."""
    record("draft.deleted", by=by, target=draft, detail={"version": draft.version})
    draft.delete()


def restore_version(*, version: DraftVersion, based_on: int, by: Actor) -> Restored:
    """Make an old version the newest again, as one more version. Raises StaleDraft like save_draft."""
    snapshot = Snapshot.from_json(version.snapshot)
    draft = save_draft(draft=version.draft, snapshot=snapshot, based_on=based_on, by=by)
    return Restored(draft=draft, lost=_size(snapshot) - _size(snapshot.settled()))


def _size(snapshot: Snapshot) -> int:
    return sum(len(getattr(snapshot, name)) for name in LINKS)


def _locked(draft: Draft) -> Draft:
    """As it is now, and so until the end of the transaction: two saves follow one another."""
    current = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    if current is None:
        raise StaleDraft(None)
    return current


def _store(draft: Draft, snapshot: Snapshot, *, changed: list[str], by: Actor) -> Draft:
    draft = _write(draft, snapshot, by=by)
    record("draft.saved", by=by, target=draft, detail={"version": draft.version, "changed": changed})
    return draft


def _write(draft: Draft, snapshot: Snapshot, *, by: Actor) -> Draft:
    number = draft.version + 1
    values = {name: getattr(snapshot, name) for name in VALUES}
    hit = Draft.objects.filter(pk=draft.pk, version=draft.version).update(
        **values, version=number, updated_at=timezone.now()
    )
    if not hit:
        raise StaleDraft(draft.versions.first())
    for name in LINKS:
        getattr(draft, name).set(getattr(snapshot, name))
    DraftVersion.objects.create(draft=draft, number=number, snapshot=snapshot.to_json(), saved_by_name=by.name)
    draft.refresh_from_db()
    return draft
