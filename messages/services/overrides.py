"""Own words for a robot's group, or for every group of a tag, instead of those that all the others read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from dingtalk.payloads import Message
from dingtalk.text import clean_text
from messages.rendering.own_words import with_words
from robots.models import Robot, Tag

KINDS: Final = {"robot": Robot, "tag": Tag}


@dataclass(frozen=True, slots=True)
class Override:
    """`kind`: robot or tag, and `pk` which. An empty title or text is that of all the others."""

    kind: str
    pk: int
    title: str = ""
    text: str = ""

    def of(self, message: Message) -> Message:
        return with_words(message, title=self.title, text=self.text)


def overrides_of(kept: Iterable[Mapping[str, Any]]) -> tuple[Override, ...]:
    """As a draft keeps them."""
    return tuple(Override(**each) for each in kept)


def kept(overrides: Iterable[Override]) -> list[dict[str, Any]]:
    """As a draft keeps them: of robots and tags that still exist, one for each, in a fixed order, none empty."""
    there = {kind: _existing(kind, overrides) for kind in KINDS}
    by_target = {
        (each.kind, each.pk): Override(each.kind, each.pk, clean_text(each.title), clean_text(each.text))
        for each in overrides
        if each.pk in there.get(each.kind, ()) and (each.title.strip() or each.text.strip())
    }
    return [asdict(by_target[target]) for target in sorted(by_target)]


def names_of(overrides: Sequence[Override]) -> dict[Override, str]:
    names = {kind: KINDS[kind]._default_manager.in_bulk(_ids(kind, overrides)) for kind in KINDS}
    return {each: str(names[each.kind].get(each.pk, "")) for each in overrides}


class Chosen:
    """Which override a robot's group gets: the robot's own, else that of its tags. One query for tags, if any."""

    def __init__(self, overrides: Sequence[Override]) -> None:
        self._by_robot = {each.pk: position for position, each in enumerate(overrides) if each.kind == "robot"}
        self._overrides = overrides
        self._by_tagged: dict[int, list[tuple[int, str]]] = defaultdict(list)
        by_tag = {each.pk: position for position, each in enumerate(overrides) if each.kind == "tag"}
        if by_tag:
            pairs = Robot.tags.through.objects.filter(tag__in=by_tag).order_by("tag__name")
            for robot_id, tag_id, name in pairs.values_list("robot_id", "tag_id", "tag__name"):
                self._by_tagged[robot_id].append((by_tag[tag_id], name))

    def of(self, robot: Robot) -> int | None:
        """Its position; None for the words of all."""
        if not self._overrides:
            return None
        if robot.pk in self._by_robot:
            return self._by_robot[robot.pk]
        tagged = self._by_tagged.get(robot.pk)
        return tagged[0][0] if tagged else None

    def clash(self, robot: Robot) -> tuple[str, str] | None:
        """Two tags whose words differ, and nothing of the robot's own to decide."""
        tagged = self._by_tagged.get(robot.pk, [])
        if robot.pk in self._by_robot or len(tagged) < 2:
            return None
        (first, name), *others = tagged
        return next(((name, other) for position, other in others if self._differ(first, position)), None)

    def _differ(self, one: int, other: int) -> bool:
        first, second = self._overrides[one], self._overrides[other]
        return (first.title, first.text) != (second.title, second.text)


def _existing(kind: str, overrides: Iterable[Override]) -> set[int]:
    ids = _ids(kind, overrides)
    return set(KINDS[kind]._default_manager.filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()


def _ids(kind: str, overrides: Iterable[Override]) -> list[int]:
    return [each.pk for each in overrides if each.kind == kind]
