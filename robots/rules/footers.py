from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dingtalk.text import clean_text
from robots.rules.leaks import refuse_secrets

LONGEST_FOOTER: Final = 500


def clean_footer(text: str, *, keywords: Sequence[str], append_keyword: bool) -> str:
    """A footer is there to bring a keyword; without one, the keyword itself has to be allowed beside it."""
    footer = refuse_secrets(clean_text(text).strip())
    if len(footer) > LONGEST_FOOTER:
        raise ValidationError(
            _("A footer has at most %(longest)d characters; this one has %(length)d."),
            code="footer_too_long",
            params={"longest": LONGEST_FOOTER, "length": len(footer)},
        )
    if footer and keywords and not append_keyword and not any(word in footer for word in keywords):
        raise ValidationError(
            _("The footer has none of the robot's keywords, so that DingTalk would still refuse the message."),
            code="footer_without_keyword",
        )
    return footer
