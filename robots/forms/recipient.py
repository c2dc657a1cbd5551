from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.actors import Actor
from robots.forms.fields import NameField, NotesField
from robots.models import Recipient, RecipientList, Robot
from robots.rules.mobiles import clean_mobile
from robots.rules.user_ids import clean_user_id
from robots.services.recipients import (
    RecipientTakenError,
    create_recipient,
    refuse_nobody,
    update_recipient,
)


class TidyField(forms.CharField):
    def __init__(self, *, tidy: Callable[[str], str], **kwargs: Any) -> None:
        self.tidy = tidy
        super().__init__(max_length=100, **kwargs)

    def clean(self, value: Any) -> str:
        return self.tidy(super().clean(value))


class GroupsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Model) -> str:
        return in_words(obj) if isinstance(obj, Robot) else str(obj)


def in_words(robot: Robot) -> str:
    """A group by its name, with the robot's where that is another."""
    if not robot.group_name or robot.group_name == robot.name:
        return robot.name
    return f"{robot.group_name} · {robot.name}"


class RecipientForm(forms.ModelForm):  # type: ignore[type-arg]
    name = NameField(label=gettext_lazy("Person's name"))
    mobile = TidyField(
        tidy=clean_mobile,
        label=gettext_lazy("Mobile"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        help_text=gettext_lazy(
            "The number that the person signs in to DingTalk with. From outside the mainland: +852-91234567."
        ),
    )
    user_id = TidyField(
        tidy=clean_user_id,
        label=gettext_lazy("DingTalk userId"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy("As in the admin console's contacts. Works in groups of your own organisation only."),
    )
    lists = forms.ModelMultipleChoiceField(
        queryset=RecipientList.objects.all(),
        label=gettext_lazy("Recipient lists"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    groups = GroupsField(
        queryset=Robot.objects.only("name", "group_name").order_by("group_name", "name"),
        label=gettext_lazy("Groups that the person is in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Tick all of them or none. Whoever mentions the person in another group is told of it before sending."
        ),
    )
    notes = NotesField(label=gettext_lazy("Notes"), required=False, max_length=5000)

    class Meta:
        model = Recipient
        fields = ["name", "mobile", "user_id", "notes"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.recipient = self.instance if self.instance.pk else None
        if not RecipientList.objects.exists():
            self.fields.pop("lists", None)
        elif self.recipient:
            self.fields["lists"].initial = self.recipient.lists.all()
        if not Robot.objects.exists():
            self.fields.pop("groups", None)
        elif self.recipient:
            self.fields["groups"].initial = self.recipient.groups.all()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if {"mobile", "user_id"} <= cleaned.keys():
            refuse_nobody(mobile=cleaned["mobile"], user_id=cleaned["user_id"])
            for field in ("mobile", "user_id"):
                self._refuse_taken(field, cleaned[field])
        return cleaned

    def _get_validation_exclusions(self) -> set[str]:
        """The model's constraints are told by clean(): in words, beside the field, with a link to the other one."""
        return {*super()._get_validation_exclusions(), "mobile", "user_id"}  # type: ignore[misc]

    def create(self, *, by: Actor) -> Recipient | None:
        """None, with an error in the form, when somebody was faster with the same number or userId."""
        try:
            return create_recipient(**self._values(), by=by)
        except RecipientTakenError as error:
            self.add_error(error.field, _taken_text(error.recipient))
            return None

    def update(self, *, by: Actor) -> Recipient | None:
        """None as in create()."""
        try:
            return update_recipient(self.instance, **self._values(), by=by)
        except RecipientTakenError as error:
            self.add_error(error.field, _taken_text(error.recipient))
            return None

    def _values(self) -> dict[str, Any]:
        names = ("name", "mobile", "user_id", "notes")
        lists = list(self.cleaned_data.get("lists", ()))
        groups = list(self.cleaned_data.get("groups", ()))
        return {**{name: self.cleaned_data[name] for name in names}, "lists": lists, "groups": groups}

    def _refuse_taken(self, field: str, value: str) -> None:
        others = Recipient.objects.exclude(pk=self.instance.pk or 0)
        taken = others.filter(**{field: value}).first() if value else None
        if taken:
            self.add_error(field, _taken_text(taken))


def _taken_text(recipient: Recipient) -> str:
    link = format_html('<a href="{}">{}</a>', reverse("robots:recipient_edit", args=[recipient.pk]), recipient.name)
    return format_html(_("{recipient} has it already."), recipient=link)
