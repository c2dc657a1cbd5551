"""The CSV files that people download to fill in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from django.utils.translation import gettext as _

from robots.imports.harmless import harmless

# In the order in which people fill them in.
ROBOT_COLUMNS: Final = (
    "name",
    "webhook",
    "secret",
    "keywords",
    "ip_ranges",
    "tags",
    "group",
    "variables",
    "footer",
    "external",
    "for_tests",
)
RECIPIENT_COLUMNS: Final = ("name", "mobile", "user_id", "lists", "groups")


def robots_template() -> bytes:
    """A header and one example, whose webhook cannot be imported by accident."""
    example = [
        _("Notices, head office"),
        "https://oapi.dingtalk.com/robot/send?access_token=…",
        "SEC…",
        _("Notice;Reminder"),
        "",
        _("Head office;HR"),
        _("All staff, head office"),
        _("manager=Li Lei;phone=8001"),
        _("Notice from head office"),
        _("no"),
        _("no"),
    ]
    return csv_bytes([ROBOT_COLUMNS, example])


def recipients_template() -> bytes:
    return csv_bytes([RECIPIENT_COLUMNS, [_("Zhang San"), "138…", "", _("On call;Managers"), ""]])


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """With a BOM, for Excel takes a file without one for the system's old encoding."""
    text = io.StringIO()
    csv.writer(text).writerows([[harmless(cell) for cell in row] for row in rows])
    return b"\xef\xbb\xbf" + text.getvalue().encode()
