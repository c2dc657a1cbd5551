from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from robots.rules.leaks import refuse_secrets


def clean_name(text: str, *, longest: int = 100) -> str:
    """White space is made single, invisible characters are dropped: two names that look alike are alike."""
    visible = "".join(" " if char.isspace() else char for char in text if char.isspace() or _shows(char))
    name = refuse_secrets(" ".join(visible.split()))
    if not name:
        raise ValidationError(_("A name is needed."), code="name_missing")
    if len(name) > longest:
        raise ValidationError(
            _("A name has at most %(longest)d characters; this one has %(length)d."),
            code="name_too_long",
            params={"longest": longest, "length": len(name)},
        )
    return name


def _shows(char: str) -> bool:
    # Cf is kept where scripts and emoji need it: the zero-width joiners.
    return char in "\u200c\u200d" or unicodedata.category(char) not in {"Cc", "Cf", "Cs"}


def clean_notes(text: str) -> str:
    return refuse_secrets(text.strip())
