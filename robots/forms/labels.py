"""Tags and recipient lists."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from robots.forms.fields import NameField, VariablesField
from robots.forms.quiet import QUIET_FIELDS, QuietHoursForm
from robots.models import RecipientList, Tag
from robots.services.tags import LONGEST_TAG


class TagForm(QuietHoursForm):
    name = NameField(
        label=_("Name"), longest=LONGEST_TAG, error_messages={"unique": _("There is a tag of this name already.")}
    )

    variables = VariablesField(
        label=_("Variables"),
        help_text=_(
            "For every robot with this tag, one a line: region=North. A message says {{ region }}. "
            "What a robot says itself wins."
        ),
    )

    class Meta:
        model = Tag
        fields = ["name", "variables", *QUIET_FIELDS]


class RecipientListForm(forms.ModelForm):  # type: ignore[type-arg]
    name = NameField(label=_("Name"), error_messages={"unique": _("There is a list of this name already.")})

    class Meta:
        model = RecipientList
        fields = ["name"]
