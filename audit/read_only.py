"""Rows that the admin shows and never writes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import display_for_value
from django.db.models import Model
from django.http import HttpRequest
from django.utils.functional import Promise

Column = Callable[[Any], Any]


def column(field: str, label: str | Promise, *, boolean: bool | None = None) -> Column:
    """A field under a name for people: the model's own one is not translated. Choices are shown by their words."""

    @admin.display(description=label, ordering=field, boolean=boolean)  # type: ignore[arg-type]
    def value(row: Model) -> Any:
        in_words = getattr(row, f"get_{field}_display", None)
        kept = in_words() if in_words else getattr(row, field)
        return kept if boolean else _readable(kept)

    return value


def _readable(value: Any) -> str:
    """Moments on the clocks of the default zone, which the admin does in its lists alone."""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return display_for_value(value, empty_value_display="—")


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """`shown` is all that is shown of a row, in this order."""

    shown: tuple[Column, ...] = ()
    actions = None
    list_per_page = 50
    show_full_result_count = False

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.shown

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.shown

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
