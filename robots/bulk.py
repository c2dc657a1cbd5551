"""Many rows of one shape at once, past the layers that prepare each value of each row.

Django's bulk_create and bulk_update cost as much CPU as the HTTP call that a row records. Here values are prepared
column by column, and only where the database wants them otherwise than they are.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeAlias, TypeVar

from django.db import connection, models
from django.db.models.base import ModelState

M = TypeVar("M", bound=models.Model)
Row = Sequence[Any]
Field: TypeAlias = "models.Field[Any, Any]"


def insert_many(model: type[models.Model], names: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows of plain values (text, numbers, datetimes, UUIDs, JSON, None) in the order of the field names."""
    if not rows:
        return
    fields = _fields(model, names)
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    if connection.vendor == "postgresql":
        _copy(f"COPY {_table(model)} ({columns}) FROM STDIN", _prepared(fields, rows))
        return
    places = ", ".join(["%s"] * len(fields))
    _run(f"INSERT INTO {_table(model)} ({columns}) VALUES ({places})", _prepared(fields, rows))  # noqa: S608


def read_many(rows: models.QuerySet[M], names: Sequence[str]) -> list[M]:
    """What rows.only(*names) gives, but for calling the model's constructor, which takes longer than the database."""
    attributes = [field.attname for field in _fields(rows.model, names)]
    db = rows.db
    return [_instance(rows.model, zip(attributes, row, strict=True), db) for row in rows.values_list(*attributes)]


def _instance(model: type[M], values: Iterable[tuple[str, Any]], db: str) -> M:
    """What an instance's own dictionary lacks is a deferred field."""
    instance = model.__new__(model)
    instance.__dict__.update(values)
    instance._state = ModelState()
    instance._state.adding, instance._state.db = False, db
    return instance


def update_many(model: type[models.Model], names: Sequence[str], rows: Sequence[Row]) -> None:
    """Set the fields of one row each; the primary key stands last in every row."""
    if not rows:
        return
    fields = _fields(model, names)
    columns = [connection.ops.quote_name(field.column) for field in fields]
    prepared = _prepared([*fields, None], rows)
    if connection.vendor == "postgresql":
        _update_joined(_table(model), columns, [str(field.db_type(connection)) for field in fields], prepared)
        return
    assignments = ", ".join(f"{column} = %s" for column in columns)
    _run(f"UPDATE {_table(model)} SET {assignments} WHERE id = %s", prepared)  # noqa: S608


def is_one_of(column: str) -> str:
    """Says of a number that it is one of `numbers(...)`. One text however many they are, so that it is parsed once."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s::bigint[])"
    return f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608


def numbers(values: Collection[int]) -> Any:
    return list(values) if connection.vendor == "postgresql" else json.dumps(list(values))


def _update_joined(table: str, columns: Sequence[str], types: Sequence[str], rows: Iterable[Row]) -> None:
    """One statement for all of them: the server plans once and is asked once."""
    names = ", ".join([*columns, "id"])
    arrays = ", ".join(f"%s::{kind}[]" for kind in [*types, "bigint"])
    assignments = ", ".join(f"{column} = given.{column}" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {assignments} FROM unnest({arrays}) AS given ({names}) WHERE {table}.id = given.id",  # noqa: S608
            [list(column) for column in zip(*rows, strict=True)],
        )


def _run(statement: str, rows: Iterable[Row]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(rows))


def _copy(statement: str, rows: Iterable[Row]) -> None:
    """In the current transaction like any statement, and a third of the work of one INSERT for each row."""
    # Django turns the driver's errors into its own for execute and executemany only.
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _prepared(fields: Sequence[Field | None], rows: Sequence[Row]) -> Iterator[Row]:
    columns = zip(*rows, strict=True)
    return zip(*(_column(field, column) for field, column in zip(fields, columns, strict=True)), strict=True)


def _column(field: Field | None, values: Iterable[Any]) -> Iterable[Any]:
    match field:
        case models.JSONField():
            return [None if value is None else json.dumps(value, cls=field.encoder) for value in values]
        case models.UUIDField() if not connection.features.has_native_uuid_field:
            return [value.hex if isinstance(value, uuid.UUID) else value for value in values]
        case models.DateTimeField():
            return _each_once(connection.ops.adapt_datetimefield_value, values)
        case _:
            return values


def _each_once(adapt: Callable[[datetime], Any], values: Iterable[datetime | None]) -> list[Any]:
    """In most columns they are all the same."""
    adapted: dict[datetime | None, Any] = {None: None}
    for value in values:
        if value not in adapted and value is not None:
            adapted[value] = adapt(value)
    return [adapted[value] for value in values]


def _fields(model: type[models.Model], names: Sequence[str]) -> list[Field]:
    fields = {field.name: field for field in model._meta.concrete_fields}
    return [fields[name] for name in names]


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
