"""What the organisations of the robots have left of their month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.utils.translation import ngettext

from messages.services.budget import over_budget
from messages.services.checks.findings import WARNING, Finding
from messages.services.checks.scene import Scene, shown


def of_exhausted(scene: Scene) -> Iterator[Finding]:
    counts = Counter(robot.organisation_id for robot in scene.robots)
    for organisation in scene.organisations.values():
        until = organisation.quota_exhausted_until
        if until and until > scene.when:
            count = counts[organisation.pk]
            text = ngettext(
                "The monthly quota of “%(organisation)s” is used up until %(time)s:"
                " DingTalk will refuse the message in %(count)d group.",
                "The monthly quota of “%(organisation)s” is used up until %(time)s:"
                " DingTalk will refuse the message in %(count)d groups.",
                count,
            ) % {"organisation": organisation.name, "time": shown(until), "count": count}
            yield Finding(None, WARNING, "quota_exhausted", text)


def of_budgets(scene: Scene) -> Iterator[Finding]:
    counts = Counter(robot.organisation_id for robot in scene.robots)
    for text in over_budget(scene.organisations.values(), counts, when=scene.when, urgent=scene.urgent):
        yield Finding(None, WARNING, "over_quota", text, asks=True)
