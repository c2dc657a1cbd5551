"""The syntax of variables: Django's own lexer and expressions, and of its templates nothing else.

No tags, no loaders, no attributes: a name is looked up whole in a dictionary of plain texts, so that there is nothing
to walk into, nothing to call and no code to run. What comes out of a variable is data and never read as syntax.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.template import TemplateSyntaxError
from django.template.base import DebugLexer, FilterExpression, Parser, Token, TokenType, Variable

from messages.rendering.chips import CHIP
from messages.rendering.chips import OPENER as CHIP_OPENER
from messages.rendering.dates import unknown_signs, written
from messages.rendering.values import MOMENTS, Values

# Together with the length of a value they bound what a message can grow to, and how long that takes.
MOST_VARIABLES: Final = 200
LONGEST_SOURCE: Final = 20_000
_OPENERS: Final = ("{{", "{%", "{#", CHIP_OPENER)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a place of the text; line and column count from 1."""

    code: str
    line: int
    column: int
    params: Mapping[str, str | int] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Hole:
    """One {{ … }}. `instead`, a text or the name of a variable, is for groups where there is no value."""

    name: str
    line: int
    column: int
    pattern: str = ""
    instead: str | None = None
    instead_name: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, self.instead_name) if self.instead_name else (self.name,)

    def filled(self, values: Values) -> str | None:
        if self.pattern:
            return written(values.moment, self.pattern)
        text = values.texts.get(self.name)
        if text is None and self.instead_name:
            return values.texts.get(self.instead_name)
        return self.instead if text is None else text

    def name_filled_from(self, values: Values) -> str | None:
        """Which variable the text comes from; None when it is the one that is written for groups without a value."""
        if self.pattern or self.name in values.texts:
            return self.name
        return self.instead_name if self.instead_name in values.texts else None


@dataclass(frozen=True, slots=True)
class Chip(Hole):
    """A mention that was placed in the text. `name`: as it is called among the values, each of them another.

    It has no names of variables: who it means is not for robots and tags to say (messages/rendering/chips.py).
    """

    written: str = ""  # what stands between the brackets

    @property
    def names(self) -> tuple[str, ...]:
        return ()

    def name_filled_from(self, values: Values) -> str | None:
        return None


@dataclass(frozen=True, slots=True)
class Template:
    """A text, cut at its variables and its mentions."""

    pieces: tuple[str | Hole, ...]
    faults: tuple[Fault, ...] = ()

    @property
    def holes(self) -> tuple[Hole, ...]:
        return tuple(piece for piece in self.pieces if isinstance(piece, Hole))

    @property
    def chips(self) -> tuple[Chip, ...]:
        return tuple(piece for piece in self.pieces if isinstance(piece, Chip))

    def unknown(self, known: Collection[str]) -> Iterator[Fault]:
        """Names that no group has, with the nearest one that there is."""
        for hole in self.holes:
            for name in hole.names:
                if name not in known:
                    params: dict[str, str | int] = {"name": name, "nearest": nearest(name, known)}
                    yield Fault("variable_unknown", hole.line, hole.column, params)


def may_have_variables(text: str) -> bool:
    return any(opener in text for opener in _OPENERS)


def literal(text: str) -> str:
    """The source that renders to this very text."""
    cut = [text]
    for opener in _OPENERS:
        cut = [part for piece in cut for part in _between(piece, opener)]
    return "".join(f'{{{{ "{piece}" }}}}' if piece in _OPENERS else piece for piece in cut)


def read_template(source: str) -> Template:
    """Every fault at once; a template with faults is not to be filled."""
    if len(source) > LONGEST_SOURCE or sum(source.count(opener) for opener in _OPENERS) > MOST_VARIABLES:
        return Template((), (Fault("template_too_big", 1, 1, {"most": MOST_VARIABLES}),))
    pieces: list[str | Hole] = []
    faults: list[Fault] = []
    for token in DebugLexer(source).tokenize():
        try:
            piece = _piece(token, source)
            pieces += _cut_at_chips(piece, token, source, pieces) if token.token_type is TokenType.TEXT else [piece]
        except _Unreadable as found:
            faults.append(Fault(found.code, *_place(source, found.offset), found.params))
    return Template(tuple(pieces), tuple(faults))


# Signs of mobiles and userIds, and letters of any script.
_GROWS_BEFORE: Final = re.compile(r"[A-Za-z0-9_.@-]\Z")
_GROWS_AFTER: Final = re.compile(r"[\w@-]|\.[\w@.-]|\{\{")


class _Unreadable(Exception):
    def __init__(self, code: str, offset: int, params: Mapping[str, str | int] | None = None) -> None:
        self.code, self.offset, self.params = code, offset, params or {}
        super().__init__(code)


