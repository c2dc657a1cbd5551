"""Own words of some groups on the compose page: which groups read them, and how they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from messages.forms.composition import Composition
from messages.models import MessageType
from messages.pages.drafts.differences import Difference
from messages.pages.drafts.panel import Panel
from messages.pages.drafts.remarks import Remark
from messages.pages.drafts.written import audience_of
from messages.services.overrides import Override, names_of
from robots.models import Robot, Tag

NAMED: Final = 12  # groups that are named, before the rest is counted
CHOICES: Final = 50
WITHOUT_TITLE: Final = (MessageType.TEXT,)


@dataclass(frozen=True, slots=True)
class OwnWords:
    """`robots`: whose groups read them, out of the audience. `differences`: against the words for all."""

    position: int
    override: Override
    name: str
    with_title: bool
    robots: Sequence[str]
    more: int
    differences: Sequence[Difference]
    remarks: Sequence[Remark]
    focused: bool

    @property
    def number(self) -> str:
        return str(self.position)


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str | Promise


def own_words_of(
    composition: Composition, beside: Mapping[str, Sequence[Remark]], *, focus: str = ""
) -> list[OwnWords]:
    """Two queries for names, and one for the groups, if there are any."""
    if not composition.overrides:
        return []
    names, readers = names_of(composition.overrides), _readers(composition)
    return [
        OwnWords(
            position=position,
            override=override,
            name=names[override] or gettext("(deleted)"),
            with_title=composition.msgtype not in WITHOUT_TITLE,
            robots=readers[position][:NAMED],
            more=max(0, len(readers[position]) - NAMED),
            differences=_differences(composition, override),
            remarks=beside.get(f"own-{position}", ()),
            focused=focus == f"own-{position}",
        )
        for position, override in enumerate(composition.overrides)
    ]


def own_choices(composition: Composition, panel: Panel) -> list[Choice]:
    """Whom words of their own can be given: tags, and the first groups of the audience."""
    there = {(override.kind, override.pk) for override in composition.overrides}
    tags = [tag for tag in Tag.objects.order_by("name")[:CHOICES] if ("tag", tag.pk) not in there]
    robots = [robot for robot in panel.switch.listed if ("robot", robot.pk) not in there]
    return [
        *(Choice(f"tag-{tag.pk}", gettext("Tag: %(name)s") % {"name": tag.name}) for tag in tags),
        *(Choice(f"robot-{robot.pk}", robot.label) for robot in robots),
    ]


def _readers(composition: Composition) -> list[list[str]]:
    """The audience's robots that each override is for, by name."""
    tags = [override.pk for override in composition.overrides if override.kind == "tag"]
    robots = audience_of(composition.snapshot(name="")).only("name", "group_name")
    tagged = set(Robot.tags.through.objects.filter(tag__in=tags).values_list("tag_id", "robot_id")) if tags else set()
    own = {override.pk for override in composition.overrides if override.kind == "robot"}
    there = list(robots)
    return [
        [
            _label(robot)
            for robot in there
            if (robot.pk == override.pk if override.kind == "robot" else (override.pk, robot.pk) in tagged)
            and (override.kind == "robot" or robot.pk not in own)
        ]
        for override in composition.overrides
    ]


def _differences(composition: Composition, override: Override) -> list[Difference]:
    typed = composition.typed
    found = []
    if composition.msgtype not in WITHOUT_TITLE and override.title and override.title != typed.title:
        found.append(Difference(_("Title"), typed.title, override.title))
    if override.text and override.text != typed.text:
        found.append(Difference(pgettext_lazy("field", "Text"), typed.text, override.text))
    return found


def _label(robot: Robot) -> str:
    return f"{robot.group_name} · {robot.name}" if robot.group_name and robot.group_name != robot.name else robot.name
