"""Trying a message out: what a chosen group would get goes to a robot for tests, over the real path."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actors import Actor
from audit.log import record
from dingtalk.payloads import (
    NOBODY,
    ActionCard,
    Markdown,
    Message,
    PayloadError,
    Text,
    build,
    message_to_dict,
    place_mentions,
)
from dingtalk.payloads.mentions import with_other_marks
from messages.engine.firing import start_run
from messages.models import Broadcast, BroadcastKind, BroadcastStatus, Target
from messages.rendering.endings import Ending, with_ending
from messages.rendering.frozen import store_ending
from messages.rendering.parts import can_have_parts, is_too_big
from messages.services.checks.parts import bare_message, ending_in_parts
from messages.services.checks.words import lacks
from messages.services.content import problem_text
from messages.services.tailoring import Tailoring
from messages.wakeups import wake_pump
from robots.masking import mask_mobile
from robots.models import Robot

NAME_LENGTH = 100


class CannotTry(Exception):
    """Nothing was sent. `text` says why, for the person who asked."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__("the message cannot be tried out")


@dataclass(frozen=True, slots=True)
class _Words:
    """`ending`: of each part, where it is too long for one message; else it is added already."""

    message: Message
    ending: Ending | None = None
    split: bool = False


def send_to_test_group(
    tailoring: Tailoring, *, like: Robot, to: Robot, name: str, by: Actor, zone: str, key: uuid.UUID, draft: int | None
) -> Broadcast:
    """What the group of `like` would get, to the letter, but that nobody is mentioned. The same key sends it once.

    `draft`: the number of the one that it stands in, saved or not. Raises CannotTry.
    """
    words = _words_for(tailoring, like)
    try:
        return _send(words, like=like, to=to, name=name, by=by, zone=zone, key=key, draft=draft)
    except IntegrityError:
        # The same key at this very moment, or the robot was deleted: a second look sees which.
        return _send(words, like=like, to=to, name=name, by=by, zone=zone, key=key, draft=draft)


@transaction.atomic
def _send(
    words: _Words, *, like: Robot, to: Robot, name: str, by: Actor, zone: str, key: uuid.UUID, draft: int | None
) -> Broadcast:
    if same := Broadcast.objects.filter(launch_key=key).first():
        return same
    robot = Robot.objects.select_for_update().filter(pk=to.pk, for_tests=True).first()
    if robot is None:
        raise CannotTry(_("This robot is not for tests any more. Choose another one."))
    now, body = timezone.now(), message_to_dict(words.message)
    msgtype, group = str(body["msgtype"]), like.group_name or like.name
    broadcast = Broadcast.objects.create(
        kind=BroadcastKind.TEST,
        name=(_("%(name)s, as “%(group)s” gets it") % {"name": name, "group": group})[:NAME_LENGTH],
        msgtype=msgtype,
        content=body[msgtype],
        tailored=words.ending is not None,
        split=words.split,
        status=BroadcastStatus.FIRED,
        planned_at=now,
        zone=zone,
        launch_key=key,
        created_by_id=by.user_id,
        created_by_name=by.name,
    )
    Target.objects.create(
        broadcast=broadcast,
        robot=robot,
        robot_name=robot.name,
        group_name=robot.group_name,
        ending=store_ending(words.ending),
    )
    start_run(broadcast, planned_at=now, now=now)
    record("broadcast.tried", by=by, target=broadcast, detail={"robot": robot.name, "like": like.name, "draft": draft})
    transaction.on_commit(wake_pump)
    return broadcast


def _words_for(tailoring: Tailoring, robot: Robot) -> _Words:
    """With the group's variables, own words, and the keyword or footer that its robot adds."""
    for text in _obstacles(tailoring, robot):
        raise CannotTry(text)
    bare = bare_message(tailoring, robot)
    written = without_mentions(bare, tailoring, robot)
    ending = tailoring.ending_of(robot)
    whole = with_ending(written, ending, at=NOBODY)
    if can_have_parts(whole) and is_too_big(whole, NOBODY):
        return _Words(written, ending_in_parts(robot, bare), split=True)
    try:
        build(whole, NOBODY)
    except PayloadError as error:
        raise CannotTry(problem_text(error.problems[0])) from error
    return _Words(whole)


def without_mentions(message: Message, tailoring: Tailoring, robot: Robot) -> Message:
    """As the group reads it, names in the places of marks; but a test calls nobody, for its readers are others."""
    at = tailoring.mentioned_in(robot).at
    message = place_mentions(message, at)
    names = tailoring.mentions.names
    shown = {mobile: names.get(mobile) or mask_mobile(mobile) for mobile in at.mobiles}
    shown |= {user_id: names.get(user_id) or user_id for user_id in at.user_ids}
    return _renamed(message, shown)


def _renamed(message: Message, names: dict[str, str]) -> Message:
    # Longest first: what stands there by then is a name, and no mark.
    for mark in sorted(names, key=len, reverse=True):
        match message:
            case Text(content=text):
                message = replace(message, content=with_other_marks(text, [mark], f"@{names[mark]}"))
            case Markdown(text=text) | ActionCard(text=text):
                message = replace(message, text=with_other_marks(text, [mark], f"@{names[mark]}"))
    return message


def _obstacles(tailoring: Tailoring, robot: Robot) -> Iterator[str]:
    """Why this group has no message yet."""
    for problem in tailoring.faults():
        yield problem_text(problem)
    for _override, problem in tailoring.own_faults():
        yield problem_text(problem)
    for _code, text in lacks(tailoring.of(robot)):
        yield text
