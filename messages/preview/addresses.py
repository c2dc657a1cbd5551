"""Addresses of links and pictures: which a browser may open, and which DingTalk's servers could ever reach."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

SCHEMES = frozenset({"http", "https", "dingtalk"})
_INNER_DOMAINS = (".local", ".localhost", ".lan", ".internal", ".intranet", ".home", ".corp")


def has_scheme(url: str) -> bool:
    return scheme_of(url) in SCHEMES


def scheme_of(url: str) -> str:
    """Lower case; "" for none, and for what is no address at all."""
    parts = _split(url)
    return parts.scheme.lower() if parts else ""


def clickable(url: str) -> str:
    return url if has_scheme(url) else ""


def loadable(url: str) -> str:
    """What DingTalk can fetch and our pages may, over https only; a media id is known to DingTalk alone."""
    return url if scheme_of(url) == "https" and is_public(url) else ""


def is_public(url: str) -> bool:
    """Whether the host may be on the public internet: DingTalk fetches pictures itself, from outside."""
    parts = _split(url)
    host = (parts.hostname or "").rstrip(".") if parts else ""
    if not host:
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(_INNER_DOMAINS)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url.strip())
        parts.port  # noqa: B018 - raises for a port that is no number
    except ValueError:
        return None
    return parts
