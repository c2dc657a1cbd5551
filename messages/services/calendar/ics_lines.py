"""The lines of an iCalendar file (RFC 5545): unfolded, decoded, taken apart. Strict, and bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from robots.imports.mistakes import ImportRefused, Mistake

MOST_LINES: Final = 50_000
_LINE: Final = re.compile(
    r'([A-Za-z0-9-]+)(?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*:(.*)', re.DOTALL
)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    number: int  # the physical line that it begins at, 1 for the first
    name: str  # upper case
    value: str

    @property
    def text(self) -> str:
        return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], self.value)


def read_lines(data: bytes) -> list[Line]:
    """Raises ImportRefused with the first line that cannot be read: what follows it means nothing."""
    return [_line(number, raw) for number, raw in _unfolded(data)]


def _unfolded(data: bytes) -> Iterator[tuple[int, bytes]]:
    """In bytes: a fold may stand in the middle of a character."""
    physical = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    if len(physical) > MOST_LINES:
        raise refused(MOST_LINES, _("There are more than %(most)d lines.") % {"most": MOST_LINES})
    begun, parts = 0, list[bytes]()
    for number, raw in enumerate(physical, start=1):
        if raw[:1] in (b" ", b"\t") and parts:
            parts.append(raw[1:])
            continue
        if parts:
            yield begun, b"".join(parts)
        begun, parts = number, [raw] if raw.strip() else []
    if parts:
        yield begun, b"".join(parts)


def _line(number: int, raw: bytes) -> Line:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise refused(number, _("This line is not UTF-8. Save the file as UTF-8.")) from None
    found = _LINE.fullmatch(text)
    if not found:
        raise refused(number, _("This is no line of an iCalendar file."))
    return Line(number, found[1].upper(), found[2])


def refused(line: int, text: str) -> ImportRefused:
    return ImportRefused([Mistake(line, "", text)])
