"""One HTTP call, as plain data: what the checks look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    url: str  # path and query exactly as sent
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    address: str
    arrived_ms: int  # the real clock's
    parameters: tuple[tuple[str, str], ...] = field(init=False)  # of the query, decoded once, in order

    def __post_init__(self) -> None:
        parameters = tuple(parse_qsl(urlsplit(self.url).query, keep_blank_values=True))
        object.__setattr__(self, "parameters", parameters)

    @property
    def token(self) -> str:
        return self.first("access_token")

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.parameters if key == name]

    def first(self, name: str) -> str:
        return next(iter(self.values(name)), "")
