from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from audit.actors import Actor
from robots.endpoints import bases_of
from robots.forms.credentials import (
    CredentialsMixin,
    kept_field,
    remove_secret_field,
    secret_field,
    taken_text,
    webhook_field,
)
from robots.forms.fields import LinesField, NameField, NotesField, VariablesField
from robots.forms.organisation_choice import offer_organisations
from robots.models import Organisation, Robot, Tag
from robots.organisations import default_organisation
from robots.rules.footers import clean_footer
from robots.rules.ip_ranges import clean_ip_ranges
from robots.rules.keywords import clean_keywords
from robots.services.robots import KEEP, NameTakenError, TokenTakenError, create_robot, update_robot

WRITTEN_ONLY = ("webhook", "secret", "kept")
_NAME_TAKEN = gettext_lazy("There is a robot of this name already.")


class RobotForm(CredentialsMixin, forms.ModelForm):  # type: ignore[type-arg]
    """Webhook and secret are written and never shown: an empty field keeps what is set, a box removes the secret."""

    webhook = webhook_field()
    secret = secret_field()
    remove_secret = remove_secret_field()
    kept = kept_field()
    name = NameField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("How staff call it here. The group does not see it."),
        error_messages={"unique": _NAME_TAKEN},
    )
    group_name = NameField(
        label=gettext_lazy("Group"),
        required=False,
        help_text=gettext_lazy("The name of the DingTalk group that it posts to."),
    )
    keywords = LinesField(
        tidy=clean_keywords,
        label=gettext_lazy("Keywords"),
        required=False,
        help_text=gettext_lazy(
            "Only if keywords are set in DingTalk: the same words, one a line, at most 10. "
            "Messages without any of them are stopped before they are sent."
        ),
    )
    ip_ranges = LinesField(
        tidy=clean_ip_ranges,
        label=gettext_lazy("IP ranges"),
        required=False,
        help_text=gettext_lazy("Only if IP ranges are set in DingTalk: the same ranges, one a line."),
    )
    footer = forms.CharField(
        label=gettext_lazy("Footer"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "Added at the end of messages that have none of the keywords, so that DingTalk takes them."
            " It has to hold one of them."
        ),
    )
    append_keyword = forms.BooleanField(
        label=gettext_lazy("Add the first keyword itself where a message has none and the footer does not help"),
        required=False,
    )
    external = forms.BooleanField(
        label=gettext_lazy("External group: people of other organisations are in it"),
        required=False,
        help_text=gettext_lazy("Mentions go by mobile number only there: DingTalk knows no userIds in such a group."),
    )
    for_tests = forms.BooleanField(
        label=gettext_lazy("For tests: messages are tried out in this group"),
        required=False,
        help_text=gettext_lazy(
            "Whoever writes a message can send it here first, as any of the chosen groups would get it."
        ),
    )
    variables = VariablesField(
        label=gettext_lazy("Variables"),
        help_text=gettext_lazy(
            "What differs from group to group, one a line: manager=Li Lei. "
            "A message says {{ manager }}, and each group reads its own."
        ),
    )
    notes = NotesField(label=gettext_lazy("Notes"), required=False, max_length=5000)

    class Meta:
        model = Robot
        fields = [
            "name",
            "group_name",
            "organisation",
            "tags",
            "external",
            "for_tests",
            "keywords",
            "ip_ranges",
            "footer",
            "append_keyword",
            "variables",
            "notes",
        ]
        widgets = {"tags": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.robot = self.instance if self.instance.pk else None
        offer_organisations(self.fields["organisation"])
        self.fields["webhook"].required = not self.robot and not self.data.get(self.add_prefix("kept"))
        if self.robot is None or not self.robot.has_secret:
            self.fields.pop("remove_secret", None)
        if not Tag.objects.exists():
            self.fields.pop("tags", None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._check_footer(cleaned)
        self.read_credentials(robot=self.robot, bases=bases_of(cleaned.get("organisation") or Organisation()))
        return self.cleaned_data

    def _check_footer(self, cleaned: dict[str, Any]) -> None:
        """Beside the keywords that it is there for; without them in order, nothing can be said of it."""
        if "keywords" not in cleaned or "footer" not in cleaned:
            return
        try:
            cleaned["footer"] = clean_footer(
                cleaned["footer"], keywords=cleaned["keywords"], append_keyword=bool(cleaned.get("append_keyword"))
            )
        except forms.ValidationError as error:
            self.add_error("footer", error)

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and self.errors:
            self.keep_credentials()

    def create(self, *, by: Actor) -> Robot | None:
        """The new robot; None, with errors in the form, when somebody was faster with its webhook or name."""
        if self.new_token is None or self.new_secret is KEEP:
            raise ValueError("a form that is not valid was used")
        try:
            return create_robot(**self._values(), token=self.new_token, secret=self.new_secret, by=by)
        except (TokenTakenError, NameTakenError) as error:
            self._refuse(error)
            return None

    def update(self, *, by: Actor) -> Robot | None:
        """The changed robot; None as in create()."""
        try:
            return update_robot(self.instance, **self._values(), token=self.new_token, secret=self.new_secret, by=by)
        except (TokenTakenError, NameTakenError) as error:
            self._refuse(error)
            return None

    def _values(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        names = (
            "name",
            "group_name",
            "external",
            "for_tests",
            "keywords",
            "ip_ranges",
            "footer",
            "append_keyword",
            "variables",
            "notes",
        )
        return {
            **{name: cleaned[name] for name in names},
            "organisation": cleaned["organisation"] or default_organisation(),
            "tags": list(cleaned.get("tags", ())),
        }

    def _refuse(self, error: TokenTakenError | NameTakenError) -> None:
        if isinstance(error, TokenTakenError):
            self.add_error("webhook", taken_text(error.robot))
        else:
            self.add_error("name", _NAME_TAKEN)
        self.keep_credentials()
