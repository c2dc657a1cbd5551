"""What may be seen of somebody's number."""

from __future__ import annotations


def mask_mobile(mobile: str) -> str:
    """`138****1234`; of numbers from elsewhere the area code and the last four digits: `+852-****4567`."""
    if mobile.startswith("+"):
        area, dash, number = mobile.partition("-")
        return f"{area}{dash}{_hidden(number, shown_first=0)}"
    return _hidden(mobile, shown_first=3)


def _hidden(number: str, *, shown_first: int) -> str:
    if len(number) < shown_first + 7:
        return "****" if number else ""
    return f"{number[:shown_first]}****{number[-4:]}"
