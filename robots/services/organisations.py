from __future__ import annotations

from typing import Unpack

from django.db import transaction
from django.db.models import ProtectedError

from audit.actors import Actor
from audit.log import record
from robots.models import Organisation
from robots.rules.names import clean_name, clean_notes
from robots.services.changes import changes
from robots.services.quiet import QuietFields, set_quiet_hours


class HasRobotsError(Exception):
    """An organisation is deleted only when no robot belongs to it."""


@transaction.atomic
def create_organisation(
    *,
    name: str,
    edition: str,
    monthly_quota: int,
    by: Actor,
    reserve: int = 0,
    notes: str = "",
    **quiet: Unpack[QuietFields],
) -> Organisation:
    organisation = Organisation.objects.create(
        name=clean_name(name),
        edition=edition,
        monthly_quota=monthly_quota,
        reserve=reserve,
        notes=clean_notes(notes),
        **quiet,
    )
    record("organisation.created", by=by, target=organisation, detail=_described(organisation))
    return organisation


@transaction.atomic
def update_organisation(
    organisation: Organisation,
    *,
    name: str,
    edition: str,
    monthly_quota: int,
    notes: str,
    by: Actor,
    reserve: int | None = None,
    **quiet: Unpack[QuietFields],
) -> Organisation:
    """A raised quota lets the organisation's robots be called again at once. `reserve` None keeps it; quiet hours that
    are not given stay."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    before = _described(organisation)
    if monthly_quota > organisation.monthly_quota:
        organisation.quota_exhausted_until = None
    organisation.name, organisation.edition = clean_name(name), edition
    organisation.monthly_quota, organisation.notes = monthly_quota, clean_notes(notes)
    organisation.reserve = organisation.reserve if reserve is None else reserve
    set_quiet_hours(organisation, quiet)
    fields = ["name", "edition", "monthly_quota", "reserve", "notes", "quota_exhausted_until"]
    organisation.save(update_fields=[*fields, *quiet])
    if done := changes(before, _described(organisation)):
        record("organisation.updated", by=by, target=organisation, detail=done)
    return organisation


@transaction.atomic
def resume_organisation(organisation: Organisation, *, by: Actor) -> bool:
    """Call its robots again before the month is over; False when nothing had stopped it.

    What failed meanwhile stays failed, and can be sent again. If DingTalk still refuses, it stops anew.
    """
    stopped = Organisation.objects.filter(pk=organisation.pk, quota_exhausted_until__isnull=False)
    if not stopped.update(quota_exhausted_until=None):
        return False
    record("organisation.resumed", by=by, target=organisation)
    return True


@transaction.atomic
def delete_organisation(organisation: Organisation, *, by: Actor) -> None:
    """Raises HasRobotsError."""
    record("organisation.deleted", by=by, target=organisation)
    try:
        Organisation.objects.filter(pk=organisation.pk).delete()
    except ProtectedError:
        raise HasRobotsError(organisation.name) from None


def _described(organisation: Organisation) -> dict[str, object]:
    return {
        "name": organisation.name,
        "edition": organisation.edition,
        "monthly_quota": organisation.monthly_quota,
        "reserve": organisation.reserve,
        "notes": organisation.notes,
        "quiet_hours": organisation.quiet_rule,
    }
