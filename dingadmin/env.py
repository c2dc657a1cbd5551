"""Reads the environment once, for settings.py.

Every variable may also be given as NAME_FILE, the path of a file that holds the value (a Docker secret). A value
that cannot be understood stops the start with a sentence that names the variable; nothing falls back in silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


@dataclass(frozen=True, slots=True)
class Environment:
    variables: Mapping[str, str]

    def text(self, name: str, default: str = "") -> str:
        """The value without the white space around it; an empty value counts as not set."""
        value = self.variables.get(name, "").strip()
        return value or self._from_file(name) or default

    def flag(self, name: str, default: bool | None = None) -> bool | None:
        value = self.text(name).lower()
        if not value:
            return default
        if value in _TRUE:
            return True
        if value in _FALSE:
            return False
        raise ImproperlyConfigured(f"{name} must be 1 or 0 (it is neither yes nor no)")

    def number(self, name: str, default: float, *, least: float, most: float) -> float:
        value = self.text(name)
        if not value:
            return default
        try:
            number = float(value)
        except ValueError:
            raise ImproperlyConfigured(f"{name} must be a number") from None
        if not least <= number <= most:
            raise ImproperlyConfigured(f"{name} must lie between {least:g} and {most:g}")
        return number

    def whole(self, name: str, default: int, *, least: int, most: int) -> int:
        number = self.number(name, default, least=least, most=most)
        if number != int(number):
            raise ImproperlyConfigured(f"{name} must be a whole number")
        return int(number)

    def words(self, name: str) -> list[str]:
        return [word for word in re.split(r"[,\s]+", self.text(name)) if word]

    def base_url(self, name: str, default: str, *, password: bool = False) -> str:
        """An http(s) address without query and without a slash at its end; with a user's name only when `password`."""
        value = self.text(name, default).rstrip("/")
        if not value:
            return value
        parts = urlsplit(value)
        if (
            parts.scheme not in {"http", "https"}
            or not parts.hostname
            or parts.query
            or (parts.username and not password)
        ):
            raise ImproperlyConfigured(f"{name} must be an address such as https://oapi.dingtalk.com")
        return value

    def zone(self, name: str, default: str) -> str:
        """A time zone of the IANA data base, such as Asia/Shanghai."""
        value = self.text(name, default)
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder, such as Asia
            raise ImproperlyConfigured(f"{name} must be a time zone such as Asia/Shanghai") from None
        return value

    def _from_file(self, name: str) -> str:
        path = self.variables.get(f"{name}_FILE", "").strip()
        if not path:
            return ""
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error.strerror}") from None
