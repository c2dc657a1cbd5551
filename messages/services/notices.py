"""A person puts a notice away: seen, and of no use on the first page any more."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from audit.actors import Actor
from audit.log import record
from messages.models import Notice
from messages.notices.kinds import STAYS_UNTIL_DONE
from messages.notices.raising import close_notices


def may_be_put_away(notice: Notice) -> bool:
    return notice.closed_at is None and notice.kind not in STAYS_UNTIL_DONE


@transaction.atomic
def put_away(notice: Notice, *, by: Actor) -> bool:
    """False when it is over already, or when it stays until somebody has done what it asks for."""
    if not may_be_put_away(notice):
        return False
    if not close_notices(Notice.objects.filter(pk=notice.pk), at=timezone.now(), by_name=by.name):
        return False
    record("notice.put_away", by=by, target=notice, detail={"kind": notice.kind, "subject": notice.subject})
    return True
