"""Keeps PostgreSQL from plans that a wrong guess makes: how many deliveries wait changes from second to second."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def without(*features: str) -> Iterator[None]:
    """Have what is asked in the block planned without these. On SQLite it does nothing: there a transaction waits."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic():
        for_this_transaction(features, "off")
        yield
        for_this_transaction(features, "DEFAULT")


def for_this_transaction(features: tuple[str, ...], value: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(settings_for_this_transaction(features, value))


def settings_for_this_transaction(features: tuple[str, ...], value: str) -> str:
    """To be asked in one piece with what it is for: PostgreSQL alone."""
    return "; ".join(f"SET LOCAL {feature} = {value}" for feature in features)
