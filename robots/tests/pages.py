from __future__ import annotations

import html
import re

from django.http import HttpResponse


def text_of(answer: HttpResponse) -> str:
    """What a person reads: without tags, white space made single."""
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split()))
