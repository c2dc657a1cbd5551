from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from django import forms

from robots.rules.names import clean_name, clean_notes
from robots.rules.variables import clean_variables, variable_lines


class NameField(forms.CharField):
    """A name as the rules want it."""

    def __init__(self, *, longest: int = 100, **kwargs: Any) -> None:
        self.longest = longest
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("maxlength", longest)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return clean_name(text, longest=self.longest) if text or self.required else ""


class NotesField(forms.CharField):
    widget = forms.Textarea(attrs={"rows": 3})

    def clean(self, value: Any) -> str:
        return clean_notes(super().clean(value))


class LinesField(forms.CharField):
    """A list of short texts, one a line; semicolons separate, too. `tidy` cleans the list or refuses it."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, *, tidy: Callable[[Iterable[str]], list[str]], **kwargs: Any) -> None:
        self.tidy = tidy
        super().__init__(max_length=5000, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        return self.tidy(re.split(r"[\n;；]", super().clean(value)))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class VariablesField(forms.CharField):
    """`name=value`, one a line."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=50_000, required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(variable_lines(value)) if isinstance(value, dict) else value

    def clean(self, value: Any) -> dict[str, str]:
        return clean_variables(super().clean(value).splitlines())

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class NeverShown:
    """A widget that never renders its value: what was typed into it does not come back in the page."""

    def format_value(self, value: object) -> None:
        return None


class NeverShownTextarea(NeverShown, forms.Textarea):
    pass


class NeverShownInput(NeverShown, forms.TextInput):
    pass
