"""Whether a launch fits into what its organisations have left of their month."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from messages.history.quota import QuotaUse, quota_uses_in_month_of
from robots.models import Organisation


def over_budget(
    organisations: Collection[Organisation], counts: Mapping[int, int], *, when: datetime, urgent: bool
) -> Iterator[str]:
    """A sentence for each organisation that would not have enough. `counts`: how many messages each has to pay for."""
    yield from breaches(uses_of(organisations, when=when), counts, urgent=urgent)


def uses_of(organisations: Collection[Organisation], *, when: datetime) -> Mapping[int, QuotaUse]:
    """Of the month of `when`, by organisation."""
    return quota_uses_in_month_of(when, organisations, now=timezone.now()) if organisations else {}


def breaches(uses: Mapping[int, QuotaUse], counts: Mapping[int, int], *, urgent: bool) -> Iterator[str]:
    """As over_budget, for uses that are known."""
    for pk, use in uses.items():
        if not use.has_room_for(counts[pk], urgent=urgent):
            yield _breach(use, counts[pk])


def _breach(use: QuotaUse, count: int) -> str:
    told = {
        "organisation": use.organisation.name,
        "quota": use.quota,
        "used": use.used,
        "planned": use.planned,
        "count": count,
        "reserve": use.reserve,
    }
    if use.has_room_for(count, urgent=True):
        return (
            _(
                "This would use up a part of the %(reserve)d messages that “%(organisation)s” keeps for urgent"
                " broadcasts: of its %(quota)d this month %(used)d are used, %(planned)d are planned,"
                " and this takes %(count)d."
            )
            % told
        )
    return (
        _(
            "This would break the monthly quota of “%(organisation)s”: of its %(quota)d messages %(used)d are used,"
            " %(planned)d are planned, and this takes %(count)d. DingTalk refuses what is too much."
        )
        % told
    )
