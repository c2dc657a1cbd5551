from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.filters import DayRangeForm
from audit.models import Entry
from audit.words import ACTIONS, ACTORS


def _action_choices() -> list[tuple[str, str]]:
    known = sorted(((action, str(words)) for action, words in ACTIONS.items()), key=lambda choice: choice[1])
    return [("", _("Everything")), *known]


class EntryFilters(DayRangeForm):
    actor = forms.CharField(label=gettext_lazy("Who"), required=False, max_length=150)
    action = forms.ChoiceField(label=gettext_lazy("What"), required=False, choices=_action_choices)
    target = forms.CharField(label=gettext_lazy("On what"), required=False, max_length=200)
    # Other pages link to all that was done to one thing.
    target_type = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    target_id = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def apply(self, entries: QuerySet[Entry]) -> QuerySet[Entry]:
        lookups: dict[str, Any] = {
            "action": self.asked("action"),
            "target_label__icontains": self.asked("target"),
            "target_type": self.asked("target_type"),
            "target_id": self.asked("target_id"),
            "at__gte": self.since,
            "at__lt": self.until,
        }
        entries = entries.filter(**{name: value for name, value in lookups.items() if value})
        actor = self.asked("actor")
        return entries.filter(_by(actor)) if actor else entries


def _by(text: str) -> Q:
    """Names that contain the text, as they are stored or as they are shown in words."""
    in_words = [name for name, words in ACTORS.items() if text.casefold() in str(words).casefold()]
    return Q(actor_name__icontains=text) | Q(actor_name__in=in_words)
