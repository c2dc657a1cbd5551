"""The two fields of a robot that are written and never shown, and what was meant by what was pasted into them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dingtalk.secrets import Secret
from dingtalk.webhook import WebhookProblem
from robots.endpoints import allowed_bases
from robots.forms.fields import NeverShownInput, NeverShownTextarea
from robots.forms.kept import Kept, pack, unpack
from robots.models import Robot
from robots.rules.webhook_texts import PROBLEM_TEXTS
from robots.rules.webhooks import clean_secret, clean_webhook, take_apart
from robots.services.credentials import KEEP, NewSecret, TokenTakenError, refuse_taken

_TYPED = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
_OTHER_PLACE = {
    WebhookProblem.OTHER_HOST,
    WebhookProblem.LOOKALIKE_HOST,
    WebhookProblem.OTHER_PORT,
    WebhookProblem.OTHER_PATH,
    WebhookProblem.NOT_HTTPS,
    WebhookProblem.OTHER_SCHEME,
}


class CredentialsMixin(forms.BaseForm):
    """Reads the fields below into two secrets. What was valid survives a form that has to be shown again."""

    new_token: Secret | None = None  # None keeps the webhook
    new_secret: NewSecret = KEEP
    given = Kept()

    def read_credentials(self, *, robot: Robot | None, bases: Sequence[str]) -> None:
        """For clean(): note errors beside the fields."""
        pasted = take_apart(self.cleaned_data.pop("webhook", ""))
        typed_secret = self.cleaned_data.pop("secret", "")
        before = unpack(self.cleaned_data.pop("kept", ""))
        token = self._read("webhook", lambda: self._token(pasted.webhook, robot=robot, bases=bases, before=before))
        secret = self._read("secret", lambda: _one_secret(pasted.secret, typed_secret)) or before.secret
        self.given = Kept(token=token, secret=secret)
        self.new_token, self.new_secret = token, secret or (KEEP if robot else None)
        if self.cleaned_data.pop("remove_secret", False):
            self.new_secret = None
            if secret:
                self.add_error("remove_secret", _("Here is a new secret. Either replace the old one or remove it."))

    @property
    def changes_credentials(self) -> bool:
        return self.new_token is not None or self.new_secret is not KEEP

    def keep_credentials(self) -> None:
        """Before the form is shown again: hand what was valid to the next try."""
        if self.given.token or self.given.secret:
            data = cast("QueryDict", self.data).copy()
            data[self.add_prefix("kept")] = pack(self.given)
            self.data = data
            # What is kept need not be pasted again.
            self.fields["webhook"].required = self.fields["webhook"].required and not self.given.token

    def _token(self, pasted: str, *, robot: Robot | None, bases: Sequence[str], before: Kept) -> Secret | None:
        if not pasted.strip() and (before.token or robot):
            return before.token
        token = _parsed(pasted, bases)
        try:
            refuse_taken(token, but=robot)
        except TokenTakenError as error:
            raise ValidationError(taken_text(error.robot), code="taken") from None
        return token

    def _read(self, field: str, read: Callable[[], Secret | None]) -> Secret | None:
        if field in self.errors:
            return None
        try:
            return read()
        except ValidationError as error:
            self.add_error(field, error)
            return None


def webhook_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Webhook"),
        max_length=4000,
        error_messages={"required": PROBLEM_TEXTS[WebhookProblem.EMPTY]},
        widget=NeverShownTextarea(attrs={"rows": 3, **_TYPED}),
        help_text=gettext_lazy("As DingTalk shows it. If you copied the secret, too, paste it on a line below."),
    )


def secret_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Signing secret"),
        required=False,
        max_length=500,
        widget=NeverShownInput(attrs=_TYPED),
        help_text=gettext_lazy("Begins with SEC. Only for robots with an additional signature."),
    )


def remove_secret_field() -> forms.BooleanField:
    return forms.BooleanField(label=gettext_lazy("Remove the signing secret"), required=False)


def kept_field() -> forms.CharField:
    return forms.CharField(required=False, max_length=5000, widget=forms.HiddenInput)


def taken_text(robot: Robot) -> str:
    return format_html(
        _("This webhook belongs to the robot {robot} already: one robot, one webhook."),
        robot=format_html('<a href="{}">{}</a>', reverse("robots:detail", args=[robot.pk]), robot.name),
    )


def _parsed(pasted: str, bases: Sequence[str]) -> Secret:
    try:
        return clean_webhook(pasted, bases=bases)
    except ValidationError as error:
        if error.code in _OTHER_PLACE and _fits(pasted, allowed_bases()):
            text = _("This webhook fits the other kind of organisation: demo robots belong to the demo organisation.")
            raise ValidationError(text, code="other_organisation") from None
        raise


def _fits(pasted: str, bases: Sequence[str]) -> bool:
    try:
        clean_webhook(pasted, bases=bases)
    except ValidationError:
        return False
    return True


def _one_secret(pasted: str, typed: str) -> Secret | None:
    secret = clean_secret(typed)
    beside = clean_secret(pasted)
    if secret and beside and secret != beside:
        raise ValidationError(_("This is not the secret that was pasted with the webhook. Leave one of them out."))
    return secret or beside
