"""Telling a pasted webhook and secret apart, and saying in words why one cannot be used."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError

from dingtalk.secrets import Secret
from dingtalk.webhook import WebhookError, WebhookProblem, parse_secret, parse_webhook
from robots.rules.webhook_texts import PROBLEM_TEXTS

_SECRET = re.compile(r"(?<![A-Za-z0-9_-])(?<!access_token=)SEC[A-Za-z0-9_-]{5,}")
_LABEL_BEFORE_URL = re.compile(r"^[^/?=]*[:：\s](?=https?://)", re.IGNORECASE)
_LABEL_LINE = re.compile(r"^[^/?=]*[:：]\s*$")


@dataclass(frozen=True, slots=True)
class Pasted:
    webhook: str = field(repr=False)
    secret: str = field(repr=False)


def take_apart(pasted: str) -> Pasted:
    """What people copy together, each to its place: the webhook's URL and the SEC… secret, with or without labels."""
    secrets = set(_SECRET.findall(pasted))
    rest = _SECRET.sub("", pasted)
    lines = [_LABEL_BEFORE_URL.sub("", line.strip()) for line in rest.splitlines()]
    webhook = "\n".join(line for line in lines if line and not _LABEL_LINE.match(line))
    # Alone it was meant as the webhook, and two cannot both be right: the parser says so.
    if len(secrets) != 1 or not webhook:
        return Pasted(webhook=pasted, secret="")
    return Pasted(webhook=webhook, secret=secrets.pop())


def clean_webhook(pasted: str, *, bases: Sequence[str]) -> Secret:
    """The token of a webhook of one of the bases; a ValidationError says why not, and never quotes what was pasted."""
    try:
        return parse_webhook(pasted, bases=bases).token
    except WebhookError as error:
        raise _told(error) from None


def clean_secret(pasted: str) -> Secret | None:
    try:
        return parse_secret(pasted)
    except WebhookError as error:
        raise _told(error) from None


def _told(error: WebhookError) -> ValidationError:
    text = str(PROBLEM_TEXTS[WebhookProblem(error.code)])
    return ValidationError(text, code=error.code, params=error.params)
