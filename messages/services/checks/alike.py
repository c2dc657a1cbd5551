"""Whether groups would read nearly the same as within the last seven days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from dingtalk.payloads import Message, PayloadError, searched_texts
from messages.history.lately import reached_by, texts_since
from messages.models import Broadcast
from messages.rendering.contents import message_of
from messages.rendering.likeness import Grams, grams_of, likeness
from messages.services.checks.findings import WARNING, Finding
from messages.services.checks.scene import Scene, shown

LOOK_BACK: Final = timedelta(days=7)
ALIKE: Final = 0.75
MOST_TEXTS: Final = 10  # of ours that are compared
MOST_FOUND: Final = 5  # of those alike whose groups are looked up


@dataclass(frozen=True, slots=True)
class Alike:
    """An earlier broadcast that says nearly the same as our text at `position`; None: the words for all."""

    broadcast: Broadcast
    position: int | None
    share: float


def of_alike(scene: Scene, *, now: datetime) -> Iterator[Finding]:
    """Two queries. Compared as they were written, with their variables; the most alike is told of each group."""
    found = alike_since(scene, now - LOOK_BACK)[:MOST_FOUND]
    reached = reached_by([each.broadcast.pk for each in found]) if found else {}
    for robot in scene.robots if found else ():
        position = scene.tailoring.override_of(robot)
        for each in found:
            if each.position == position and robot.pk in reached.get(each.broadcast.pk, ()):
                yield Finding(robot, WARNING, "text_alike", _text(each), value=str(each.broadcast.pk))
                break


def alike_since(scene: Scene, moment: datetime) -> list[Alike]:
    """The most alike first."""
    ours = _ours(scene)
    found = [
        Alike(broadcast, position, share)
        for broadcast in texts_since(moment)
        if (theirs := _grams_of(broadcast))
        for position, grams in ours.items()
        if (share := likeness(grams, theirs)) >= ALIKE
    ]
    return sorted(found, key=lambda each: (-each.share, -each.broadcast.pk))


def _ours(scene: Scene) -> dict[int | None, Grams]:
    own = enumerate(scene.tailoring.own_messages[: MOST_TEXTS - 1])
    return {None: _grams(scene.tailoring.message), **{position: _grams(message) for position, message in own}}


def _grams_of(broadcast: Broadcast) -> Grams:
    try:
        return _grams(message_of(broadcast.msgtype, broadcast.content))
    except PayloadError:
        return frozenset()


def _grams(message: Message) -> Grams:
    return grams_of("\n".join(searched_texts(message)))


def _text(each: Alike) -> str:
    text = _("This group got nearly the same text at %(time)s, in “%(broadcast)s” (%(percent)d %% alike).")
    told = {
        "time": shown(each.broadcast.planned_at),
        "broadcast": each.broadcast.name,
        "percent": int(each.share * 100),
    }
    return text % told
