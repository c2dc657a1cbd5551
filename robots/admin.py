"""Robots and people in the admin. Every change goes through the services, so that it is on record like any other."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters

from audit.actors import Actor, actor_of
from audit.read_only import column
from audit.row_list_filter import RowListFilter
from robots.forms.labels import RecipientListForm, TagForm
from robots.forms.organisation import OrganisationForm
from robots.forms.recipient import RecipientForm
from robots.forms.robot import WRITTEN_ONLY, RobotForm
from robots.masking import mask_mobile
from robots.models import Organisation, Recipient, RecipientList, Robot, Tag
from robots.services.lists import create_list, delete_list, rename_list, set_members
from robots.services.organisations import create_organisation, delete_organisation, update_organisation
from robots.services.recipients import delete_recipient
from robots.services.robots import delete_robot
from robots.services.tags import create_tag, delete_tag, update_tag

LAST_AT = column("last_at", _("Last called"))


class ThroughServices(admin.ModelAdmin):  # type: ignore[type-arg]
    """Saves and deletes by the methods below. Django calls them inside a transaction."""

    list_per_page = 50
    show_full_result_count = False
    # Deleting many at once would pass by the services.
    actions = None

    def create(self, form: Any, *, by: Actor) -> Model:
        raise NotImplementedError

    def update(self, form: Any, *, by: Actor) -> Model:
        raise NotImplementedError

    def delete(self, obj: Any, *, by: Actor) -> None:
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        if change:
            self.update(form, by=actor_of(request))
            return
        obj.pk = self.create(form, by=actor_of(request)).pk
        obj._state.adding = False

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Tags, lists and members are saved by the services."""

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        self.delete(obj, by=actor_of(request))


@admin.register(Robot)
class RobotAdmin(ThroughServices):
    """Webhook and secret are written and never shown, as on the pages."""

    form = RobotForm
    list_display = ("name", "group_name", "organisation", "status", LAST_AT)
    list_filter = ("status", ("organisation", RowListFilter), ("tags", RowListFilter))
    list_select_related = ("organisation",)
    search_fields = ("name", "group_name")
    noted: tuple[Any, ...] = (
        column("token_set_at", _("Webhook set on")),
        column("secret_set_at", _("Signing secret set on")),
        "status",
        column("paused_reason", _("Why it is paused")),
        column("last_reason", _("Last result")),
        LAST_AT,
    )

    @method_decorator(sensitive_post_parameters(*WRITTEN_ONLY))
    def changeform_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().changeform_view(*args, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Robot | None = None) -> Any:
        return list(RobotForm(instance=obj).fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Robot | None = None) -> Any:
        return self.noted if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: Robot | None = None) -> Any:
        written = (None, {"fields": self.get_fields(request, obj)})
        return [written, (_("Noted by the system"), {"fields": self.noted})] if obj else [written]

    def create(self, form: RobotForm, *, by: Actor) -> Model:
        return _written(form.create(by=by))

    def update(self, form: RobotForm, *, by: Actor) -> Model:
        return _written(form.update(by=by))

    def delete(self, obj: Robot, *, by: Actor) -> None:
        delete_robot(obj, by=by)


@admin.register(Tag)
class TagAdmin(ThroughServices):
    form = TagForm
    search_fields = ("name",)

    def create(self, form: TagForm, *, by: Actor) -> Model:
        return create_tag(**form.cleaned_data, by=by)

    def update(self, form: TagForm, *, by: Actor) -> Model:
        return update_tag(form.instance, **form.cleaned_data, by=by)

    def delete(self, obj: Tag, *, by: Actor) -> None:
        delete_tag(obj, by=by)


@admin.register(Organisation)
class OrganisationAdmin(ThroughServices):
    form = OrganisationForm
    list_display = ("name", "edition", "monthly_quota", "simulated")

    def create(self, form: OrganisationForm, *, by: Actor) -> Model:
        return create_organisation(**form.cleaned_data, by=by)

    def update(self, form: OrganisationForm, *, by: Actor) -> Model:
        return update_organisation(form.instance, **form.cleaned_data, by=by)

    def delete(self, obj: Organisation, *, by: Actor) -> None:
        delete_organisation(obj, by=by)


@admin.register(Recipient)
class RecipientAdmin(ThroughServices):
    form = RecipientForm
    list_display = ("name", "masked_mobile", "user_id")
    search_fields = ("name", "user_id", "mobile")

    @admin.display(description=_("Mobile"))
    def masked_mobile(self, recipient: Recipient) -> str:
        return mask_mobile(recipient.mobile)

    def get_fields(self, request: HttpRequest, obj: Recipient | None = None) -> Any:
        return list(RecipientForm(instance=obj).fields)

    def create(self, form: RecipientForm, *, by: Actor) -> Model:
        return _written(form.create(by=by))

    def update(self, form: RecipientForm, *, by: Actor) -> Model:
        return _written(form.update(by=by))

    def delete(self, obj: Recipient, *, by: Actor) -> None:
        delete_recipient(obj, by=by)


class ListWithMembersForm(RecipientListForm):
    class Meta(RecipientListForm.Meta):
        fields = ["name", "members"]


@admin.register(RecipientList)
class RecipientListAdmin(ThroughServices):
    form = ListWithMembersForm
    search_fields = ("name",)
    autocomplete_fields = ("members",)

    def create(self, form: ListWithMembersForm, *, by: Actor) -> Model:
        return create_list(name=form.cleaned_data["name"], members=form.cleaned_data["members"], by=by)

    def update(self, form: ListWithMembersForm, *, by: Actor) -> Model:
        renamed = rename_list(form.instance, name=form.cleaned_data["name"], by=by)
        set_members(renamed, form.cleaned_data["members"], by=by)
        return renamed

    def delete(self, obj: RecipientList, *, by: Actor) -> None:
        delete_list(obj, by=by)


def _written(row: Model | None) -> Model:
    """Rare enough for an error page: somebody took the webhook or number between the form's check and the write."""
    if row is None:
        raise RuntimeError("somebody else was faster; nothing was written")
    return row
