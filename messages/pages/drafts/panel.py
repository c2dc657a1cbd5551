"""The panel beside the form: the message as DingTalk shows it, whom it reaches, and what keeps it from being sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dingtalk.payloads import MAX_BODY_BYTES, At, place_mentions
from messages.forms.composition import Composition
from messages.models import MessageType
from messages.pages.drafts.pieces import Piece, pieces_of, put_in
from messages.pages.drafts.remarks import Remark, Source, of_hints, of_problems
from messages.pages.drafts.written import audience_of, mentions_of, tailoring_for
from messages.pages.switching import Choice, Switch, switch_of
from messages.preview.bubbles import Bubble, bubble_of
from messages.preview.mentions import marks_of
from messages.preview.preview import Preview, preview_of
from messages.preview.size import Size
from messages.services.checks.findings import BLOCKER
from messages.services.checks.mentions import of_mentioned, of_mentions
from messages.services.checks.parts import may_be_sent_in, parts_in
from messages.services.checks.words import ended_text, in_own_words, lacks
from messages.services.content import problem_text
from messages.services.keyword_rule import KeywordRule
from messages.services.overrides import Override, names_of
from messages.services.sizes import Largest, largest_of
from messages.services.tailoring import GroupMessage, Tailoring
from robots.bulk import read_many
from robots.models import Robot

NOBODY: Final = _("Choose at least one robot or tag: nobody would get this message.")
# What a preview needs of a robot, of which there may be hundreds at every keystroke.
_SHOWN_FIELDS: Final = ("id", "name", "group_name", "external", "keywords", "variables", "footer", "append_keyword")


@dataclass(frozen=True, slots=True)
class Panel:
    """`groups`: how many get it. `shown`: the robot in whose group it is shown, by `switch`.

    `pieces`: what was put in for that group. `own_words`: of which robot or tag the words are that it reads instead of
    those for all, "" for none; `own_title` and `own_text` say which of the two. `parts`: of a message that is too long,
    as it may be sent.
    """

    preview: Preview
    groups: int
    shown: Robot | None
    switch: Switch
    size: Size
    pieces: Sequence[Piece]
    own_words: str
    own_title: bool
    own_text: bool
    remarks: tuple[Remark, ...]
    parts: Sequence[Bubble] = ()

    @property
    def group_name(self) -> str:
        """ "" for none."""
        return (self.shown.group_name or self.shown.name) if self.shown else ""

    def blocking(self) -> list[Remark]:
        return [remark for remark in self.remarks if remark.kind != "hint"]

    def hints(self) -> list[Remark]:
        return [remark for remark in self.remarks if remark.kind == "hint"]


def panel_of(composition: Composition) -> Panel:
    """Asked at every keystroke: one group is drawn, and of all the others no more is found out than which is the
    largest. A fixed number of queries, however many groups there are.
    """
    snapshot = composition.snapshot(name=composition.name)
    at, robots = mentions_of(snapshot), read_many(audience_of(snapshot), _SHOWN_FIELDS)
    return panel_for(tailoring_for(snapshot, robots, at=at), at=at, robots=robots, composition=composition)


def panel_for(tailoring: Tailoring, *, at: At, robots: Sequence[Robot], composition: Composition) -> Panel:
    switch = _switch(tailoring, robots, composition)
    shown = next((robot for robot in robots if switch.chosen and robot.pk == switch.chosen.pk), None)
    faults, own_faults = tailoring.faults(), tailoring.own_faults()
    readable = not faults and not own_faults
    group = tailoring.of(shown) if shown and readable else None
    preview, source = _preview(tailoring, group, shown, at), _source(tailoring, shown, composition)
    largest, names = largest_of(tailoring, robots) if readable else None, names_of(tailoring.overrides)
    parts = _parts(tailoring, shown if group else None, at) if readable and preview.size > MAX_BODY_BYTES else ()
    remarks = [
        # What cannot be filled in yet is not judged as if it stood there.
        *of_problems(
            [*faults, *(each for each in preview.problems if group or each.field not in tailoring.places)], source
        ),
        *of_hints(preview.hints, source),
        *(Remark("own", "wrong", in_own_words(names[own], problem_text(fault))) for own, fault in own_faults),
        *(_of_group(tailoring, group, shown) if group and shown else ()),
        *_of_size(preview, largest, parts),
    ]
    if not robots:
        remarks.append(Remark("audience", "missing", NOBODY))
    return Panel(
        preview,
        len(robots),
        shown=shown,
        switch=switch,
        size=_size(preview, largest),
        pieces=pieces_of(group, shown) if group and shown else (),
        own_words=names[source.override] if source.override else "",
        own_title=bool(source.override and (source.override.title or composition.msgtype == MessageType.TEXT)),
        own_text=bool(source.override and source.override.text),
        remarks=tuple(remarks),
        parts=parts,
    )


def _of_size(preview: Preview, largest: Largest | None, parts: Sequence[Bubble]) -> Iterator[Remark]:
    if largest and largest.bytes > MAX_BODY_BYTES >= preview.size:
        told = {"size": f"{largest.bytes:,}", "limit": f"{MAX_BODY_BYTES:,}"}
        text = gettext("the message has %(size)s bytes there, but DingTalk takes at most %(limit)s.") % told
        yield Remark("size", "wrong", _in_group(largest.robot, text))
    if parts:
        yield Remark("size", "hint", may_be_sent_in(len(parts)))


def _parts(tailoring: Tailoring, shown: Robot | None, at: At) -> tuple[Bubble, ...]:
    names, sender = tailoring.mentions.names, shown.name if shown else ""
    return tuple(
        bubble_of(part.message, at=part.at, marks=marks_of(part.at, names, part.message), sender=sender)
        for part in parts_in(tailoring, shown, at=at).parts
    )


def _switch(tailoring: Tailoring, robots: Sequence[Robot], composition: Composition) -> Switch:
    choices = (
        Choice(robot.pk, robot.group_name, robot.name, own=tailoring.override_of(robot) is not None) for robot in robots
    )
    return switch_of(choices, chosen=composition.shown, search=composition.searches.get("shown", ""))


def _preview(tailoring: Tailoring, group: GroupMessage | None, shown: Robot | None, at: At) -> Preview:
    message, here = (group.message, group.at) if group else (tailoring.message, at)
    pieces = put_in(tailoring, group, shown) if group and shown else None
    names, sender = tailoring.mentions.names, shown.name if shown else ""
    return preview_of(message, at=here, names=names, sender=sender, put_in=pieces)


def _source(tailoring: Tailoring, shown: Robot | None, composition: Composition) -> Source:
    position = tailoring.override_of(shown) if shown else None
    override: Override | None = None if position is None else tailoring.overrides[position]
    return Source(composition.typed, position, override)


def _size(preview: Preview, largest: Largest | None) -> Size:
    """Of the largest group, whose name is told where it is not the same in all of them."""
    if largest is None:
        return Size(preview.size, MAX_BODY_BYTES)
    name = "" if largest.everywhere else largest.robot.group_name or largest.robot.name
    return Size(largest.bytes, MAX_BODY_BYTES, group=name)


def _of_mentions(tailoring: Tailoring, robot: Robot) -> Iterator[Remark]:
    for finding in of_mentions(tailoring, groups=1):
        yield Remark("mentions", "wrong" if finding.level == BLOCKER else "hint", finding.text)
    for finding in of_mentioned(tailoring, [robot]):
        yield Remark("mentions", "hint", _in_group(robot, finding.text))


def _of_group(tailoring: Tailoring, group: GroupMessage, robot: Robot) -> Iterator[Remark]:
    for _code, text in lacks(group):
        yield Remark("audience", "wrong", _in_group(robot, text))
    rule = KeywordRule(place_mentions(group.message, group.at))
    if group.ended:
        yield Remark("text", "hint", _in_group(robot, ended_text(robot)))
    elif not rule.is_met(robot.keywords):
        yield Remark("audience", "wrong", _in_group(robot, rule.refusal(robot.keywords)))
    yield from _of_mentions(tailoring, robot)


def _in_group(robot: Robot, text: str | Promise) -> str:
    return gettext("In “%(group)s”: %(text)s") % {"group": robot.group_name or robot.name, "text": text}
