"""A notice as the pages tell it: its words, where it leads, and what can be done about it at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, PermissionsMixin
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from messages.models import Notice
from messages.notices.kinds import NoticeKind, subject_id
from messages.notices.texts import Words, words_of
from messages.services.notices import may_be_put_away

User = AbstractBaseUser | AnonymousUser | PermissionsMixin


@dataclass(frozen=True, slots=True)
class Step:
    """A page to look at, or an act to post; for those who have the permission."""

    label: str | Promise
    url: str


@dataclass(frozen=True, slots=True)
class NoticeLine:
    notice: Notice
    words: Words
    look: Step | None
    act: Step | None
    can_be_put_away: bool


@dataclass(frozen=True, slots=True)
class _Door:
    label: Promise
    permission: str
    url: Callable[[Notice], str]


def _about_its_subject(name: str) -> Callable[[Notice], str]:
    return lambda notice: reverse(name, args=[subject_id(notice.subject)])


def _history(query: str) -> Callable[[Notice], str]:
    return lambda _notice: f"{reverse('broadcasts:history')}?{query}"


def _failed_of_its_broadcast(notice: Notice) -> str:
    return f"{reverse('broadcasts:history')}?broadcast={subject_id(notice.subject)}&state=failed"


_TO_BROADCAST: Final = _Door(
    _("See the broadcast"), "broadcasts.view_broadcast", _about_its_subject("broadcasts:broadcast_detail")
)
_LOOKS: Final[Mapping[str, _Door]] = {
    NoticeKind.ROBOT_PAUSED: _Door(_("See the robot"), "robots.view_robot", _about_its_subject("robots:detail")),
    NoticeKind.QUOTA_EXHAUSTED: _Door(
        _("See the organisation"), "robots.view_organisation", _about_its_subject("robots:organisation_detail")
    ),
    NoticeKind.CLOCK_OFF: _Door(
        _("See what was refused"), "broadcasts.view_delivery", _history("state=failed&reason=timestamp_invalid")
    ),
    NoticeKind.REFUSED_AT_FIRING: _Door(
        _("See what was refused"), "broadcasts.view_delivery", _failed_of_its_broadcast
    ),
    NoticeKind.CALENDAR_UNKNOWN: _Door(
        _("Go to the year"), "broadcasts.view_calendaryear", _about_its_subject("broadcasts:calendar_year")
    ),
    NoticeKind.TIME_MISSED: _TO_BROADCAST,
    NoticeKind.SCHEDULE_HALTED: _TO_BROADCAST,
    NoticeKind.TIME_OVERDUE: _TO_BROADCAST,
    NoticeKind.UNCERTAIN_WAITING: _Door(_("See them"), "broadcasts.view_delivery", _history("state=uncertain")),
}
_ACTS: Final[Mapping[str, _Door]] = {
    NoticeKind.QUOTA_EXHAUSTED: _Door(
        _("Resume sending"), "robots.change_organisation", _about_its_subject("robots:organisation_resume")
    ),
}


def lines(notices: Iterable[Notice], *, user: User) -> list[NoticeLine]:
    return [line(notice, user=user) for notice in notices]


def line(notice: Notice, *, user: User) -> NoticeLine:
    is_open = notice.closed_at is None
    return NoticeLine(
        notice=notice,
        words=words_of(notice),
        look=_step(_LOOKS, notice, user),
        act=_step(_ACTS, notice, user) if is_open else None,
        can_be_put_away=may_be_put_away(notice) and _may(user, "broadcasts.change_notice"),
    )


def _step(doors: Mapping[str, _Door], notice: Notice, user: User) -> Step | None:
    door = doors.get(notice.kind)
    return Step(door.label, door.url(notice)) if door and _may(user, door.permission) else None


def _may(user: User, permission: str) -> bool:
    return isinstance(user, AnonymousUser | PermissionsMixin) and user.has_perm(permission)
