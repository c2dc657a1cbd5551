from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_USER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_@.-]{0,63}")


def clean_user_id(text: str) -> str:
    """DingTalk's userId as it stands in the organisation's contacts; "" stays ""."""
    user_id = unicodedata.normalize("NFKC", text).strip()
    if user_id and not _USER_ID.fullmatch(user_id):
        raise ValidationError(
            _("A userId has 1 to 64 letters, digits or the signs _ - @ . and begins with a letter or digit."),
            code="user_id_invalid",
        )
    return user_id
