"""Appends to the audit log, and proves that nothing in it was changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from django.db import models, transaction
from django.utils import timezone

from audit.actors import Actor
from audit.models import Chain, Entry


@transaction.atomic
def record(
    action: str, *, by: Actor, target: models.Model | None = None, detail: Mapping[str, object] | None = None
) -> Entry:
    """Append one entry, in the caller's transaction: an act that is rolled back leaves no entry, and no act lacks one.

    `detail` holds plain JSON values and never a secret, a token or a whole number of somebody's mobile.
    """
    Chain.objects.get_or_create(pk=1)
    chain = Chain.objects.select_for_update().get(pk=1)
    entry = Entry(
        number=chain.length + 1,
        at=timezone.now(),
        actor_id=by.user_id,
        actor_name=by.name,
        address=by.address[:64],
        action=action,
        target_type=target._meta.model_name or "" if target else "",
        target_id=str(target.pk) if target else "",
        target_label=str(target)[:200] if target else "",
        detail=dict(detail or {}),
        previous_hash=chain.head,
    )
    entry.hash = entry_hash(entry)
    entry.save(force_insert=True)
    Chain.objects.filter(pk=1).update(length=entry.number, head=entry.hash)
    return entry


def entry_hash(entry: Entry) -> str:
    """SHA-256 over the entry's own words and the hash of the one before it."""
    content = [
        entry.number,
        entry.at.isoformat(),
        entry.actor_name,
        entry.address,
        entry.action,
        entry.target_type,
        entry.target_id,
        entry.target_label,
        entry.detail,
        entry.previous_hash,
    ]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def first_broken() -> int | None:
    """The number of the first entry that does not follow from the ones before it; None when the chain is whole."""
    previous, expected = "", 1
    for entry in Entry.objects.order_by("number").iterator(chunk_size=2000):
        if entry.number != expected or entry.previous_hash != previous or entry.hash != entry_hash(entry):
            return expected
        previous, expected = entry.hash, expected + 1
    chain = Chain.objects.filter(pk=1).first()
    length, head = (chain.length, chain.head) if chain else (0, "")
    return None if (length, head) == (expected - 1, previous) else expected
