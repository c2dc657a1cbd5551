"""Variables that staff give robots and tags: short texts under a name, put into messages as {{ name }}."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dingtalk.text import clean_text
from robots.rules.leaks import quotable, refuse_secrets

MOST_VARIABLES: Final = 50
LONGEST_NAME: Final = 40
LONGEST_VALUE: Final = 500
# What messages know by themselves; a variable of that name would hide it.
RESERVED: Final = ("robot", "group", "run")
_NAME: Final = re.compile(r"[^\W\d_]\w*")


def clean_variables(lines: Iterable[str]) -> dict[str, str]:
    """`name=value` each; empty lines do not count."""
    variables: dict[str, str] = {}
    for line in (clean_text(line).strip() for line in lines):
        if line:
            name, value = _read(refuse_secrets(line))
            if name in variables:
                raise ValidationError(
                    _("The variable “%(name)s” stands here more than once."),
                    code="variable_repeated",
                    params={"name": name},
                )
            variables[name] = value
    if len(variables) > MOST_VARIABLES:
        raise ValidationError(
            _("At most %(most)d variables are possible; these are %(count)d."),
            code="too_many_variables",
            params={"most": MOST_VARIABLES, "count": len(variables)},
        )
    return variables


def variable_lines(variables: Mapping[str, str]) -> list[str]:
    """As clean_variables reads them, in the order of names: not every database keeps another."""
    return [f"{name}={value}" for name, value in sorted(variables.items())]


def _read(line: str) -> tuple[str, str]:
    written, sign, value = line.partition("=") if "=" in line else line.partition("＝")
    name, value = written.strip(), " ".join(value.split())
    if not (sign and name and value):
        raise ValidationError(
            _("“%(line)s” is no variable. Write a name, = and its value, such as manager=Li Lei."),
            code="variable_unreadable",
            params={"line": quotable(line)},
        )
    _refuse_name(name)
    if len(value) > LONGEST_VALUE:
        raise ValidationError(
            _("The value of “%(name)s” has %(length)d characters; at most %(longest)d are possible."),
            code="variable_too_long",
            params={"name": name, "length": len(value), "longest": LONGEST_VALUE},
        )
    return name, value


def _refuse_name(name: str) -> None:
    if name in RESERVED:
        raise ValidationError(
            _("“%(name)s” is a name that messages know already. Choose another."),
            code="variable_reserved",
            params={"name": name},
        )
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise ValidationError(
            _(
                "“%(name)s” cannot be the name of a variable: it begins with a letter or a Chinese character, goes on"
                " with those, digits and _, and has at most %(longest)d characters."
            ),
            code="variable_name",
            params={"name": quotable(name), "longest": LONGEST_NAME},
        )
