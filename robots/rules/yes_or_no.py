from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_YES = ("yes", "y", "true", "1", "x", "是", "√", "✓")
_NO = ("", "no", "n", "false", "0", "-", "否", "×")


def clean_yes_or_no(text: str) -> bool:
    """As people mark it in a table; an empty cell is no."""
    word = text.strip().casefold()
    if word in _YES or word in _NO:
        return word in _YES
    raise ValidationError(_("Write yes or no here, or leave it empty."), code="yes_or_no")
