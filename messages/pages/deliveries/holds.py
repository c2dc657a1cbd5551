"""What kept a message from going out, in words: from when to when, by whom, and who let it go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from audit.words import name_in_words
from messages.history.holds import ended_by_cancel
from messages.models import Broadcast, Hold, HoldKind


@dataclass(frozen=True, slots=True)
class HoldLine:
    icon: str
    when: str
    how: str


def hold_line(hold: Hold, broadcast: Broadcast) -> HoldLine:
    """On the clocks of the broadcast."""
    icon = "player-stop" if hold.kind == HoldKind.ALL_STOPPED else "player-pause"
    return HoldLine(icon, _when(hold, ZoneInfo(broadcast.zone)), _how(hold, broadcast))


def _when(hold: Hold, zone: ZoneInfo) -> str:
    begun = hold.begun_at.astimezone(zone)
    if hold.ended_at is None:
        return _("Held since %(from)s") % {"from": _clock(begun)}
    ended = hold.ended_at.astimezone(zone)
    until = f"{ended:%H:%M:%S}" if ended.date() == begun.date() else _clock(ended)
    return _("Held %(from)s–%(until)s") % {"from": _clock(begun), "until": until}


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _how(hold: Hold, broadcast: Broadcast) -> str:
    who, by = name_in_words(hold.begun_by_name), name_in_words(hold.ended_by_name)
    match hold.kind:
        case HoldKind.PAUSED_ITSELF:
            begun = _("it paused itself, for too many failed")
        case HoldKind.ALL_STOPPED:
            begun = _("all sending stopped by %(who)s") % {"who": who}
        case _:
            begun = _("paused by %(who)s") % {"who": who}
    if hold.ended_at is None:
        return begun
    ended = _("cancelled by %(who)s") if ended_by_cancel(hold, broadcast) else _("resumed by %(who)s")
    return _("%(begun)s, %(ended)s") % {"begun": begun, "ended": ended % {"who": by}}
