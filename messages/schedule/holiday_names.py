"""The names of holidays. They are kept as announced, in Chinese; the well-known ones have English names, too."""

from __future__ import annotations

import re
from typing import Final

from messages.schedule.phrases import is_chinese

# Each with the other ways in which calendars write it.
ENGLISH: Final = {
    "元旦": "New Year's Day",
    "春节": "Spring Festival",
    "清明节": "Tomb-Sweeping Day",
    "清明": "Tomb-Sweeping Day",
    "劳动节": "Labour Day",
    "国际劳动节": "Labour Day",
    "五一": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "端午": "Dragon Boat Festival",
    "中秋节": "Mid-Autumn Festival",
    "中秋": "Mid-Autumn Festival",
    "国庆节": "National Day",
    "国庆": "National Day",
}
# Every official year names them. 中秋 may share its day with 国庆, and then some calendars name but one of the two.
ALWAYS: Final = ("元旦", "春节", "清明", "劳动", "端午", "国庆")
_BETWEEN: Final = re.compile(r"\s*[、,，/&＋+]\s*")


def holiday_name(name: str) -> str:
    """In the active language; a name that is not well known stays as it was written."""
    return name if is_chinese() else english_name(name)


def english_name(name: str) -> str:
    parts = [part for part in _BETWEEN.split(name) if part]
    return ", ".join(ENGLISH[part] for part in parts) if parts and all(part in ENGLISH for part in parts) else name
