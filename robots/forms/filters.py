from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from audit.row_field import RowField
from robots.models import Organisation, Recipient, RecipientList, Robot, RobotStatus, Tag

MOST_FOUND = 10


class RobotFilters(forms.Form):
    """A filter with a value that cannot be is no filter."""

    q = forms.CharField(label=_("Name or group"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State"), choices=[("", _("Any")), *RobotStatus.choices], required=False)
    tag = RowField(Tag.objects.only("name"), label=_("Tag"), empty_label=_("Any"))
    organisation = RowField(Organisation.objects.only("name"), label=_("Organisation"), empty_label=_("Any"))

    def apply(self, robots: QuerySet[Robot]) -> QuerySet[Robot]:
        chosen = _valid(self)
        if text := chosen.get("q"):
            robots = robots.filter(Q(name__icontains=text) | Q(group_name__icontains=text))
        if chosen.get("state"):
            robots = robots.filter(status=chosen["state"])
        if chosen.get("tag"):
            robots = robots.filter(tags=chosen["tag"])
        if chosen.get("organisation"):
            robots = robots.filter(organisation=chosen["organisation"])
        return robots


class RecipientFilters(forms.Form):
    q = forms.CharField(label=_("Name, mobile or userId"), required=False, max_length=100)
    list = RowField(RecipientList.objects.only("name"), label=_("Recipient list"), empty_label=_("Any"))

    def apply(self, recipients: QuerySet[Recipient]) -> QuerySet[Recipient]:
        chosen = _valid(self)
        recipients = search_recipients(recipients, chosen.get("q") or "")
        return recipients.filter(lists=chosen["list"]) if chosen.get("list") else recipients


class NameFilter(forms.Form):
    q = forms.CharField(label=_("Name"), required=False, max_length=100)

    @property
    def text(self) -> str:
        return str(_valid(self).get("q") or "")


def search_recipients(recipients: QuerySet[Recipient], text: str) -> QuerySet[Recipient]:
    if not text:
        return recipients
    digits = text.replace(" ", "").replace("-", "")
    found = Q(name__icontains=text) | Q(user_id__icontains=text)
    return recipients.filter(found | Q(mobile__contains=digits) if digits.lstrip("+").isdecimal() else found)


def found_in(recipients: QuerySet[Recipient], text: str) -> dict[str, object]:
    """What robots/people/_found.html shows: the first of them that the text fits, all where it is empty."""
    found = list(search_recipients(recipients, text)[: MOST_FOUND + 1])
    return {"search": text, "found": found[:MOST_FOUND], "more_found": len(found) > MOST_FOUND}


def _valid(form: forms.Form) -> dict[str, Any]:
    form.is_valid()
    return form.cleaned_data
