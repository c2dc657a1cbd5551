"""Many rows of one shape in one statement, run once per row by the database driver.

Django's bulk_create and bulk_update prepare every value of every row through several layers, which costs as much CPU
as the HTTP call that the row records. Here a column's values are prepared once where they are all the same.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models

Row = Sequence[Any]


def insert_many(model: type[models.Model], names: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows of plain values (text, numbers, datetimes, UUIDs, None) in the order of the field names."""
    columns = ", ".join(_columns(model, names))
    places = ", ".join(["%s"] * len(names))
    _run(f"INSERT INTO {_table(model)} ({columns}) VALUES ({places})", rows)  # noqa: S608


def insert_instances(instances: Sequence[models.Model]) -> None:
    """Insert unsaved rows of one model that holds plain values only; they get no primary key here."""
    if not instances:
        return
    model = type(instances[0])
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = [field.attname for field in fields]
    insert_many(
        model,
        [field.name for field in fields],
        [[getattr(instance, name) for name in names] for instance in instances],
    )


def update_many(model: type[models.Model], names: Sequence[str], rows: Sequence[Row]) -> None:
    """Set the fields of one row each; the primary key stands last in every row."""
    assignments = ", ".join(f"{column} = %s" for column in _columns(model, names))
    _run(f"UPDATE {_table(model)} SET {assignments} WHERE id = %s", rows)  # noqa: S608


def _run(statement: str, rows: Sequence[Row]) -> None:
    if not rows:
        return
    adapted: dict[datetime, Any] = {}
    with connection.cursor() as cursor:
        cursor.executemany(statement, [[_adapt(value, adapted) for value in row] for row in rows])


def _adapt(value: Any, adapted: dict[datetime, Any]) -> Any:
    if isinstance(value, uuid.UUID):
        return value if connection.features.has_native_uuid_field else value.hex
    if not isinstance(value, datetime):
        return value
    if value not in adapted:
        adapted[value] = connection.ops.adapt_datetimefield_value(value)
    return adapted[value]


def _columns(model: type[models.Model], names: Sequence[str]) -> list[str]:
    columns = {field.name: field.column for field in model._meta.concrete_fields}
    return [connection.ops.quote_name(columns[name]) for name in names]


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
