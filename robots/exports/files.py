"""Rows as a CSV or an XLSX file, however many there are: no more than some of them are in memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from tempfile import TemporaryFile
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from robots.imports.harmless import harmless

_BOM = b"\xef\xbb\xbf"
_AS_TEXT = "@"


def csv_parts(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """With a BOM, for Excel takes a file without one for the system's old encoding."""
    yield _BOM
    for row in chain([header], rows):
        line = io.StringIO()
        csv.writer(line).writerow([harmless(cell) for cell in row])
        yield line.getvalue().encode()


def xlsx_file(header: Sequence[str], rows: Iterable[Sequence[str]]) -> IO[bytes]:
    """A temporary file that is gone once it is closed. It has to be whole before its first byte can be sent."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in chain([header], rows):
        sheet.append([_cell(sheet, text) for text in row])
    file = TemporaryFile()  # noqa: SIM115 - closed with the response that sends it
    book.save(file)
    file.seek(0)
    return file


def _cell(sheet: object, text: str) -> WriteOnlyCell | None:
    """Text and nothing else, also after somebody edits it: no formula, no date, no number that loses its zeros."""
    if not text:
        return None
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type, cell.number_format = "s", _AS_TEXT
    return cell
