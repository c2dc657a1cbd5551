"""The admin of what was sent, which nobody edits, and of drafts, which are saved through the pages' own service."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from audit.actors import actor_of
from audit.read_only import ReadOnlyAdmin, column
from messages.models import Attempt, Broadcast, Delivery, Draft, Run
from messages.services.drafts import StaleDraft, delete_draft, save_draft
from messages.services.snapshots import LINKS, VALUES, Snapshot

# Own words of groups are written on the compose page; here they stay as they are.
WRITTEN: Final = tuple(name for name in VALUES if name != "overrides")


class DraftForm(ModelForm):  # type: ignore[type-arg]
    """`based_on`: the version that was on the screen, so that two people do not overwrite each other."""

    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Draft
        fields = (*WRITTEN, *LINKS)
        labels = {"content": _("content")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["based_on"].initial = self.instance.version

    def clean(self) -> None:
        super().clean()
        if self.instance.pk is None:
            return
        # Locked until the admin's transaction ends: the save that follows cannot be stale.
        current = Draft.objects.select_for_update().filter(pk=self.instance.pk).first()
        if current is None or current.version != self.cleaned_data.get("based_on"):
            raise forms.ValidationError(StaleDraft(current.versions.first() if current else None).text)

    def snapshot(self) -> Snapshot:
        given = self.cleaned_data
        values: dict[str, Any] = {name: given[name] for name in WRITTEN}
        for name in LINKS:
            values[name] = tuple(row.pk for row in given[name])
        return Snapshot(**values, overrides=self.instance.overrides)


@admin.register(Draft)
class DraftAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = DraftForm
    list_display = (
        "name",
        "msgtype",
        column("version", _("Version")),
        column("updated_at", _("Saved")),
    )
    list_filter = ("msgtype",)
    search_fields = ("name",)
    filter_horizontal = tuple(LINKS)

    def save_model(self, request: HttpRequest, obj: Draft, form: DraftForm, change: bool) -> None:
        draft = save_draft(
            draft=obj if change else None,
            snapshot=form.snapshot(),
            based_on=form.cleaned_data.get("based_on"),
            by=actor_of(request),
        )
        obj.pk = draft.pk
        obj.refresh_from_db()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The service has saved them with the draft."""

    def delete_model(self, request: HttpRequest, obj: Draft) -> None:
        delete_draft(draft=obj, by=actor_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Draft]) -> None:
        for draft in queryset:
            delete_draft(draft=draft, by=actor_of(request))


NAME = column("name", _("Name"))
ROBOT = column("robot_name", _("Robot"))
GROUP = column("group_name", _("Group"))
STATE = column("status", _("State"))
PLANNED_AT = column("planned_at", _("Planned for"))
REASON = column("reason", _("Reason"))
ERRCODE = column("errcode", "errcode")
BROADCAST = column("broadcast", _("Broadcast"))
WORKER = column("worker", _("Worker"))


@admin.register(Broadcast)
class BroadcastAdmin(ReadOnlyAdmin):
    list_display = (NAME, column("kind", _("Kind")), STATE, PLANNED_AT, column("created_by_name", _("By")))
    # Whole mobiles are for DingTalk: only the body of a delivery shows what DingTalk was told.
    shown = (
        *list_display,
        column("zone", _("Time zone")),
        column("msgtype", _("Type")),
        column("content", _("Content")),
        column("at_everyone", _("Mentions everyone"), boolean=True),
        column("created_at", _("Launched")),
        column("uncertain_policy", _("When the result is unknown")),
    )
    search_fields = ("name",)


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = (column("pk", _("No.")), BROADCAST, PLANNED_AT, column("fired_at", _("Fired")))
    shown = list_display
    list_select_related = ("broadcast",)

    def has_view_permission(self, request: HttpRequest, obj: Run | None = None) -> bool:
        return request.user.has_perm("broadcasts.view_broadcast")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


@admin.display(description=_("Body"))
def body_text(delivery: Delivery) -> str:
    return delivery.body.text


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = (column("pk", _("No.")), ROBOT, GROUP, STATE, REASON, ERRCODE, PLANNED_AT)
    shown = (
        *list_display,
        column("run", _("Run")),
        column("part", _("Part")),
        column("parts", _("Of so many parts")),
        column("is_test", _("Test"), boolean=True),
        column("msg_uuid", "msgUuid"),
        column("calls", _("Attempts")),
        column("due_at", _("Next call")),
        column("ended_at", _("Ended")),
        WORKER,
        body_text,
    )
    search_fields = ("robot_name", "group_name")


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = (
        column("delivery", _("Delivery")),
        column("number", _("No.")),
        column("started_at", _("Started")),
        column("duration_ms", _("Took (ms)")),
        column("kind", _("Result")),
        column("http_status", _("HTTP status")),
        ERRCODE,
    )
    shown = (
        *list_display,
        REASON,
        column("raw", _("DingTalk's reply")),
        column("masked_url", _("Address")),
        WORKER,
    )
    list_select_related = ("delivery",)
    search_fields = ("delivery__robot_name",)
