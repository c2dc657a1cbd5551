"""Drafts are saved, copied, restored and deleted here. Every save that changes something is a version.

An autosave is one, too; those that follow it from the same open page within some minutes take its place, and so does
the save by a button that ends them. The number rises each time, so that whoever saw an older state is told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actors import Actor
from audit.log import record
from audit.words import name_in_words
from messages.models import Broadcast, Draft, DraftVersion
from messages.services.snapshots import LINKS, NAME_LENGTH, VALUES, Snapshot

TOGETHER: Final = timedelta(minutes=10)  # autosaves of a page that are one version


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


@dataclass(frozen=True, slots=True)
class _Save:
    """`page`: the open page that saves, None for anything else. `by_itself`: nobody pressed a button. `restored`: the
    version that is made the newest again.
    """

    snapshot: Snapshot
    by: Actor
    page: UUID | None = None
    by_itself: bool = False
    restored: int | None = None


@transaction.atomic
def save_draft(
    *,
    draft: Draft | None,
    snapshot: Snapshot,
    based_on: int | None,
    by: Actor,
    corrects: Broadcast | None = None,
    page: UUID | None = None,
) -> Draft:
    """Create the draft (None), or store a new version of it; a save without a change stores nothing.

    `based_on` is the version number the person began to edit. Raises StaleDraft when it is not the newest any more,
    unless the newest was written by the same open page (`page`), which may not have heard of it.
    `corrects`: what a new draft puts right; its audience is that of the first save for good.
    """
    save = _Save(snapshot.settled(), by, page)
    if draft is None:
        return _begin(save, corrects=corrects)
    return _save_over(draft, save, based_on=based_on)


@transaction.atomic
def autosave_draft(*, draft: Draft | None, snapshot: Snapshot, based_on: int | None, by: Actor, page: UUID) -> Draft:
    """The same without a button."""
    save = _Save(snapshot.settled(), by, page, by_itself=True)
    if draft is None:
        return _begin(save)
    return _save_over(draft, save, based_on=based_on)


def draft_of_page(page: UUID | None, *, by: Actor) -> Draft | None:
    """The draft that this person's page made, whose answer may have got lost."""
    return Draft.objects.filter(page=page, created_by_id=by.user_id).first() if page else None


@transaction.atomic
def take_theirs(
    *, draft: Draft, mine: Snapshot, based_on: int | None, theirs: int, by: Actor, page: UUID | None
) -> int | None:
    """Keep `mine` as a version, and make the newest one, number `theirs`, the newest again.

    Returns the number of mine; None when it says the same as theirs, or as the version that the person began to edit
    (`based_on`): then there is nothing to keep. Raises StaleDraft like save_draft.
    """
    base = draft.versions.filter(number=based_on or 0).first()
    if base and not mine.settled().changes_from(Snapshot.from_json(base.snapshot)):
        return None
    kept = save_draft(draft=draft, snapshot=mine, based_on=theirs, by=by, page=page)
    if kept.version == theirs:
        return None
    restore_version(version=kept.versions.get(number=theirs), based_on=kept.version, by=by)
    return kept.version


@transaction.atomic
def copy_draft(*, draft: Draft, by: Actor) -> Draft:
    """A new draft with the same content, mentions and audience; it has a history of its own."""
    template = _("Copy of %(name)s")
    room = NAME_LENGTH - len(template % {"name": ""})
    name = template % {"name": draft.name[:room]}
    copied = Draft.objects.create(created_by_id=by.user_id, name=name, version=0)
    copied = _write(copied, _Save(replace(Snapshot.of(draft), name=name), by))
    record("draft.copied", by=by, target=copied, detail={"from": draft.pk, "version": draft.version})
    return copied


@transaction.atomic
def delete_draft(*, draft: Draft, by: Actor) -> None:
    """Delete the draft and its versions. What was launched from it stays."""
    record("draft.deleted", by=by, target=draft, detail={"version": draft.version})
    draft.delete()


@transaction.atomic
def restore_version(*, version: DraftVersion, based_on: int, by: Actor) -> Restored:
    """Make an old version the newest again, as one more version. Raises StaleDraft like save_draft."""
    snapshot = Snapshot.from_json(version.snapshot)
    save = _Save(snapshot.settled(), by, restored=version.number)
    draft = _save_over(version.draft, save, based_on=based_on)
    return Restored(draft=draft, lost=_size(snapshot) - _size(save.snapshot))


def _size(snapshot: Snapshot) -> int:
    return sum(len(getattr(snapshot, name)) for name in LINKS)


