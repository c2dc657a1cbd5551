"""What the list of drafts can be narrowed down to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.row_field import RowField
from messages.models import Draft, MessageType

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet


def type_choices() -> list[tuple[str, str]]:
    return [("", _("Any type")), *((kind.value, str(kind.label)) for kind in MessageType)]


def _authors() -> QuerySet[User]:
    return (
        get_user_model()
        ._default_manager.filter(pk__in=Draft.objects.values("created_by"))
        .only("username")
        .order_by("username")
    )


def words_in(text: str, *fields: str) -> Q:
    """Every word of the text somewhere in the message or in one of the fields."""
    wanted = Q()
    for word in text.split():
        # SQLite keeps JSON with its Chinese escaped, PostgreSQL does not.
        escaped = json.dumps(word)[1:-1]
        found = Q(content__icontains=word) | Q(content__icontains=escaped)
        for field in fields:
            found |= Q(**{f"{field}__icontains": word})
        wanted &= found
    return wanted


class DraftFilters(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name or words of the message"), required=False, max_length=100)
    type = forms.ChoiceField(label=gettext_lazy("Type"), required=False, choices=type_choices)
    author = RowField(
        _authors(),
        names=("username", "first_name", "last_name"),
        label=gettext_lazy("Written by"),
        empty_label=gettext_lazy("Anybody"),
    )

    def wanted(self) -> Q:
        """What cannot be understood filters nothing."""
        self.is_valid()
        wanted = Q()
        if kind := self.cleaned_data.get("type"):
            wanted &= Q(msgtype=kind)
        if author := self.cleaned_data.get("author"):
            wanted &= Q(created_by=author)
        return wanted & words_in(self.cleaned_data.get("q") or "", "name")
