"""What the table of the dry run can be narrowed down to."""

from __future__ import annotations

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from messages.services.checks.findings import BLOCKER, NOTE, WARNING
from messages.services.checks.topics import Topic


class Level(TextChoices):
    """How grave a finding is; the values are those of findings, but for "fine": neither blocker nor warning."""

    BLOCKER = BLOCKER, pgettext_lazy("finding", "Blocks")
    WARNING = WARNING, pgettext_lazy("finding", "Warning")
    NOTE = NOTE, pgettext_lazy("finding", "Note")
    FINE = "fine", pgettext_lazy("finding", "OK")


def _levels() -> list[tuple[str, str]]:
    return [("", _("Any result")), *((level.value, str(level.label)) for level in Level)]


def _topics() -> list[tuple[str, str]]:
    return [("", _("Any check")), *((topic.value, str(topic.label)) for topic in Topic)]


class DryRunFilters(forms.Form):
    q = forms.CharField(label=gettext_lazy("Robot or group"), required=False, max_length=100)
    level = forms.ChoiceField(label=gettext_lazy("Result"), required=False, choices=_levels)
    check = forms.ChoiceField(label=pgettext_lazy("noun", "Check"), required=False, choices=_topics)
    found = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)  # one thing that was found

    def asked(self, name: str) -> str:
        """What cannot be understood filters nothing."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")
