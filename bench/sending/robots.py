"""Robots by the thousand, straight past the services: rows are what sending costs, not how they came."""

from __future__ import annotations

from typing import Final

from django.utils import timezone

from bench.sending.wire import FAKE_SECRET, fake_token
from robots.encryption import encrypt, fingerprint
from robots.models import Organisation, Robot

AT_ONCE: Final = 1000
# Far above every run: the month's quota is not what is measured.
QUOTA: Final = 2_000_000_000


def make_robots(first: int, end: int) -> None:
    """Number `first` to `end`, each with a token and a signing secret."""
    organisation, _created = Organisation.objects.get_or_create(name="Bench", defaults={"monthly_quota": QUOTA})
    now = timezone.now()
    for start in range(first, end, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, end))
        Robot.objects.bulk_create(
            Robot(
                name=f"robot {number:06d}",
                group_name=f"group {number:06d}",
                organisation=organisation,
                token_encrypted=encrypt(fake_token(number)),
                token_fingerprint=fingerprint(fake_token(number)),
                token_set_at=now,
                secret_encrypted=encrypt(FAKE_SECRET),
                secret_set_at=now,
            )
            for number in numbers
        )


class Robots:
    """Robots in turns, so that no robot's minute gets full: pacing is not what is measured."""

    def __init__(self, count: int) -> None:
        make_robots(Robot.objects.count(), count)
        self._all = list(Robot.objects.order_by("pk")[:count])
        self._next = 0

    @property
    def count(self) -> int:
        return len(self._all)

    def next(self, count: int) -> list[Robot]:
        first = self._next
        self._next = (first + count) % len(self._all)
        return (self._all + self._all)[first : first + count]
