from __future__ import annotations

from collections.abc import Mapping
from typing import Unpack

from django.db import transaction

from audit.actors import Actor
from audit.log import record
from robots.models import Tag
from robots.rules.names import clean_name
from robots.rules.variables import clean_variables, variable_lines
from robots.services.changes import changes
from robots.services.quiet import QuietFields, set_quiet_hours

LONGEST_TAG = 50


@transaction.atomic
def create_tag(
    *, name: str, by: Actor, variables: Mapping[str, str] | None = None, **quiet: Unpack[QuietFields]
) -> Tag:
    tag = Tag.objects.create(name=clean_name(name, longest=LONGEST_TAG), variables=_clean(variables or {}), **quiet)
    record("tag.created", by=by, target=tag)
    return tag


@transaction.atomic
def update_tag(tag: Tag, *, name: str, variables: Mapping[str, str], by: Actor, **quiet: Unpack[QuietFields]) -> Tag:
    """Quiet hours that are not given stay."""
    tag = Tag.objects.select_for_update().get(pk=tag.pk)
    before = _described(tag)
    tag.name, tag.variables = clean_name(name, longest=LONGEST_TAG), _clean(variables)
    set_quiet_hours(tag, quiet)
    tag.save(update_fields=["name", "variables", *quiet])
    if done := changes(before, _described(tag)):
        record("tag.updated", by=by, target=tag, detail=done)
    return tag


@transaction.atomic
def delete_tag(tag: Tag, *, by: Actor) -> None:
    """The robots stay; they only lose the label."""
    record("tag.deleted", by=by, target=tag, detail={"robots": tag.robots.count()})
    Tag.objects.filter(pk=tag.pk).delete()


def _described(tag: Tag) -> dict[str, object]:
    return {"name": tag.name, "variables": tag.variables, "quiet_hours": tag.quiet_rule}


def _clean(variables: Mapping[str, str]) -> dict[str, str]:
    return clean_variables(variable_lines(variables))
