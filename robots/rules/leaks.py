"""Webhooks and secrets that are pasted where everybody could read them."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_SECRETS = re.compile(r"access_token=\S|\bSEC[0-9A-Za-z_-]{32,}|\b[0-9a-f]{64}\b")
_LONG_WORD = re.compile(r"\bSEC[\w-]{3,}|[A-Za-z0-9_-]{16,}")


def refuse_secrets(text: str) -> str:
    """The text as it is, unless it holds what belongs into the fields that are never shown."""
    if _SECRETS.search(text):
        raise ValidationError(
            _("A webhook or a signing secret stands here in clear. It belongs into its own field only."), code="secret"
        )
    return text


def quotable(text: str) -> str:
    """A piece of what somebody entered, for an error text: short, and without anything that may be a secret."""
    return _LONG_WORD.sub("***", text)[:50]
