"""From the bytes of an uploaded file to text: UTF-8 with and without a BOM, UTF-16 with one, GB18030."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from robots.imports.mistakes import ImportRefused, Mistake

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_MOST_LINES_TOLD = 20


def decode(data: bytes) -> str:
    """Raises ImportRefused, with the lines that stand in another encoding than the rest."""
    if data.startswith((_ZIP, _OLE)):
        raise _refused(1, _("This is a spreadsheet file. Save it as “CSV UTF-8” and import that."))
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = _strictly(data, "utf-16")
    else:
        text = _text_of(data.removeprefix(codecs.BOM_UTF8), has_bom=data.startswith(codecs.BOM_UTF8))
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise _refused(line, _("There is a zero byte here: this is no text file. Save it as “CSV UTF-8”."))
    return text


def _text_of(data: bytes, *, has_bom: bool) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        lines = [_Line(number, line) for number, line in enumerate(data.split(b"\n"), start=1)]
    utf8 = [line for line in lines if line.is_utf8]
    others = [line for line in lines if not line.is_readable_as("utf-8")]
    # GB18030 decodes most UTF-8 into other characters without complaint, so a file of both has to be found out here.
    if has_bom or len(utf8) > len(others):
        raise _mixed(others, _("This line is not UTF-8 like the rest of the file. Save all of it as “CSV UTF-8”."))
    unreadable = [line for line in others if not line.is_readable_as("gb18030")]
    if unreadable:
        raise _mixed(unreadable, _("This line is neither UTF-8 nor GB18030 text. Save the file as “CSV UTF-8”."))
    if utf8:
        raise _mixed(utf8, _("This line is UTF-8, the rest of the file is GB18030. Save all of it as “CSV UTF-8”."))
    return _strictly(data, "gb18030")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    data: bytes

    def is_readable_as(self, encoding: str) -> bool:
        try:
            self.data.decode(encoding)
        except UnicodeDecodeError:
            return False
        return True

    @property
    def is_utf8(self) -> bool:
        """Beyond doubt: GB18030 text may pass for UTF-8 with characters of two bytes, hardly ever with longer ones."""
        return self.is_readable_as("utf-8") and any(char >= "\u0800" for char in self.data.decode("utf-8"))


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data[: error.start].decode(encoding, "replace").count("\n") + 1
        raise _refused(line, _("The file breaks off in the middle of a character. Save it as “CSV UTF-8”.")) from None


def _mixed(lines: Iterable[_Line], text: str) -> ImportRefused:
    return ImportRefused([Mistake(line.number, "", text) for line in list(lines)[:_MOST_LINES_TOLD]])


def _refused(line: int, text: str) -> ImportRefused:
    return ImportRefused([Mistake(line, "", text)])
