"""What is said beside the fields of the compose page: what is missing or wrong, and what DingTalk will not show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from dingtalk.payloads import Problem, ProblemCode
from messages.forms.places import field_of, on_page
from messages.forms.typed import Typed
from messages.preview.hints import Hint
from messages.services.content import problem_text
from messages.services.overrides import Override

MISSING: Final = (ProblemCode.EMPTY, ProblemCode.LINKS_EMPTY, ProblemCode.CARD_WITHOUT_ACTION)


@dataclass(frozen=True, slots=True)
class Remark:
    """`field` as in messages.forms.places, or own-0 for the first own words. `kind`: missing and wrong keep the message
    from being sent, a hint not.
    """

    field: str
    kind: str
    text: str | Promise


@dataclass(frozen=True, slots=True)
class Source:
    """Where the shown words were written: in the fields for all, or in own words, which stand at `position`."""

    typed: Typed
    position: int | None = None
    override: Override | None = None

    def field(self, place: str) -> str:
        if self.override and (self.override.title if place == "title" else self.override.text) and place in _OWN:
            return f"own-{self.position}"
        return field_of(on_page(place, self.typed), self.typed)


_OWN: Final = ("title", "text", "content")


def of_problems(problems: Iterable[Problem], source: Source) -> Iterator[Remark]:
    for problem in problems:
        kind = "missing" if problem.code in MISSING else "wrong"
        text = problem_text(replace(problem, field=on_page(problem.field, source.typed)))
        yield Remark(source.field(problem.field), kind, text)


def of_hints(hints: Iterable[Hint], source: Source) -> Iterator[Remark]:
    for hint in hints:
        yield Remark(source.field(hint.place), "hint", _told(hint))


def hints_of(hints: Iterable[Hint]) -> list[Remark]:
    """Of a message that nobody writes any more: beside no field."""
    return [Remark("", "hint", _told(hint)) for hint in hints]


def _told(hint: Hint) -> str | Promise:
    return _("Line %(line)d: %(text)s") % {"line": hint.line, "text": hint.text} if hint.line else hint.text