class _UnknownFilter(TemplateSyntaxError):
    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(name)


def date(moment: object, pattern: str) -> None:
    """A mark in the syntax: Hole.filled does it."""


def default(value: object, instead: str) -> None:
    """A mark in the syntax: Hole.filled does it."""


class _Filters(Parser):
    def find_filter(self, filter_name: str) -> Any:
        if filter_name not in FILTERS:
            raise _UnknownFilter(filter_name)
        return FILTERS[filter_name]


FILTERS: Final = {"date": date, "default": default}
_PARSER: Final = _Filters([])


def _piece(token: Token, source: str) -> str | Hole:
    start, end = token.position or (0, 0)
    match token.token_type:
        case TokenType.TEXT:
            open_at = token.contents.find("{{")
            if open_at >= 0:
                raise _Unreadable("template_unclosed", start + open_at)
            return token.contents
        case TokenType.VAR:
            return _hole(token.contents, start, source)
        case _:
            raise _Unreadable("template_tag", start, {"written": source[start:end][:60]})


def _cut_at_chips(text: str | Hole, token: Token, source: str, before: Sequence[str | Hole]) -> Iterator[str | Hole]:
    """A mark that grew together with a letter beside it would be none: there a space is put between."""
    start, done = (token.position or (0, 0))[0], 0
    seen = Counter(piece.written for piece in before if isinstance(piece, Chip))
    for found in CHIP.finditer(source, start, start + len(str(text))):
        before_it = source[start + done : found.start()]
        yield f"{before_it} " if _GROWS_BEFORE.search(before_it[-1:]) else before_it
        written, (line, column) = found["name"].strip(), _place(source, found.start())
        seen[written] += 1
        again = "" if seen[written] == 1 else str(seen[written])
        yield Chip(f"@[{written}]{again}", line, column, written=written)
        if _GROWS_AFTER.match(source, found.end()):
            yield " "
        done = found.end() - start
    yield source[start + done : start + len(str(text))]


def _hole(written_as: str, offset: int, source: str) -> str | Hole:
    unreadable = _Unreadable("template_unreadable", offset, {"written": f"{{{{ {written_as[:60]} }}}}"})
    if "_(" in written_as:
        raise unreadable
    try:
        expression = FilterExpression(written_as, _PARSER)
    except _UnknownFilter as unknown:
        params = {"name": unknown.name, "nearest": nearest(unknown.name, FILTERS), "known": ", ".join(FILTERS)}
        raise _Unreadable("filter_unknown", offset, params) from None
    except (TemplateSyntaxError, ValueError):
        # ValueError: a number of a shape that no number has.
        raise unreadable from None
    if isinstance(expression.var, str) and not expression.filters:
        return str(expression.var)
    if not isinstance(expression.var, Variable):
        raise unreadable
    line, column = _place(source, offset)
    return Hole(str(expression.var.var), line, column, **_filters(expression, offset, unreadable))


def _filters(expression: FilterExpression, offset: int, unreadable: _Unreadable) -> dict[str, str]:
    """The arguments of a Hole: each filter once, the date only where there is one."""
    read: dict[str, str] = {}
    for function, arguments in expression.filters:
        is_name, argument = arguments[0]
        if function is date:
            key = "pattern"
            if is_name:
                raise unreadable
            _refuse_pattern(str(expression.var.var), str(argument), offset)
        else:
            key = "instead_name" if is_name else "instead"
        if key in read or {"instead", "instead_name"} == {key, *read} & {"instead", "instead_name"}:
            raise unreadable
        read[key] = str(argument.var) if is_name else str(argument)
    return read


def _refuse_pattern(name: str, pattern: str, offset: int) -> None:
    if name not in MOMENTS:
        raise _Unreadable("date_elsewhere", offset, {"name": name, "known": ", ".join(MOMENTS)})
    if unknown := unknown_signs(pattern) if "%" in pattern else [pattern]:
        raise _Unreadable("date_sign_unknown", offset, {"sign": unknown[0]})


def _place(source: str, offset: int) -> tuple[int, int]:
    before = source[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def nearest(name: str, known: Collection[str]) -> str:
    """ "" when nothing is near. A part of a longer name counts as near: `name` means `robot.name`."""
    by_folded = {other.casefold(): other for other in known}
    found = difflib.get_close_matches(name.casefold(), list(by_folded), n=1, cutoff=0.5)
    if not found:
        found = [folded for folded in by_folded if name.casefold() in folded.split(".")][:1]
    return by_folded[found[0]] if found else ""


def _between(text: str, opener: str) -> Iterator[str]:
    if text in _OPENERS:
        yield text
        return
    first, *rest = text.split(opener)
    yield first
    for piece in rest:
        yield opener
        yield piece
