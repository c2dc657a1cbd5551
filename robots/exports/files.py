"""Rows as a CSV or an XLSX file, however many there are: no more than some of them are in memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from tempfile import TemporaryFile

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from robots.imports.harmless import harmless

_BOM = b"\xef\xbb\xbf"
_AS_TEXT = "@"
_BYTES_AT_ONCE = 65_536


def csv_parts(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """With a BOM, for Excel takes a file without one for the system's old encoding."""
    yield _BOM
    for row in chain([header], rows):
        line = io.StringIO()
        csv.writer(line).writerow([harmless(cell) for cell in row])
        yield line.getvalue().encode()


def xlsx_parts(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """The file has to be whole before its first byte can be sent: it stands on the disk until the last one is."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in chain([header], rows):
        sheet.append([_cell(sheet, text) for text in row])
    with TemporaryFile() as file:
        book.save(file)
        file.seek(0)
        yield from iter(lambda: file.read(_BYTES_AT_ONCE), b"")


def _cell(sheet: object, text: str) -> WriteOnlyCell | None:
    """Text and nothing else, also after somebody edits it: no formula, no date, no number that loses its zeros."""
    if not text:
        return None
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type, cell.number_format = "s", _AS_TEXT
    return cell
