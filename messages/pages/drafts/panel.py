"""The panel beside the form: the message as DingTalk shows it, whom it reaches, and what keeps it from being sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dingtalk.payloads import MAX_MENTIONS, At, Message, Problem, ProblemCode
from messages.forms.composition import Composition
from messages.forms.places import field_of, on_page
from messages.forms.typed import Typed
from messages.preview.preview import Preview, preview_of
from messages.services.audience import audience
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
    """`groups`: how many get it. `group_name`: the first of them, "" for none."""

    preview: Preview
    groups: int
    group_name: str
    remarks: tuple[Remark, ...]

    def blocking(self) -> list[Remark]:
        return [remark for remark in self.remarks if remark.kind != "hint"]

    def hints(self) -> list[Remark]:
        return [remark for remark in self.remarks if remark.kind == "hint"]


def panel_of(composition: Composition) -> Panel:
    """The audience is counted, not read: this is asked at every pause in typing."""
    snapshot = composition.snapshot(name=composition.name)
    message, at, robots = message_of(snapshot.msgtype, snapshot.content), mentions_of(snapshot), audience_of(snapshot)
    return panel_for(message, at=at, groups=robots.count(), first=robots.first(), typed=composition.typed)


def panel_for(message: Message, *, at: At, groups: int, first: Robot | None, typed: Typed) -> Panel:
    """`first`: the robot in whose group the message is shown."""
    preview = preview_of(message, at=at, names=names_of(at), sender=first.name if first else "")
    remarks = [*_remarks(preview, typed)]
    if not groups:
        remarks.append(Remark("audience", "missing", NOBODY))
    group_name = (first.group_name or first.name) if first else ""
    return Panel(preview=preview, groups=groups, group_name=group_name, remarks=tuple(remarks))


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
