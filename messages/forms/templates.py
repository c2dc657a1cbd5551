"""What is said about a template, and what the library can be narrowed down to."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from messages.forms.filters import type_choices, words_in
from messages.services.snapshots import NAME_LENGTH
from messages.services.templates import CATEGORY_LENGTH, DESCRIPTION_LENGTH, categories

NO_CATEGORY: Final = " "  # no category is called so: spaces around a name are taken away


def _categories() -> list[tuple[str, str]]:
    shown = [(category.name or NO_CATEGORY, f"{category.label} ({category.templates})") for category in categories()]
    return [("", _("Any category")), *shown]


def _category(label: Any, help_text: Any) -> forms.CharField:
    """The page draws the categories that there are as suggestions: `list` names them."""
    attributes = {"list": "known-categories", "autocomplete": "off"}
    return forms.CharField(
        label=label,
        required=False,
        max_length=CATEGORY_LENGTH,
        help_text=help_text,
        widget=forms.TextInput(attrs=attributes),
    )


class TemplateForm(forms.Form):
    category = _category(
        gettext_lazy("Category"), gettext_lazy("One that is there already, or a new one. It may stay empty.")
    )
    description = forms.CharField(
        label=pgettext_lazy("template", "Description"),
        required=False,
        max_length=DESCRIPTION_LENGTH,
        help_text=gettext_lazy("What it is for, for those who look for a template."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class NewTemplateForm(TemplateForm):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=NAME_LENGTH, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    field_order = ("name", "category", "description")


class CategoryForm(forms.Form):
    """`merge`: the person has read that there is such a category already."""

    new = _category(gettext_lazy("New name"), gettext_lazy("Left empty, its templates have no category any more."))
    merge = forms.BooleanField(required=False, widget=forms.HiddenInput)


class TemplateFilters(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name, description or words of the message"), required=False, max_length=100)
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False)
    type = forms.ChoiceField(label=gettext_lazy("Type"), required=False, choices=type_choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"] = forms.ChoiceField(
            label=gettext_lazy("Category"), required=False, choices=_categories()
        )

    def wanted(self) -> Q:
        """What cannot be understood filters nothing."""
        self.is_valid()
        wanted = Q()
        if kind := self.cleaned_data.get("type"):
            wanted &= Q(msgtype=kind)
        if (category := self.chosen_category) is not None:
            wanted &= Q(category=category)
        return wanted & words_in(self.cleaned_data.get("q") or "", "name", "description")

    @property
    def chosen_category(self) -> str | None:
        """None for any."""
        chosen: str = self.cleaned_data.get("category") or "" if self.is_valid() else ""
        return chosen.strip() if chosen else None
