"""Templates to begin a library with, in the language of whoever takes them. Nobody has to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from messages.models import MessageType
from messages.services.libraries import Entry


@dataclass(frozen=True, slots=True)
class Starter:
    key: str
    name: Promise
    category: Promise
    description: Promise
    text: Promise

    def entry(self) -> Entry:
        """In the language of this moment."""
        name = str(self.name)
        content = {"title": name, "text": str(self.text)}
        return Entry(name, MessageType.MARKDOWN, content, str(self.category), str(self.description))


STARTERS: Final = (
    Starter(
        "maintenance",
        _("Notice of maintenance"),
        _("IT"),
        _("A system is down for a while: which, from when to when, and whom to ask."),
        _(
            "### Notice of maintenance\n\n**System:** …\n\n**From:** …\n\n**To:** …\n\n"
            "It cannot be used in this time. Save your work before it begins.\n\nQuestions: …\n\n"
            "> To {{ group }}, {{ run.date }}"
        ),
    ),
    Starter(
        "holiday",
        _("Duty over the holidays"),
        pgettext_lazy("template category", "Administration"),
        _("When the holiday is, who is on duty, and what to switch off before leaving."),
        _(
            "### Duty over the holidays\n\n**Holiday:** … to …, back at work on …\n\n**On duty:**\n\n"
            "- … (phone …)\n- … (phone …)\n\n**Before you leave:** switch off lights and machines, close the windows, "
            "lock the doors.\n\n> To {{ group }}, {{ run.date }}"
        ),
    ),
    Starter(
        "meeting",
        _("Invitation to a meeting"),
        pgettext_lazy("template category", "Administration"),
        _("What it is about, when and where, and what to bring."),
        _(
            "### Invitation to a meeting\n\n**About:** …\n\n**When:** …\n\n**Where:** …\n\n**Please prepare:** …\n\n"
            "If you cannot come, tell the organiser before …"
        ),
    ),
    Starter(
        "safety",
        _("Safety reminder"),
        _("Safety"),
        _("What to check today, and what to do when something is wrong."),
        _(
            "### Safety reminder\n\n{{ group }}, please check today, {{ run.date }}:\n\n- Escape routes and fire doors "
            "are free\n- Fire extinguishers are in place and in date\n- Sockets and cables are undamaged\n\n"
            "Found something? Report it at once: …"
        ),
    ),
)
