"""What each kind of notice says, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messages.models import Notice
from messages.notices.kinds import NoticeKind
from messages.reasons import explain

Params = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """`title`: what happened; `advice`: what to do. `icon` and `tone` as of a state."""

    title: str
    advice: str
    icon: str = "alert-triangle"
    tone: str = "bad"


def words_of(notice: Notice) -> Words:
    """In the active language. A kind that this version does not know is shown by its name."""
    tell = _TEXTS.get(notice.kind)
    return tell(notice.params) if tell else Words(notice.kind, "", tone="unsure")


def _robot_paused(params: Params) -> Words:
    why = explain(str(params.get("reason", "")))
    text = _("The robot “%(robot)s” was paused, nothing is sent to it any more. %(reason)s")
    advice = _("%(advice)s A test that arrives brings the robot back; then send again what failed.")
    return Words(
        text % {"robot": params.get("robot", ""), "reason": why.title}, advice % {"advice": why.advice}, "player-pause"
    )


def _quota_exhausted(params: Params) -> Words:
    text = _("The monthly quota of “%(organisation)s” is used up. Nothing is sent to its robots until %(time)s.")
    advice = _(
        "Buy more in DingTalk's admin console and raise the quota here, or resume the organisation when DingTalk takes"
        " its messages again. Then send again what failed."
    )
    return Words(
        text % {"organisation": params.get("organisation", ""), "time": _clock(params, "until")}, advice, "gauge"
    )


def _clock_off(params: Params) -> Words:
    skew = params.get("skew")
    if skew is None:
        title = _("The clock of this server is wrong: DingTalk refuses the signed messages to several robots.")
    elif skew > 0:
        text = _("The clock of this server is %(span)s ahead: DingTalk refuses the signed messages to several robots.")
        title = text % {"span": _span(timedelta(seconds=skew))}
    else:
        text = _("The clock of this server is %(span)s behind: DingTalk refuses the signed messages to several robots.")
        title = text % {"span": _span(timedelta(seconds=-skew))}
    advice = _(
        "Whoever runs this server has to set its clock right, best by NTP. The robots are sound, and none was paused."
        " Then send again what failed."
    )
    return Words(title, advice, "clock-pause")


def _address_banned(params: Params) -> Words:
    minutes = int(params.get("minutes", 0))
    text = ngettext(
        "DingTalk shut out this server for %(count)d minute: too many calls came from its address.",
        "DingTalk shut out this server for %(count)d minutes: too many calls came from its address.",
        minutes,
    )
    return Words(text % {"count": minutes}, str(explain("address_banned").advice), "ban")


def _throttled_everywhere(params: Params) -> Words:
    why = explain("throttled_everywhere")
    return Words(str(why.title), str(why.advice), "hourglass", "unsure")


def _uncertain_waiting(params: Params) -> Words:
    count = int(params.get("count", 0))
    text = ngettext(
        "%(count)s delivery needs your decision: nobody can know whether it arrived.",
        "%(count)s deliveries need your decision: nobody can know whether they arrived.",
        count,
    )
    advice = _("Look into the groups, then say of each: it arrived, send it again, or leave it as failed.")
    return Words(text % {"count": count}, advice, "help-hexagon", "unsure")


def _refused_at_firing(params: Params) -> Words:
    count, why = int(params.get("count", 0)), explain(str(params.get("reason", "")))
    text = ngettext(
        "“%(broadcast)s” could not go out to %(count)s group: %(reason)s",
        "“%(broadcast)s” could not go out to %(count)s groups. Most often: %(reason)s",
        count,
    )
    told = {"broadcast": params.get("broadcast", ""), "count": count, "reason": why.title}
    return Words(text % told, _("It was all right when it was launched. Mend it, then send again what failed."), "ban")


def _first_group_waits(params: Params) -> Words:
    told = {"broadcast": params.get("broadcast", ""), "group": params.get("group", "")}
    match params.get("why"):
        case "arrived":
            text, tone = (
                _("“%(broadcast)s” arrived in its first group, “%(group)s”. The rest waits for your go."),
                "wait",
            )
        case "unknown":
            text = _("Nobody can know whether “%(broadcast)s” arrived in its first group, “%(group)s”. The rest waits.")
            tone = "unsure"
        case _:
            text, tone = _("“%(broadcast)s” did not arrive in its first group, “%(group)s”. The rest waits."), "bad"
    advice = _("Look into the group, then let the rest go on the broadcast's page, or cancel it.")
    return Words(text % told, advice, "player-pause", tone)


def _stopped_itself(params: Params) -> Words:
    text = _("“%(broadcast)s” paused itself: of %(ended)s groups that are done, %(failed)s failed.")
    told = {name: params.get(name, "") for name in ("broadcast", "ended", "failed")}
    return Words(text % told, _("See why they failed. Then resume it, or cancel what still waits."), "player-pause")


def _worker_silent(params: Params) -> Words:
    text = _("Nothing was sent for %(span)s, from %(since)s to %(until)s: no worker was running.")
    return Words(text % _silence(params), _late(), "plug-connected-x", "unsure")


def _beat_silent(params: Params) -> Words:
    text = _(
        "Nothing new was sent out for %(span)s, from %(since)s to %(until)s: a worker was running,"
        " but nothing told it what was due."
    )
    advice = _("Look into the logs of beat and of Redis of that time.")
    return Words(text % _silence(params), f"{_late()} {advice}", "plug-connected-x", "unsure")


def _calendar_unknown(params: Params) -> Words:
    count = int(params.get("count", 0))
    text = ngettext(
        "The official calendar of %(year)s is not known: %(count)s schedule will stop there.",
        "The official calendar of %(year)s is not known: %(count)s schedules will stop there.",
        count,
    )
    advice = _(
        "The State Council usually announces a year in November of the year before. Import it or type it as soon as"
        " it has."
    )
    return Words(text % {"year": params.get("year", ""), "count": count}, advice, "calendar-off", "unsure")


def _late() -> str:
    return _(
        "What was due in that time goes out late, or has expired. If it was no restart of yours, find out the cause."
    )


def _silence(params: Params) -> dict[str, str]:
    since, until = (datetime.fromisoformat(str(params[name])) for name in ("since", "until"))
    return {"span": _span(until - since), "since": _clock(params, "since"), "until": _clock(params, "until")}


def _span(span: timedelta) -> str:
    """Rounded, in minutes, or in hours where these would be many."""
    minutes = max(1, round(span.total_seconds() / 60))
    if minutes < 120:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = round(minutes / 60)
    return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}


def _clock(params: Params, name: str) -> str:
    moment = datetime.fromisoformat(str(params[name])).astimezone(ZoneInfo(settings.TIME_ZONE))
    return f"{moment:%Y-%m-%d %H:%M} ({settings.TIME_ZONE})"


def _time_missed(params: Params) -> Words:
    told = {"broadcast": params.get("broadcast", ""), "time": _clock(params, "planned_at")}
    if not params.get("recurs"):
        title = _("“%(broadcast)s” was planned for %(time)s and was not sent: nothing ran at that time.") % told
        return Words(title, _("Open it, and send it now or leave it."), "calendar-off")
    count = int(params.get("count", 0))
    text = ngettext(
        "“%(broadcast)s” missed a planned time, %(time)s: nothing ran then.",
        "“%(broadcast)s” missed %(count)d planned times, the last one %(time)s: nothing ran then.",
        count,
    )
    advice = _("It goes on at its next time. The System page tells whether worker and beat run.")
    return Words(text % {**told, "count": count}, advice, "calendar-off")


def _schedule_halted(params: Params) -> Words:
    text = _("“%(broadcast)s” has stopped: the official calendar of %(year)s is not known.")
    told = {"broadcast": params.get("broadcast", ""), "year": params.get("year", "")}
    return Words(text % told, _("Import or type the calendar of that year: it then goes on by itself."), "calendar-off")


def _time_overdue(params: Params) -> Words:
    text = _("“%(broadcast)s” should have gone out at %(time)s, and has not.")
    told = {"broadcast": params.get("broadcast", ""), "time": _clock(params, "planned_at")}
    return Words(text % told, _("The System page tells which part does not run, and what to do."), "calendar-off")


_TEXTS: Final[Mapping[str, Callable[[Params], Words]]] = {
    NoticeKind.ROBOT_PAUSED: _robot_paused,
    NoticeKind.QUOTA_EXHAUSTED: _quota_exhausted,
    NoticeKind.CLOCK_OFF: _clock_off,
    NoticeKind.ADDRESS_BANNED: _address_banned,
    NoticeKind.THROTTLED_EVERYWHERE: _throttled_everywhere,
    NoticeKind.UNCERTAIN_WAITING: _uncertain_waiting,
    NoticeKind.REFUSED_AT_FIRING: _refused_at_firing,
    NoticeKind.FIRST_GROUP_WAITS: _first_group_waits,
    NoticeKind.STOPPED_ITSELF: _stopped_itself,
    NoticeKind.WORKER_SILENT: _worker_silent,
    NoticeKind.BEAT_SILENT: _beat_silent,
    NoticeKind.CALENDAR_UNKNOWN: _calendar_unknown,
    NoticeKind.TIME_MISSED: _time_missed,
    NoticeKind.SCHEDULE_HALTED: _schedule_halted,
    NoticeKind.TIME_OVERDUE: _time_overdue,
}
