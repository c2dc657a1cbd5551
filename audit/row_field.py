"""The filter by one row of a table: a select while they are few, a text with suggestions once they are many.

GET `robot=12` names the row by its key, as links do; `robot-name=ops` is what a person typed. The text has a name of
its own because a robot may be called "12". `ui/_filters.html` draws it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.utils.functional import Promise

from audit.row_search import Asked, Found, RowSearch

_PLACES = ("before", "after")  # where in the list one is: another list begins at its beginning


def text_name(name: str) -> str:
    return f"{name}-name"


class RowInput(forms.TextInput):
    """Reads both parameters."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Asked:
        return Asked.given(data.get(name) or "", data.get(text_name(name)) or "")

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and text_name(name) not in data

    def format_value(self, value: Any) -> str:
        return value.number or value.text if isinstance(value, Asked) else ""


class RowField(forms.Field):
    """Cleaned: the row, or None. Costs a query; once there are many, one more if one was chosen, or a few if typed."""

    widget = RowInput

    def __init__(
        self, rows: QuerySet[Any], *, names: Sequence[str] = ("name",), empty_label: str | Promise, **kwargs: Any
    ) -> None:
        super().__init__(required=False, **kwargs)
        self.empty_label = empty_label
        self.search = RowSearch(rows, names)

    def __deepcopy__(self, memo: dict[int, Any]) -> RowField:
        """Each form has its own, and so asks the database again."""
        copied = cast(RowField, super().__deepcopy__(memo))  # type: ignore[misc]
        copied.search = self.search.anew()
        return copied

    def clean(self, value: Asked | None) -> Model | None:
        found = self.search.find(value or Asked())
        if found.problem:
            raise ValidationError(str(found.problem))
        return found.row

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> RowBoundField:
        return RowBoundField(form, self, field_name)


class RowBoundField(BoundField):
    """What the template draws."""

    field: RowField

    @property
    def text_name(self) -> str:
        return text_name(self.html_name)

    @property
    def many(self) -> bool:
        return self.field.search.many

    @property
    def chosen(self) -> Model | None:
        return self._found.row

    @property
    def text(self) -> str:
        return self._asked.text

    @property
    def rows(self) -> list[Model]:
        """To choose from: all when they are few, else those that the text fits."""
        search = self.field.search
        return search.shown(self.text) if search.many else search.first

    @property
    def near(self) -> list[tuple[Model, str]]:
        """Rows that may have been meant, each with the query that chooses it."""
        return [(row, self._query(row)) for row in self._found.near]

    @property
    def without(self) -> str:
        """The query without this filter."""
        return self._query(None)

    @property
    def _asked(self) -> Asked:
        return cast(Asked, self.data) if self.form.is_bound else Asked()

    @property
    def _found(self) -> Found:
        return self.field.search.find(self._asked)

    def _query(self, row: Model | None) -> str:
        query = QueryDict(mutable=True)
        query.update(self.form.data)
        for name in (self.html_name, self.text_name, *_PLACES):
            query.pop(name, None)
        if row:
            query[self.html_name] = str(row.pk)
        return f"?{query.urlencode()}" if query else ""
