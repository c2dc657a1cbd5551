from __future__ import annotations

import ipaddress
import unicodedata
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from robots.rules.leaks import quotable


def clean_ip_ranges(entries: Iterable[str]) -> list[str]:
    """IPv4 addresses and CIDR ranges as DingTalk writes them, without repetitions; every bad entry is told."""
    ranges: dict[str, None] = {}
    errors: list[ValidationError] = []
    for entry in entries:
        text = unicodedata.normalize("NFKC", entry).strip()
        if not text:
            continue
        try:
            ranges[_clean_range(text)] = None
        except ValidationError as error:
            errors.append(error)
    if errors:
        raise ValidationError(errors)
    return list(ranges)


def covers(ranges: Iterable[str], address: str) -> bool:
    """Whether one of the ranges holds the address; an address that is none is in no range."""
    try:
        parsed = ipaddress.IPv4Address(address)
    except ValueError:
        return False
    return any(parsed in ipaddress.IPv4Network(text) for text in ranges)


def _clean_range(text: str) -> str:
    if ":" in text:
        raise ValidationError(
            _("“%(entry)s”: DingTalk takes no IPv6 addresses, only IPv4."), "ipv6", {"entry": quotable(text)}
        )
    try:
        network = ipaddress.IPv4Network(text, strict=False)
    except ValueError:
        raise ValidationError(
            _("“%(entry)s” is neither an IPv4 address such as 203.0.113.7 nor a range such as 203.0.113.0/24."),
            "not_a_range",
            {"entry": quotable(text)},
        ) from None
    address, slash, prefix = text.partition("/")
    if not slash:
        return str(network.network_address)
    if not prefix.isdecimal():
        raise ValidationError(
            _("“%(entry)s”: write the range as %(range)s."), "netmask", {"entry": text, "range": str(network)}
        )
    if str(network.network_address) != address:
        raise ValidationError(
            _("“%(entry)s” is an address inside a range. Did you mean %(range)s or %(address)s?"),
            "host_bits",
            {"entry": text, "range": str(network), "address": address},
        )
    return str(network)
