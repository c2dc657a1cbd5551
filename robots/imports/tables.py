"""From text to rows: the separator, the header, quoted cells that span lines, and the line each row begins at."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from robots.imports.harmless import restored
from robots.imports.mistakes import ImportRefused, Mistake, MistakeLog
from robots.rules.leaks import quotable

MOST_ROWS = 20_000
_SEPARATORS = ",;\t，；"
# A value in quotation marks, a quotation mark in it doubled; else all up to the next separator.
_VALUE = re.compile(r'[;；\n]?(?:[^\S\n]*"((?:[^"]|"")+)"[^\S\n]*(?=[;；\n]|$)|([^;；\n]*))')


@dataclass(frozen=True, slots=True)
class Columns:
    """A file's columns: each one's own name with the other words it is known by."""

    names: Mapping[str, Sequence[str]]
    required: Sequence[str]

    def known_as(self, word: str) -> str | None:
        wanted = _simplified(word)
        for name, others in self.names.items():
            if wanted in {_simplified(name), *(_simplified(other) for other in others)}:
                return name
        return None


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def several(self, column: str) -> list[str]:
        """The values of a cell that holds several, separated by semicolons or lines; one that holds such a sign itself
        stands in quotation marks."""
        found = (one[1].replace('""', '"') if one[1] else one[2] for one in _VALUE.finditer(self[column]))
        return [value.strip() for value in found if value.strip()]


def read_rows(text: str, columns: Columns) -> list[Row]:
    """Raises ImportRefused for what keeps the file from being read at all."""
    records = _records(text)
    header_line, header = next(records, (1, []))
    names = _names_of(header_line, header, columns)
    log = MistakeLog([])
    rows = [row for line, record in records if (row := _row(line, record, names, log))]
    log.refuse_if_any()
    if not rows:
        raise ImportRefused([Mistake(header_line, "", _("There are no rows below the header."))])
    if len(rows) > MOST_ROWS:
        text = _("There are more than %(most)d rows. Split the file.") % {"most": MOST_ROWS}
        raise ImportRefused([Mistake(rows[MOST_ROWS].line, "", text)])
    return rows


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not blank with the physical line it begins at."""
    lines = io.StringIO(text, newline="")
    # Excel's own first line, which names the separator.
    separator = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    skipped = 1 if separator else 0
    if separator:
        lines.readline()
    reader = csv.reader(lines, delimiter=separator[1] if separator else _separator_of(text), strict=True)
    begins = skipped + 1
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            message = _("A quotation mark is opened here and not closed, or stands in the middle of a cell.")
            raise ImportRefused([Mistake(begins, "", message)]) from None
        if any(cell.strip() for cell in record):
            yield begins, record
        begins = skipped + reader.line_num + 1


def _separator_of(text: str) -> str:
    header = next((line for line in text.splitlines() if line.strip()), "")
    return max(_SEPARATORS, key=header.count)


def _names_of(line: int, header: Sequence[str], columns: Columns) -> list[str]:
    """The column each cell of the header names, "" for a cell that is empty."""
    names = [columns.known_as(word) or "" for word in header]
    known = {"known": ", ".join(columns.names)}
    if not any(names):
        text = _("The first line has to name the columns. Known columns: %(known)s.") % known
        raise ImportRefused([Mistake(line, "", text)])
    log = MistakeLog([])
    for word in (word.strip() for word, name in zip(header, names, strict=True) if not name):
        if word:
            log.add(line, quotable(word), _("This column is not known. Known columns: %(known)s.") % known)
    for name in {name for name in names if name and names.count(name) > 1}:
        log.add(line, name, _("This column stands here more than once."))
    for name in columns.required:
        if name not in names:
            log.add(line, name, _("This column is missing."))
    log.refuse_if_any()
    return names


def _row(line: int, record: Sequence[str], names: Sequence[str], log: MistakeLog) -> Row | None:
    beyond = [cell for cell in record[len(names) :] if cell.strip()]
    unnamed = [cell for name, cell in zip(names, record, strict=False) if not name and cell.strip()]
    if beyond or unnamed:
        log.add(line, "", _("There are more cells than columns. Put cells that hold the separator in quotation marks."))
        return None
    return Row(line, {name: restored(cell.strip()) for name, cell in zip(names, record, strict=False)})


def _simplified(word: str) -> str:
    plain = unicodedata.normalize("NFKC", word).casefold()
    return re.sub(r"[\s_\-*:：]", "", plain)
