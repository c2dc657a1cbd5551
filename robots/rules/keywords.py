from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from robots.rules.leaks import quotable, refuse_secrets

MOST_KEYWORDS = 10  # DingTalk's own limit
LONGEST_KEYWORD = 100


def clean_keywords(words: Iterable[str]) -> list[str]:
    """Trimmed, without empty ones and repetitions, in the order given.

    Letter case counts: whether DingTalk minds it is not documented.
    """
    keywords = list(dict.fromkeys(refuse_secrets(word.strip()) for word in words if word.strip()))
    if len(keywords) > MOST_KEYWORDS:
        raise ValidationError(
            _("DingTalk allows at most %(most)d keywords per robot; these are %(count)d."),
            code="too_many_keywords",
            params={"most": MOST_KEYWORDS, "count": len(keywords)},
        )
    too_long = [word for word in keywords if len(word) > LONGEST_KEYWORD]
    if too_long:
        raise ValidationError(
            _("The keyword “%(start)s…” is too long: it has %(length)d characters."),
            code="keyword_too_long",
            params={"start": quotable(too_long[0])[:20], "length": len(too_long[0])},
        )
    return keywords
