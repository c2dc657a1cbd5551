"""What the organisations of the robots have left of their month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messages.services.budget import breaches
from messages.services.checks.findings import NOTE, WARNING, Finding
from messages.services.checks.scene import Scene, shown


def of_exhausted(scene: Scene) -> Iterator[Finding]:
    for organisation in scene.organisations.values():
        until = organisation.quota_exhausted_until
        if until and until > scene.when:
            count = scene.groups[organisation.pk]
            text = ngettext(
                "The monthly quota of “%(organisation)s” is used up until %(time)s:"
                " DingTalk will refuse the message in %(count)d group.",
                "The monthly quota of “%(organisation)s” is used up until %(time)s:"
                " DingTalk will refuse the message in %(count)d groups.",
                count,
            ) % {"organisation": organisation.name, "time": shown(until), "count": count}
            yield Finding(None, WARNING, "quota_exhausted", text, value=organisation.name)


def of_budgets(scene: Scene) -> Iterator[Finding]:
    for text in breaches(scene.uses, scene.messages, urgent=scene.urgent):
        yield Finding(None, WARNING, "over_quota", text, asks=True, value=text)


def left_after(scene: Scene) -> dict[int, int]:
    """Per organisation how many messages it could still send this month after this one and all that is planned."""
    return {pk: use.quota - use.forecast - scene.messages[pk] for pk, use in scene.uses.items()}


def of_left(scene: Scene, left: Mapping[int, int]) -> Iterator[Finding]:
    for pk, use in scene.uses.items():
        if left[pk] >= 0:
            text = _("“%(organisation)s” has %(left)s of its %(quota)s messages of the month left after this one.")
            told = {"organisation": use.organisation.name, "left": f"{left[pk]:,}", "quota": f"{use.quota:,}"}
            yield Finding(None, NOTE, "quota_left", text % told, value=use.organisation.name)
