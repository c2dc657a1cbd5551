from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from robots.forms.fields import NameField, NotesField
from robots.forms.quiet import QUIET_FIELDS, QuietHoursForm
from robots.models import Edition, Organisation
from robots.organisations import SUGGESTED_QUOTA


class OrganisationForm(QuietHoursForm):
    name = NameField(label=_("Name"), error_messages={"unique": _("There is an organisation of this name already.")})
    edition = forms.ChoiceField(
        label=_("Edition"),
        choices=Edition.choices,
        widget=forms.RadioSelect,
        initial=Edition.STANDARD,
        help_text=_("The DingTalk edition that the organisation has."),
    )
    monthly_quota = forms.IntegerField(
        label=_("Monthly quota"),
        required=False,
        min_value=0,
        max_value=1_000_000_000,
        help_text=_(
            "How many webhook messages DingTalk allows the organisation a month, all its programs together. "
            "Left empty: 3,000 for the standard edition, 50,000 for the professional one."
        ),
    )
    reserve = forms.IntegerField(
        label=_("Reserve for urgent broadcasts"),
        required=False,
        min_value=0,
        max_value=1_000_000_000,
        help_text=_(
            "How many messages of the quota are kept for urgent broadcasts."
            " Whoever launches another one that would use them up is asked first."
        ),
    )
    notes = NotesField(label=_("Notes"), required=False, max_length=5000)

    class Meta:
        model = Organisation
        fields = ["name", "edition", "monthly_quota", "reserve", "notes", *QUIET_FIELDS]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("monthly_quota") is None and "edition" in cleaned and "monthly_quota" not in self.errors:
            cleaned["monthly_quota"] = SUGGESTED_QUOTA[Edition(cleaned["edition"])]
        cleaned["reserve"] = cleaned.get("reserve") or 0
        quota = cleaned.get("monthly_quota")
        if quota is not None and cleaned["reserve"] > quota:
            self.add_error("reserve", _("The reserve is a part of the quota: it cannot be larger."))
        return cleaned
