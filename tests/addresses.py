"""Every address that the product answers at, read from its own URL patterns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.admindocs.views import simplify_regex
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Address:
    name: str  # with its namespaces: "robots:detail"; ends with "-" when the pattern has no name
    route: str

    def __str__(self) -> str:
        return f"{self.name} /{self.route}"

    @property
    def parameters(self) -> list[str]:
        return PARAMETER.findall(self.route)

    def path(self, values: Mapping[str, object]) -> str:
        """With `values` in the place of the parameters."""
        return "/" + PARAMETER.sub(lambda found: str(values[found.group(1)]), self.route)


def every_address() -> list[Address]:
    return list(_walk(get_resolver().url_patterns, "", ()))


def _walk(patterns: Sequence[URLPattern | URLResolver], before: str, namespaces: tuple[str, ...]) -> Iterator[Address]:
    for pattern in patterns:
        route = before + _route(pattern)
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern.url_patterns, route, inner)
        else:
            yield Address(":".join((*namespaces, pattern.name or "-")), route)


def _route(pattern: URLPattern | URLResolver) -> str:
    text = str(pattern.pattern)
    return simplify_regex(text).removeprefix("/") if isinstance(pattern.pattern, RegexPattern) else text