def _begin(save: _Save, *, corrects: Broadcast | None = None) -> Draft:
    """A page begins one draft, however often it asks."""
    if save.page is None:
        return _create(save, corrects=corrects)
    if there := draft_of_page(save.page, by=save.by):
        return _save_over(there, save, based_on=None)
    try:
        with transaction.atomic():
            return _create(save, corrects=corrects)
    except IntegrityError:  # asked twice at once; or the page is another person's, who has signed out since
        there = draft_of_page(save.page, by=save.by)
    if there:
        return _save_over(there, save, based_on=None)
    return _create(replace(save, page=None), corrects=corrects)


def _create(save: _Save, *, corrects: Broadcast | None = None) -> Draft:
    draft = Draft.objects.create(
        created_by_id=save.by.user_id, name=save.snapshot.name, version=0, corrects=corrects, page=save.page
    )
    return _store(draft, save, changed=[])


def _save_over(draft: Draft, save: _Save, *, based_on: int | None) -> Draft:
    current = _locked(draft)
    newest, before = current.versions.first(), Snapshot.of(current)
    if current.corrects_id:
        save = replace(save, snapshot=replace(save.snapshot, all_robots=False, robots=before.robots, tags=()))
    changed = save.snapshot.changes_from(before)
    if not changed:
        return _settle(current, newest, save)
    if current.version != based_on and not _by_same_page(newest, save):
        raise StaleDraft(newest)
    return _store(current, save, changed=changed, instead_of=_taken_over(current, newest, save))


def _locked(draft: Draft) -> Draft:
    """As it is now, and so until the end of the transaction: two saves follow one another."""
    current = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    if current is None:
        raise StaleDraft(None)
    return current


def _by_same_page(version: DraftVersion | None, save: _Save) -> bool:
    return version is not None and save.page is not None and version.page == save.page


def _taken_over(draft: Draft, newest: DraftVersion | None, save: _Save) -> DraftVersion | None:
    """The autosaved version whose place this save takes: it is young, of the same page, and never went out."""
    if newest is None or newest.autosaved_since is None or not _by_same_page(newest, save):
        return None
    if newest.saved_by_name != save.by.name or newest.autosaved_since < timezone.now() - TOGETHER:
        return None
    return None if draft.broadcasts.filter(draft_version=newest.number).exists() else newest


def _settle(draft: Draft, newest: DraftVersion | None, save: _Save) -> Draft:
    """Nothing changed; but a press on the button makes the person's own autosaved version a saved one."""
    if save.by_itself or newest is None or newest.saved_by_name != save.by.name:
        return draft
    autosaved = DraftVersion.objects.filter(pk=newest.pk, autosaved_since__isnull=False)
    if autosaved.update(autosaved_since=None, saved_at=timezone.now()):
        _record(draft, save, changed=[])
    return draft


def _store(draft: Draft, save: _Save, *, changed: list[str], instead_of: DraftVersion | None = None) -> Draft:
    draft = _write(draft, save, instead_of=instead_of)
    if not (save.by_itself and instead_of):
        _record(draft, save, changed=changed)
    return draft


def _record(draft: Draft, save: _Save, *, changed: list[str]) -> None:
    detail: dict[str, object] = {"version": draft.version, "changed": changed}
    if save.restored:
        record("draft.restored", by=save.by, target=draft, detail={**detail, "restored": save.restored})
        return
    record("draft.autosaved" if save.by_itself else "draft.saved", by=save.by, target=draft, detail=detail)


def _write(draft: Draft, save: _Save, *, instead_of: DraftVersion | None = None) -> Draft:
    number = draft.version + 1
    values = {name: getattr(save.snapshot, name) for name in VALUES}
    hit = Draft.objects.filter(pk=draft.pk, version=draft.version).update(
        **values, version=number, updated_at=timezone.now()
    )
    if not hit:
        raise StaleDraft(draft.versions.first())
    for name in LINKS:
        getattr(draft, name).set(getattr(save.snapshot, name))
    _write_version(draft, number, save, instead_of=instead_of)
    draft.refresh_from_db()
    return draft


def _write_version(draft: Draft, number: int, save: _Save, *, instead_of: DraftVersion | None) -> None:
    snapshot, now = save.snapshot.to_json(), timezone.now()
    if instead_of is None:
        since = now if save.by_itself else None
        name = save.by.name
        DraftVersion.objects.create(
            draft=draft,
            number=number,
            snapshot=snapshot,
            saved_by_name=name,
            autosaved_since=since,
            page=save.page,
            restored=save.restored,
        )
        return
    since = instead_of.autosaved_since if save.by_itself else None
    there = DraftVersion.objects.filter(pk=instead_of.pk, number=instead_of.number)
    if not there.update(number=number, snapshot=snapshot, saved_at=now, autosaved_since=since):
        raise StaleDraft(draft.versions.first())
