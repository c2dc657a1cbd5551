"""The panel beside the form: the message as DingTalk shows it, whom it reaches, and what keeps it from being sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dingtalk.payloads import MAX_MENTIONS, At, Message, Problem, ProblemCode
from messages.forms.composition import Composition
from messages.forms.places import field_of, on_page
from messages.forms.typed import Typed
from messages.preview.preview import Preview, preview_of
from messages.services.audience import resolve_audience
from messages.services.content import message_of, problem_text
from messages.services.mentions import resolve_mentions
from messages.services.snapshots import Snapshot
from robots.models import Recipient, RecipientList, Robot, Tag

NOBODY: Final = _("Choose at least one robot or tag: nobody would get this message.")
MISSING: Final = (ProblemCode.EMPTY, ProblemCode.LINKS_EMPTY, ProblemCode.CARD_WITHOUT_ACTION)


@dataclass(frozen=True, slots=True)
class Remark:
    """`field` as in messages.forms.places. `kind`: missing and wrong keep the message from being sent, a hint not."""

    field: str
    kind: str
    text: str | Promise


@dataclass(frozen=True, slots=True)
class Panel:
    preview: Preview
    robots: tuple[Robot, ...]
    remarks: tuple[Remark, ...]

    @property
    def groups(self) -> int:
        return len(self.robots)

    @property
    def group_name(self) -> str:
        return (self.robots[0].group_name or self.robots[0].name) if self.robots else ""

    def blocking(self) -> list[Remark]:
        return [remark for remark in self.remarks if remark.kind != "hint"]

    def hints(self) -> list[Remark]:
        return [remark for remark in self.remarks if remark.kind == "hint"]


def panel_of(composition: Composition) -> Panel:
    snapshot = composition.snapshot(name=composition.name)
    robots = audience_of(snapshot)
    return panel_for(
        message_of(snapshot.msgtype, snapshot.content),
        at=mentions_of(snapshot),
        robots=robots,
        typed=composition.typed,
    )


def panel_for(message: Message, *, at: At, robots: Sequence[Robot], typed: Typed) -> Panel:
    sender = robots[0].name if robots else ""
    preview = preview_of(message, at=at, names=names_of(at), sender=sender)
    remarks = [*_remarks(preview, typed)]
    if not robots:
        remarks.append(Remark("audience", "missing", NOBODY))
    return Panel(preview=preview, robots=tuple(robots), remarks=tuple(remarks))


def audience_of(snapshot: Snapshot) -> list[Robot]:
    return resolve_audience(
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


def names_of(at: At) -> dict[str, str]:
    """The names of those who are shown; further ones are counted only."""
    mobiles, user_ids = at.mobiles[:MAX_MENTIONS], at.user_ids[:MAX_MENTIONS]
    if not (mobiles or user_ids):
        return {}
    people = Recipient.objects.filter(Q(mobile__in=mobiles) | Q(user_id__in=user_ids))
    pairs = people.values_list("name", "mobile", "user_id")
    return {token: name for name, mobile, user_id in pairs for token in (mobile, user_id) if token}


def _remarks(preview: Preview, typed: Typed) -> Iterable[Remark]:
    for problem in preview.problems:
        kind = "missing" if problem.code in MISSING else "wrong"
        yield Remark(field_of(on_page(problem.field, typed), typed), kind, _text(problem, typed))
    for hint in preview.hints:
        yield Remark(field_of(on_page(hint.place, typed), typed), "hint", hint.text)


def _text(problem: Problem, typed: Typed) -> str:
    return problem_text(replace(problem, field=on_page(problem.field, typed)))
