"""Which group's message is the largest, of an audience that may be long, while somebody is typing."""

from __future__ import annotations

import heapq
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from dingtalk.payloads import At, Message, searched_texts, size_with_uuid
from dingtalk.payloads.wire import body_bytes
from messages.rendering.message import MessageTemplate
from messages.rendering.template import Hole
from messages.rendering.values import Values
from messages.services.tailoring import Tailoring, demanded_ending
from robots.models import Robot

# Estimates are off by spaces that are cut and a mention that a value brings: by far less than groups differ.
MEASURED: Final = 5


@dataclass(frozen=True, slots=True)
class Largest:
    """`bytes` as they go out, msgUuid included. `everywhere`: it is the same in every group."""

    robot: Robot
    bytes: int
    everywhere: bool


def size_of(message: Message, at: At) -> int:
    return size_with_uuid(body_bytes(message, at))


def largest_of(tailoring: Tailoring, robots: Sequence[Robot]) -> Largest | None:
    """None without robots. Every group is estimated, and only the largest few of them are rendered."""
    if not robots:
        return None
    estimate = _Estimate(tailoring)
    sizes = [estimate.of(robot) for robot in robots]
    likely = heapq.nlargest(MEASURED, range(len(robots)), key=sizes.__getitem__)
    groups = [(tailoring.of(robots[position]), -position) for position in likely]
    measured = [(size_of(group.message, group.at), position) for group, position in groups]
    size, position = max(measured)
    return Largest(robots[-position], size, everywhere=min(sizes) == max(sizes))


class _Estimate:
    """Additive: what a message has without its values, and the values of each robot."""

    def __init__(self, tailoring: Tailoring) -> None:
        self._tailoring = tailoring
        self._frames: dict[int | None, _Frame] = {}

    def of(self, robot: Robot) -> int:
        position = self._tailoring.override_of(robot)
        if position not in self._frames:
            template = self._tailoring.template_for(robot)
            at = self._tailoring.mentioned_in(robot).at
            self._frames[position] = _Frame(template, self._tailoring.values_of_robot(robot), at)
        frame = self._frames[position]
        texts = frame.texts(self._tailoring.values_of_robot(robot)) if frame.holes else []
        return frame.bytes + frame.weight(texts) + self._of_ending(robot, frame, texts)

    def _of_ending(self, robot: Robot, frame: _Frame, texts: Sequence[str]) -> int:
        if not robot.keywords:
            return 0
        ending = demanded_ending(robot)
        if ending is None or frame.has_one_of(ending.keywords):
            return 0
        return 0 if any(word in text for word in ending.keywords for text in texts) else _weight(ending.text)


class _Frame:
    """One template without what robots put in."""

    def __init__(self, template: MessageTemplate, values: Values, at: At) -> None:
        nothing = Values({}, values.moment)
        self.holes = _holes(template)
        self.bytes = size_of(template.filled(nothing).message, at) - self.weight(self.texts(nothing))
        self._source = "\n".join(searched_texts(template.message))
        self._known: dict[tuple[str, ...], bool] = {}

    def texts(self, values: Values) -> list[str]:
        """What stands in the holes."""
        texts = ((hole.filled(values) or "", encoded) for hole, encoded, _count in self.holes)
        return [quote(text, safe="") if encoded else text for text, encoded in texts]

    def weight(self, texts: Sequence[str]) -> int:
        return sum(_weight(text) * count for text, (_hole, _encoded, count) in zip(texts, self.holes, strict=True))

    def has_one_of(self, keywords: tuple[str, ...]) -> bool:
        if keywords not in self._known:
            self._known[keywords] = any(word in self._source for word in keywords)
        return self._known[keywords]


def _holes(template: MessageTemplate) -> list[tuple[Hole, bool, int]]:
    """Each variable, whether it is percent-encoded, and how often it stands there; wherever that is."""
    found = (
        (replace(piece, line=0, column=0), place in template.addresses and position > 0)
        for place, text in template.texts.items()
        for position, piece in enumerate(text.pieces)
        if isinstance(piece, Hole)
    )
    return [(hole, encoded, count) for (hole, encoded), count in Counter(found).items()]


@lru_cache(maxsize=4096)
def _weight(text: str) -> int:
    """In JSON, as it is sent."""
    return len(json.dumps(text, ensure_ascii=False).encode("utf-8", "replace")) - 2
