"""Why a pasted webhook or secret cannot be used, and what to do, for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from dingtalk.webhook import WebhookProblem

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

PROBLEM_TEXTS: Mapping[WebhookProblem, _StrPromise] = {
    WebhookProblem.EMPTY: _("Paste the webhook that DingTalk showed when the robot was added."),
    WebhookProblem.NOT_A_WEBHOOK: _(
        "This is not a webhook. A webhook begins with https://oapi.dingtalk.com/robot/send?access_token= "
        "and a long code follows."
    ),
    WebhookProblem.INNER_SPACE: _(
        "There is a space or a line break in the webhook, so a part of it may be missing. Copy it again in one piece."
    ),
    WebhookProblem.SEVERAL_ADDRESSES: _("Here are several addresses. Paste one webhook; each robot has its own."),
    WebhookProblem.SECRET_WITH_ADDRESS: _(
        "Webhook and secret cannot be told apart here. Paste the webhook alone, and the secret into its own field."
    ),
    WebhookProblem.SECRET_AS_WEBHOOK: _(
        "This is the signing secret (SEC…), not the webhook. Paste the address that begins with https:// here, "
        "and the secret into its own field."
    ),
    WebhookProblem.MASKED: _(
        "A part of this webhook is hidden behind * or …. Copy it with the copy button in DingTalk, not from a page."
    ),
    WebhookProblem.NOT_HTTPS: _("The webhook has to begin with https://; this one begins with http://."),
    WebhookProblem.OTHER_SCHEME: _("The webhook has to begin with %(expected)s://."),
    WebhookProblem.USER_INFO: _(
        "There is a name or an @ before the host in this address. DingTalk's webhooks have none: copy it again."
    ),
    WebhookProblem.OTHER_HOST: _(
        "This address belongs to %(host)s. Only webhooks of %(expected)s are called; copy the one of a DingTalk robot."
    ),
    WebhookProblem.LOOKALIKE_HOST: _(
        "Careful: %(host)s only looks like DingTalk's address %(expected)s. Who sent you this? Copy the webhook from "
        "DingTalk itself."
    ),
    WebhookProblem.OTHER_PORT: _(
        "The webhook names port %(port)s; expected is %(expected)s. Copy it again from DingTalk."
    ),
    WebhookProblem.OTHER_PATH: _(
        "This address leads to %(path)s and not to %(expected)s: it is another of DingTalk's interfaces, "
        "not the webhook of a custom robot."
    ),
    WebhookProblem.SESSION_WEBHOOK: _(
        "This is the session webhook of an app robot; it works for a few hours only. Add a custom robot to the group "
        "and copy its webhook."
    ),
    WebhookProblem.TOKEN_MISSING: _("The code after access_token= is missing. Copy the whole webhook."),
    WebhookProblem.TOKEN_REPEATED: _("access_token= stands in this address more than once. Copy the webhook again."),
    WebhookProblem.TOKEN_MALFORMED: _(
        "The code of this webhook has an unknown form (it has %(length)s characters; usual are 64 letters and digits). "
        "Copy it again."
    ),
    WebhookProblem.SECRET_IS_URL: _(
        "This is an address. The signing secret begins with SEC; the webhook has its own field."
    ),
    WebhookProblem.SECRET_NO_PREFIX: _("The signing secret begins with SEC; this does not."),
    WebhookProblem.SECRET_INNER_SPACE: _("There is a space or a line break in the secret. Copy it again in one piece."),
    WebhookProblem.SECRET_MASKED: _(
        "A part of this secret is hidden behind * or …. Copy it with the copy button in DingTalk."
    ),
    WebhookProblem.SECRET_MALFORMED: _("The secret holds signs that DingTalk's secrets do not have. Copy it again."),
}
