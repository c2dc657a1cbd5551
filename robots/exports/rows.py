"""Robots and recipients as rows of the columns that the imports read. Webhooks and secrets stay here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.db.models import Prefetch, QuerySet

from robots.masking import mask_mobile
from robots.models import Recipient, RecipientList, Robot, Tag
from robots.rules.variables import variable_lines

ROWS_AT_ONCE = 500
_SEPARATOR = re.compile(r'[;；\n"]')


def robot_rows(robots: QuerySet[Robot]) -> Iterator[list[str]]:
    """In the order of ROBOT_COLUMNS; the columns of the webhook and the secret are always empty."""
    fields = ("name", "group_name", "keywords", "ip_ranges", "variables", "footer", "external", "for_tests")
    tags = Prefetch("tags", queryset=Tag.objects.only("name").order_by("name"))
    for robot in robots.only(*fields).prefetch_related(tags).order_by("name", "pk").iterator(ROWS_AT_ONCE):
        yield [
            robot.name,
            "",
            "",
            _several(robot.keywords),
            _several(robot.ip_ranges),
            _several(tag.name for tag in robot.tags.all()),
            robot.group_name,
            _several(variable_lines(robot.variables)),
            robot.footer,
            _yes_or_no(robot.external),
            _yes_or_no(robot.for_tests),
        ]


def recipient_rows(recipients: QuerySet[Recipient], *, in_full: bool) -> Iterator[list[str]]:
    """In the order of RECIPIENT_COLUMNS; mobiles only as the list shows them, unless `in_full`."""
    lists = Prefetch("lists", queryset=RecipientList.objects.only("name").order_by("name"))
    groups = Prefetch("groups", queryset=Robot.objects.only("name").order_by("name"))
    people = recipients.only("name", "mobile", "user_id").prefetch_related(lists, groups).order_by("name", "pk")
    for person in people.iterator(ROWS_AT_ONCE):
        yield [
            person.name,
            person.mobile if in_full else mask_mobile(person.mobile),
            person.user_id,
            _several(one.name for one in person.lists.all()),
            _several(robot.name for robot in person.groups.all()),
        ]


def _several(values: Iterable[str]) -> str:
    """One cell; a value that holds a separator stands in quotation marks."""
    return ";".join(_quoted(value) if _SEPARATOR.search(value) else value for value in values)


def _quoted(value: str) -> str:
    doubled = value.replace('"', '""')
    return f'"{doubled}"'


def _yes_or_no(value: bool) -> str:
    # Not in the reader's language: an installation in another one imports it.
    return "yes" if value else "no"
