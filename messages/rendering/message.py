"""A message whose texts have variables, and the message of one group."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

from dingtalk.payloads import Message, Problem, cleaned
from dingtalk.payloads.model import FIELDS, ITEMS, Field, Kind, Part, items_of
from dingtalk.text import clean_text
from messages.rendering.marks import marked
from messages.rendering.template import Chip, Fault, Template, may_have_variables, read_template
from messages.rendering.values import BUILT_IN, Values

_OPEN_ADDRESS: Final = re.compile(r"\]\([^()\s]*$")  # of a link or a picture in markdown
_LONGEST_ADDRESS: Final = 500


BODIES: Final = ("content", "text")  # the places in which DingTalk looks for the marks of those who are mentioned


@dataclass(frozen=True, slots=True)
class Filled:
    """`missing`: variables that have no value in this group; then the message is not to be sent."""

    message: Message
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """`texts`: those of the message's texts that have variables, by their place in DingTalk's keys.

    `addresses`: which of these are addresses.
    """

    message: Message
    texts: Mapping[str, Template]
    addresses: frozenset[str]

    @property
    def plain(self) -> bool:
        """Whether every group reads the same."""
        return not self.texts

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for text in self.texts.values() for hole in text.holes for name in hole.names)

    @property
    def own_names(self) -> frozenset[str]:
        """Names of the variables that staff made."""
        return self.names.difference(BUILT_IN)

    @property
    def chips(self) -> tuple[Chip, ...]:
        """The mentions that are placed where the type takes them, in their order."""
        return tuple(chip for place, text in self.texts.items() if place in BODIES for chip in text.chips)

    @property
    def typed(self) -> str:
        """What stands there besides them."""
        body = next((text for place, text in self.texts.items() if place in BODIES), None)
        return "\n".join(piece for piece in body.pieces if isinstance(piece, str)) if body else ""

    def faults(self) -> tuple[Problem, ...]:
        return tuple(_problem(place, fault) for place, text in self.texts.items() for fault in text.faults)

    def unknown(self, known: Collection[str]) -> tuple[Problem, ...]:
        return tuple(_problem(place, fault) for place, text in self.texts.items() for fault in text.unknown(known))

    def shown(self, values: Values) -> tuple[tuple[str, str | None], ...]:
        """What each variable is here, in the order of their first use; None without a value."""
        names = dict.fromkeys(name for text in self.texts.values() for hole in text.holes for name in hole.names)
        return tuple((name, values.texts.get(name)) for name in names)

    def filled(self, values: Values) -> Filled:
        if self.plain:
            return Filled(self.message, ())
        missing: dict[str, None] = {}
        written = {
            place: _written(text, values, missing, address=place in self.addresses)
            for place, text in self.texts.items()
        }
        return Filled(_with_texts(self.message, written), tuple(missing))

    def with_marks(self, values: Values) -> Message:
        """As filled, with marks around each value, numbered in the order of `shown`; none where it would be read as
        part of an address.
        """
        numbers = {name: number for number, (name, _value) in enumerate(self.shown(values))}
        written = {place: _marked(text, values, numbers) for place, text in self.texts.items()}
        filled = self.filled(values).message
        kept = {place: text for place, text in written.items() if place not in self.addresses}
        return _with_texts(filled, kept)


def template_of(message: Message) -> MessageTemplate:
    texts: dict[str, Template] = {}
    addresses = set()
    for place, field, text in _texts(message, ""):
        template = read_template(text) if may_have_variables(text) else None
        # A brace that begins nothing is a plain text.
        if template and template.pieces != (text,):
            texts[place] = template
            if field.kind is not Kind.PROSE:
                addresses.add(place)
    return MessageTemplate(message, texts, frozenset(addresses))


def storable(message: Message) -> Message:
    """Cleaned; an address with variables only as far as a text is: percent-encoding would hide them."""
    with_variables = template_of(message).texts
    kept = {place: clean_text(text) for place, _field, text in _texts(message, "") if place in with_variables}
    return _with_texts(cleaned(message), kept)


def _texts(part: Part, place: str) -> Iterator[tuple[str, Field, str]]:
    for field in FIELDS[type(part)]:
        if field.kind is not Kind.SWITCH:
            yield f"{place}{field.key}", field, getattr(part, field.attribute)
    if items := ITEMS.get(type(part)):
        for position, item in enumerate(items_of(part)):
            yield from _texts(item, f"{place}{items.key}.{position}.")


def _with_texts(message: Message, texts: Mapping[str, str]) -> Message:
    result: Message = _with(message, "", texts)
    return result


def _with(part: Any, place: str, texts: Mapping[str, str]) -> Any:
    changes: dict[str, object] = {
        field.attribute: texts[at] for field in FIELDS[type(part)] if (at := f"{place}{field.key}") in texts
    }
    if items := ITEMS.get(type(part)):
        changes[items.attribute] = tuple(
            _with(item, f"{place}{items.key}.{position}.", texts) for position, item in enumerate(items_of(part))
        )
    return replace(part, **changes) if changes else part


def _written(template: Template, values: Values, missing: dict[str, None], *, address: bool) -> str:
    """Inside an address a value is percent-encoded; where an address begins with one, it is an address itself."""
    written: list[str] = []
    for position, piece in enumerate(template.pieces):
        if isinstance(piece, str):
            written.append(piece)
            continue
        text = piece.filled(values)
        if text is None:
            missing[piece.name] = None
        else:
            written.append(quote(text, safe="") if address and position else text)
    return "".join(written)


def _marked(template: Template, values: Values, numbers: Mapping[str, int]) -> str:
    written: list[str] = []
    for piece in template.pieces:
        if isinstance(piece, str):
            written.append(piece)
            continue
        text, name = piece.filled(values) or "", piece.name_filled_from(values)
        in_address = _OPEN_ADDRESS.search("".join(written)[-_LONGEST_ADDRESS:])
        written.append(text if name is None or in_address else marked(text, numbers[name]))
    return "".join(written)


def _problem(place: str, fault: Fault) -> Problem:
    return Problem(fault.code, place, {"line": fault.line, "column": fault.column, **fault.params})
