"""The admin of what was sent, which nobody edits, and of drafts, which are saved through the pages' own service."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from audit.actors import actor_of
from audit.read_only import ReadOnlyAdmin
from messages.models import Attempt, Broadcast, Delivery, Draft, Run
from messages.services.drafts import StaleDraft, delete_draft, save_draft
from messages.services.snapshots import LINKS, VALUES, Snapshot


class DraftForm(ModelForm):  # type: ignore[type-arg]
    """`based_on`: the version that was on the screen, so that two people do not overwrite each other."""

    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Draft
        fields = (*VALUES, *LINKS)

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
        values: dict[str, Any] = {name: given[name] for name in VALUES}
        for name in LINKS:
            values[name] = tuple(row.pk for row in given[name])
        return Snapshot(**values)


@admin.register(Draft)
class DraftAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = DraftForm
    list_display = ("name", "msgtype", "version", "updated_at")
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


@admin.register(Broadcast)
class BroadcastAdmin(ReadOnlyAdmin):
    list_display = ("name", "kind", "status", "planned_at", "zone", "created_by_name")
    list_filter = ("status", "kind")
    search_fields = ("name",)
    # Whole mobiles are for DingTalk: only the body of a delivery shows what DingTalk was told.
    exclude = ("at_mobiles",)


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    list_display = ("pk", "broadcast", "planned_at", "fired_at")
    list_select_related = ("broadcast",)

    def has_view_permission(self, request: HttpRequest, obj: Run | None = None) -> bool:
        return request.user.has_perm("broadcasts.view_broadcast")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("pk", "robot_name", "group_name", "status", "reason", "errcode", "planned_at", "ended_at")
    list_filter = ("status",)
    search_fields = ("robot_name", "group_name")
    readonly_fields = ("body_text",)
    exclude = ("body", "claim")

    @admin.display(description=_("Body"))
    def body_text(self, delivery: Delivery) -> str:
        return delivery.body.text


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = ("pk", "delivery", "number", "started_at", "duration_ms", "kind", "http_status", "errcode")
    list_filter = ("kind",)
    list_select_related = ("delivery",)
    search_fields = ("delivery__robot_name",)
    exclude = ("token_fingerprint",)
