"""The log in the admin, read-only; and users and groups, whose changes go on record."""

from __future__ import annotations

import json
from typing import Any

import allauth.account.admin  # noqa: F401 - registers what is taken out again below
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from audit.actors import actor_of
from audit.log import record
from audit.models import Entry
from audit.read_only import ReadOnlyAdmin, column

NUMBER = column("number", _("No."))
WHEN = column("at", _("When"))
WHO = column("actor_name", _("Who"))
WHAT = column("action", _("What"))
ON_WHAT = column("target_label", _("On what"))
ADDRESS = column("address", _("From where"))


@admin.register(Entry)
class EntryAdmin(ReadOnlyAdmin):
    list_display = (NUMBER, WHEN, WHO, WHAT, ON_WHAT, ADDRESS)
    shown = (*list_display, column("detail", _("Details")), column("hash", _("Hash")))
    search_fields = ("actor_name", "action", "target_label")
    ordering = ("-number",)


class OnRecord(admin.ModelAdmin):  # type: ignore[type-arg]
    """Django calls these inside the transaction that writes the change."""

    noun = ""
    # Deleting many at once runs outside a transaction, so that an act could be left without its entry.
    actions = None

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        record(f"{self.noun}.created", by=actor_of(request), target=obj)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        record(f"{self.noun}.updated", by=actor_of(request), target=obj, detail={"changed": _fields(message)})
        return super().log_change(request, obj, message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        for obj in queryset:
            record(f"{self.noun}.deleted", by=actor_of(request), target=obj)
        return super().log_deletions(request, queryset)


def _fields(message: Any) -> list[str]:
    """Which fields Django's message says were changed; never their values."""
    parts = json.loads(message) if isinstance(message, str) else message
    return [str(field) for part in parts for field in part.get("changed", {}).get("fields", [])]


# Nobody signs in by e-mail, and nothing would put a change of it on record.
admin.site.unregister(EmailAddress)
admin.site.unregister(User)
admin.site.unregister(Group)


@admin.register(User)
class RecordedUserAdmin(OnRecord, UserAdmin):  # type: ignore[type-arg]
    noun = "user"


@admin.register(Group)
class RecordedGroupAdmin(OnRecord, GroupAdmin):
    noun = "group"
