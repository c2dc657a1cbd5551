"""The panel beside the form: the message as DingTalk shows it, whom it reaches, and what keeps it from being sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dingtalk.payloads import MAX_MENTIONS, At, Problem, ProblemCode, place_mentions
from messages.forms.composition import Composition
from messages.forms.places import field_of, on_page
from messages.forms.typed import Typed
from messages.preview.preview import Preview, preview_of
from messages.services.audience import audience
from messages.services.checks import tailoring_of
from messages.services.checks.words import ended_text, in_own_words, lacks
from messages.services.content import message_of, problem_text
from messages.services.keyword_rule import KeywordRule
from messages.services.mentions import resolve_mentions
from messages.services.overrides import names_of, overrides_of
from messages.services.snapshots import Snapshot
from messages.services.tailoring import GroupMessage, Tailoring, Used
from robots.models import Recipient, RecipientList, Robot, Tag

NOBODY: Final = _("Choose at least one robot or tag: nobody would get this message.")
CHOICES: Final = 50  # groups that the preview can be switched to
MISSING: Final = (ProblemCode.EMPTY, ProblemCode.LINKS_EMPTY, ProblemCode.CARD_WITHOUT_ACTION)


@dataclass(frozen=True, slots=True)
class Remark:
    """`field` as in messages.forms.places. `kind`: missing and wrong keep the message from being sent, a hint not."""

    field: str
    kind: str
    text: str | Promise


@dataclass(frozen=True, slots=True)
class Panel:
    """`groups`: how many get it. `shown`: the robot in whose group it is shown, out of `choices`, the first of them.

    `used`: what its variables are in that group, None without a value.
    """

    preview: Preview
    groups: int
    shown: Robot | None
    choices: Sequence[Robot]
    used: Sequence[Used]
    own_words: str  # of which robot or tag the words are that this group reads instead of those for all; "" for none
    remarks: tuple[Remark, ...]

    @property
    def group_name(self) -> str:
        """ "" for none."""
        return (self.shown.group_name or self.shown.name) if self.shown else ""

    def blocking(self) -> list[Remark]:
        return [remark for remark in self.remarks if remark.kind != "hint"]

    def hints(self) -> list[Remark]:
        return [remark for remark in self.remarks if remark.kind == "hint"]


def panel_of(composition: Composition) -> Panel:
    """The audience is counted, and no more of it read than can be chosen: this is asked at every pause in typing."""
    snapshot = composition.snapshot(name=composition.name)
    robots = audience_of(snapshot)
    at = mentions_of(snapshot)
    return panel_for(
        tailoring_of(message_of(snapshot.msgtype, snapshot.content), at=at, overrides=overrides_of(snapshot.overrides)),
        at=at,
        groups=robots.count(),
        choices=_with_shown(robots, composition.shown),
        composition=composition,
    )


def panel_for(
    tailoring: Tailoring, *, at: At, groups: int, choices: Sequence[Robot], composition: Composition
) -> Panel:
    shown = next((robot for robot in choices if robot.pk == composition.shown), choices[0] if choices else None)
    faults, own_faults, names = tailoring.faults(), tailoring.own_faults(), names_of(tailoring.overrides)
    group = tailoring.of(shown) if shown and not faults and not own_faults else None
    message = group.message if group else tailoring.message
    preview = preview_of(message, at=at, names=mentioned_names(at), sender=shown.name if shown else "")
    # What cannot be filled in yet is not judged as if it stood there.
    judged = [problem for problem in preview.problems if group or problem.field not in tailoring.places]
    remarks = [*_remarks([*faults, *judged], preview, composition.typed)]
    for override, problem in own_faults:
        remarks.append(Remark("own", "wrong", in_own_words(names[override], problem_text(problem))))
    if group:
        remarks += [Remark("audience", "wrong", _in_group(shown, text)) for _code, text in lacks(group)]
    if group and shown:
        remarks += _of_keywords(group, shown, at)
    if not groups:
        remarks.append(Remark("audience", "missing", NOBODY))
    position = tailoring.override_of(shown) if shown else None
    return Panel(
        preview,
        groups,
        shown=shown,
        choices=choices,
        used=group.used if group else (),
        own_words="" if position is None else names[tailoring.overrides[position]],
        remarks=tuple(remarks),
    )


def _with_shown(robots: QuerySet[Robot], shown: int | None) -> list[Robot]:
    """The first ones, and the one that is to be shown wherever it stands."""
    choices = list(robots[:CHOICES])
    if shown and len(choices) == CHOICES and all(robot.pk != shown for robot in choices):
        choices += robots.filter(pk=shown)
    return choices


def _of_keywords(group: GroupMessage, robot: Robot, at: At) -> Iterable[Remark]:
    rule = KeywordRule(place_mentions(group.message, at))
    if group.ended:
        yield Remark("text", "hint", _in_group(robot, ended_text(robot)))
    elif not rule.is_met(robot.keywords):
        yield Remark("audience", "wrong", _in_group(robot, rule.refusal(robot.keywords)))


def _in_group(robot: Robot | None, text: str) -> str:
    name = (robot.group_name or robot.name) if robot else ""
    return gettext("In “%(group)s”: %(text)s") % {"group": name, "text": text}


def audience_of(snapshot: Snapshot) -> QuerySet[Robot]:
    return audience(
        all_robots=snapshot.all_robots,
        robots=Robot.objects.filter(pk__in=snapshot.robots),
        tags=Tag.objects.filter(pk__in=snapshot.tags),
    )


def mentions_of(snapshot: Snapshot) -> At:
    return resolve_mentions(
        everyone=snapshot.mention_everyone,
        recipients=Recipient.objects.filter(pk__in=snapshot.mention_recipients).only("pk"),
        lists=RecipientList.objects.filter(pk__in=snapshot.mention_lists).only("pk"),
    )


def mentioned_names(at: At) -> dict[str, str]:
    """The names of those who are shown; further ones are counted only."""
    mobiles, user_ids = at.mobiles[:MAX_MENTIONS], at.user_ids[:MAX_MENTIONS]
    if not (mobiles or user_ids):
        return {}
    people = Recipient.objects.filter(Q(mobile__in=mobiles) | Q(user_id__in=user_ids))
    pairs = people.values_list("name", "mobile", "user_id")
    return {token: name for name, mobile, user_id in pairs for token in (mobile, user_id) if token}


def _remarks(problems: Iterable[Problem], preview: Preview, typed: Typed) -> Iterable[Remark]:
    for problem in problems:
        kind = "missing" if problem.code in MISSING else "wrong"
        yield Remark(field_of(on_page(problem.field, typed), typed), kind, _text(problem, typed))
    for hint in preview.hints:
        yield Remark(field_of(on_page(hint.place, typed), typed), "hint", hint.text)


def _text(problem: Problem, typed: Typed) -> str:
    return problem_text(replace(problem, field=on_page(problem.field, typed)))
