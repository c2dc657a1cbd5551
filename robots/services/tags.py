from __future__ import annotations

from django.db import transaction

from audit.actors import Actor
from audit.log import record
from robots.models import Tag
from robots.rules.names import clean_name
from robots.services.changes import changes

LONGEST_TAG = 50


@transaction.atomic
def create_tag(*, name: str, by: Actor) -> Tag:
    tag = Tag.objects.create(name=clean_name(name, longest=LONGEST_TAG))
    record("tag.created", by=by, target=tag)
    return tag


@transaction.atomic
def rename_tag(tag: Tag, *, name: str, by: Actor) -> Tag:
    tag = Tag.objects.select_for_update().get(pk=tag.pk)
    before, tag.name = tag.name, clean_name(name, longest=LONGEST_TAG)
    tag.save(update_fields=["name"])
    if done := changes({"name": before}, {"name": tag.name}):
        record("tag.updated", by=by, target=tag, detail=done)
    return tag


@transaction.atomic
def delete_tag(tag: Tag, *, by: Actor) -> None:
    """The robots stay; they only lose the label."""
    record("tag.deleted", by=by, target=tag, detail={"robots": tag.robots.count()})
    Tag.objects.filter(pk=tag.pk).delete()
