"""The admin's filter by one row of another table: links while there are few, a text to type once there are many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from django.contrib import admin
from django.utils.functional import Promise

from audit.row_search import Asked, RowSearch


class RowListFilter(admin.RelatedFieldListFilter):
    """Of many, it links to the first that the text fits; the only one that fits is chosen at once."""

    problem: str | Promise = ""
    kept: tuple[tuple[str, str], ...] = ()  # what else the address asks for
    text = ""

    def __init__(self, field: Any, request: Any, params: Any, model: Any, model_admin: Any, field_path: str) -> None:
        self.search = RowSearch(field.related_model._default_manager.only("name"), ("name",))
        super().__init__(field, request, params, model, model_admin, field_path)
        typed = _last(self.used_parameters.pop(self.text_name, ""))
        if self.search.many or typed:
            self.template = "admin/row_filter.html"
            self._choose(Asked.given(_last(self.lookup_val), typed))

    @property
    def text_name(self) -> str:
        # Begins as the filter's own parameter does: Django's link to all rows drops what begins so.
        return f"{self.lookup_kwarg}-name"

    def expected_parameters(self) -> list[str | None]:
        return [*super().expected_parameters(), self.text_name]

    def field_choices(self, field: Any, request: Any, model_admin: Any) -> list[tuple[str, Any]]:
        return [] if self.search.many else [(str(row.pk), str(row)) for row in self.search.first]

    def has_output(self) -> bool:
        return self.search.many or super().has_output()

    def choices(self, changelist: Any) -> Iterator[Any]:
        others = changelist.get_query_string(remove=[self.lookup_kwarg, self.lookup_kwarg_isnull])
        self.kept = tuple(parse_qsl(others[1:]))
        yield from super().choices(changelist)

    def _choose(self, asked: Asked) -> None:
        found = self.search.find(asked)
        rows = [found.row] if found.row else self.search.shown(asked.text) or found.near
        self.text, self.problem = asked.text, found.problem
        if self.search.many:
            self.lookup_choices = [(str(row.pk), str(row)) for row in rows]
        if found.row:
            self._filter_by([str(found.row.pk)])

    def _filter_by(self, numbers: Any) -> None:
        """As Django does when the address has the number: it keeps lists, whatever its stubs say."""
        self.text = ""
        self.lookup_val = self.used_parameters[str(self.lookup_kwarg)] = numbers


def _last(value: Any) -> str:
    """Django gives every value of a parameter, or None."""
    return str((value or [""])[-1]) if isinstance(value, list | None) else str(value)
