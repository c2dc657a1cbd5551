"""Whether those who are mentioned are notified: by a number that the group knows, in a group that they are in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dingtalk.payloads import MAX_MENTIONS
from messages.rendering.mentioning import Person
from messages.services.checks.findings import BLOCKER, NOTE, WARNING, Finding
from messages.services.tailoring import Tailoring
from robots.masking import mask_mobile
from robots.models import Robot

NAMED: Final = 12  # people that a finding names, before it counts the rest


def of_mentions(tailoring: Tailoring, *, groups: int) -> Iterator[Finding]:
    """What is the same in every group."""
    mentions = tailoring.mentions
    if left_out := mentions.too_many():
        text = _(
            "The first %(most)d can be mentioned. These would be left out: %(names)s. Mention fewer people, mention"
            " everyone, or tick “Share the people out over the groups”."
        )
        yield Finding(None, BLOCKER, "mentions_left_out", text % {"most": MAX_MENTIONS, "names": named(left_out)})
    if mentions.shared_texts() and groups:
        text = _(
            "DingTalk mentions at most %(most)d people in a message, so they are shared out over the groups: each"
            " person is mentioned in one of them."
        )
        yield Finding(None, NOTE, "mentions_shared", text % {"most": MAX_MENTIONS})
    if nowhere := mentions.nowhere():
        text = _("These people find no place in any of the groups: %(names)s. Choose more groups, or fewer people.")
        yield Finding(None, BLOCKER, "mentions_nowhere", text % {"names": named(nowhere)})
    if without := [person for person in mentions.everybody if not person.mobile]:
        text = ngettext(
            "No mobile is known of %(names)s. The mention goes by userId, which only groups of your own organisation"
            " know.",
            "No mobile is known of %(names)s. The mentions go by userId, which only groups of your own organisation"
            " know.",
            len(without),
        )
        yield Finding(None, NOTE, "mentions_by_user_id", text % {"names": named(without)})


def of_mentioned(tailoring: Tailoring, robots: Sequence[Robot]) -> Iterator[Finding]:
    """What differs from group to group. One query, if anybody is mentioned."""
    if not tailoring.mentions.everybody:
        return
    noted = tailoring.mentions.noted
    for robot in robots:
        here = tailoring.mentioned_in(robot)
        if here.unable:
            text = _(
                "This group is external, and DingTalk mentions people there by mobile only. Not mentioned, for no"
                " mobile is known of them: %(names)s."
            )
            yield Finding(robot, WARNING, "mention_needs_mobile", text % {"names": named(here.unable)})
        if elsewhere := [person for person in here.people if person in noted and robot.pk not in noted[person]]:
            text = _("By what is noted, these people are not in this group and will not be notified: %(names)s.")
            yield Finding(robot, NOTE, "mention_not_in_group", text % {"names": named(elsewhere)})


def named(people: Sequence[Person]) -> str:
    names = _(", ").join(_called(person) for person in people[:NAMED])
    more = len(people) - NAMED
    if more <= 0:
        return names
    return ngettext("%(names)s and %(count)d more", "%(names)s and %(count)d more", more) % {
        "names": names,
        "count": more,
    }


def _called(person: Person) -> str:
    return person.name or (mask_mobile(person.mobile) if person.mobile else person.user_id)
