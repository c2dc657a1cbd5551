"""Finds what a template shows to people without asking for a translation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

# Comments, what is translated, and the block that holds CSS classes.
NOT_SHOWN_AS_IT_STANDS = re.compile(
    r"""\{\#.*?\#\}
    |\{%\s*comment\b.*?\{%\s*endcomment\s*%\}
    |\{%\s*blocktrans(?:late)?\b.*?\{%\s*endblocktrans(?:late)?\s*%\}
    |\{%\s*block\s+body_class\s*%\}.*?\{%\s*endblock""",
    re.DOTALL | re.VERBOSE,
)
TAG = re.compile(r"\{%.*?%\}", re.DOTALL)
ICON = re.compile(r"\{%\s*icon\b")
VARIABLE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
# Inside of tags and variables; what is put into _("…") does not match. An icon's name is no text.
LITERAL = re.compile(r"""(?:\b(?:title|text|label|action_label|summary)=|\|default(?:_if_none)?:)"([^"]*)\"""")
SHOWN_ATTRIBUTES = {"alt", "aria-description", "aria-label", "data-label", "label", "placeholder", "title"}
CODE = {"code", "script", "style"}


def untranslated_texts(source: str) -> Iterator[str]:
    """Texts, shown attributes and literals of tags that hold at least a word in any script."""
    source = NOT_SHOWN_AS_IT_STANDS.sub(" ", source)
    parser = _Texts()
    parser.feed(VARIABLE.sub("·", TAG.sub("", source)))
    parser.close()
    tags = " ".join(tag for tag in TAG.findall(source) + VARIABLE.findall(source) if not ICON.match(tag))
    for text in (*parser.texts, *LITERAL.findall(tags)):
        if re.search(r"[^\W\d_]{2}", text):
            yield " ".join(text.split()).strip("· ")


class _Texts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._code = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._code += tag in CODE
        self.texts += [value for name, value in attributes if value and name in SHOWN_ATTRIBUTES]

    def handle_endtag(self, tag: str) -> None:
        self._code -= tag in CODE

    def handle_data(self, data: str) -> None:
        if not self._code:
            self.texts.append(data)
