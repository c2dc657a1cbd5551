"""What DingTalk takes, but will not show as the author hopes: titles, links, pictures, marks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

from dingtalk.payloads import MAX_BODY_BYTES, Message
from messages.preview.hints import Hint, hints
from messages.services.checks.findings import NOTE, WARNING, Finding, Level
from messages.services.checks.scene import Scene
from messages.services.checks.words import WordCheck, in_own_words
from messages.services.overrides import names_of

NEARLY_FULL: Final = 0.9
# What readers would miss; the rest is a matter of looks.
_MISSED: Final = ("link_without_scheme", "picture_insecure", "picture_not_public", "picture_no_address")


def of_looks(scene: Scene) -> Iterator[Finding]:
    """Judged in the first group that reads each of the texts: reading markdown costs too much to do it for all."""
    if scene.tailoring.faults() or scene.tailoring.own_faults():
        return
    names = names_of(scene.tailoring.overrides)
    common: dict[tuple[str, str], Hint] = {}
    for position, message in sorted(_samples(scene).items()):
        found = {(hint.code, hint.place): hint for hint in reversed(hints(message))}
        told = [hint for key, hint in reversed(found.items()) if key not in common]
        if position < 0:
            common = found
        for hint in told:
            text = str(hint.text)
            if position >= 0:
                text = in_own_words(names[scene.tailoring.overrides[position]], text)
            level: Level = WARNING if hint.code in _MISSED else NOTE
            yield Finding(None, level, str(hint.code), text, place=hint.place, value=text)


def of_sizes(scene: Scene, words: WordCheck) -> Iterator[Finding]:
    for robot in scene.robots:
        size = words.sizes.get(robot.pk, 0)
        if NEARLY_FULL * MAX_BODY_BYTES < size <= MAX_BODY_BYTES:
            text = _("The message nearly fills what DingTalk takes: %(size)s of %(limit)s bytes.")
            told = {"size": f"{size:,}", "limit": f"{MAX_BODY_BYTES:,}"}
            yield Finding(robot, NOTE, "nearly_full", text % told)


def _samples(scene: Scene) -> dict[int, Message]:
    """By the position of own words; -1 for the words for all."""
    samples: dict[int, Message] = {}
    for robot in scene.robots:
        position = scene.tailoring.override_of(robot)
        key = -1 if position is None else position
        if key not in samples:
            samples[key] = scene.tailoring.of(robot).message
    return samples or {-1: scene.tailoring.message}
