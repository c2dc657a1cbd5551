"""Re-encrypts every token and secret under the newest key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Substr
from django.utils import timezone

from audit.actors import Actor
from audit.log import record
from robots.encryption import (
    VERSION,
    CiphertextError,
    ciphertext_prefix,
    decrypt,
    fingerprint,
    key_id_of,
    newest_key_id,
    reencrypt,
)
from robots.health import hold
from robots.models import Robot

_BEGINNING = len(f"{VERSION}:01234567:")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A robot that could not be re-encrypted, and why."""

    robot: Robot
    cause: str


@dataclass(frozen=True, slots=True)
class RotatedBatch:
    rotated: int
    unreadable: tuple[Unreadable, ...]


def rotate_keys(*, by: Actor, batch_size: int = 200) -> Iterator[RotatedBatch]:
    """Re-encrypt robot by robot, a transaction per batch: whoever stops in between has lost nothing and may go on.

    Robots that somebody edits meanwhile are encrypted under the newest key by that edit, and left alone here.
    """
    last = 0
    while robots := list(_behind().filter(pk__gt=last).order_by("pk")[:batch_size]):
        yield _rotate_batch(robots, by=by)
        last = robots[-1].pk


def keys_in_use() -> dict[str, int]:
    """How many ciphertexts each key id still has."""
    counts: Counter[str] = Counter()
    for field in ("token_encrypted", "secret_encrypted"):
        # Their beginnings name the keys: a hundred thousand values are counted by the database, and none leaves it.
        beginnings = Robot.objects.exclude(**{field: ""}).order_by().values_list(Substr(field, 1, _BEGINNING))
        for beginning, count in beginnings.annotate(count=Count("pk")):
            counts[_key_id_or_unknown(beginning)] += count
    return dict(counts)


@transaction.atomic
def _rotate_batch(robots: Sequence[Robot], *, by: Actor) -> RotatedBatch:
    rotated, unreadable = 0, []
    for robot in robots:
        try:
            rotated += _rotate(robot)
        except CiphertextError as error:
            unreadable.append(Unreadable(robot, str(error)))
        except IntegrityError:
            unreadable.append(Unreadable(robot, "another robot holds the same webhook"))
    if rotated:
        record("keys.rotated", by=by, detail={"robots": rotated, "key": newest_key_id()})
    return RotatedBatch(rotated, tuple(unreadable))


def _rotate(robot: Robot) -> int:
    """1 when the robot is under the newest key now, 0 when somebody changed it since it was read."""
    as_read = Robot.objects.filter(
        pk=robot.pk, token_encrypted=robot.token_encrypted, secret_encrypted=robot.secret_encrypted
    )
    new_fingerprint = fingerprint(decrypt(robot.token_encrypted))
    with transaction.atomic():
        hit = as_read.update(
            token_encrypted=reencrypt(robot.token_encrypted),
            secret_encrypted=reencrypt(robot.secret_encrypted),
            token_fingerprint=new_fingerprint,
        )
    if hit and new_fingerprint != robot.token_fingerprint:
        _wait_out_the_minute(robot)
    return hit


def _wait_out_the_minute(robot: Robot) -> None:
    # The pacing window is named by the fingerprint: the new one knows nothing of the calls of the last minute.
    until = timezone.now() + timedelta(seconds=settings.PACING_WINDOW_SECONDS)
    hold(robot.pk, until=until, reason="waiting_pacing")


def _behind() -> QuerySet[Robot]:
    newest = ciphertext_prefix()
    secret_behind = ~Q(secret_encrypted="") & ~Q(secret_encrypted__startswith=newest)
    return Robot.objects.filter(~Q(token_encrypted__startswith=newest) | secret_behind)


def _key_id_or_unknown(ciphertext: str) -> str:
    try:
        return key_id_of(ciphertext)
    except CiphertextError:
        return "unknown"
