"""A correction of what was sent: a new draft that goes to exactly the groups that got it, linked to the broadcast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit.actors import Actor
from audit.log import record
from messages.history.progress import may_change, progress_of
from messages.models import Broadcast, BroadcastKind, Delivery, DeliveryStatus, Draft, DraftVersion, MessageType
from messages.models.delivery import DeliveryQuerySet
from messages.reasons import RESENT
from messages.services.drafts import save_draft
from messages.services.snapshots import NAME_LENGTH, Snapshot
from robots.models import Recipient


class NothingToCorrect(Exception):
    """The broadcast still goes out, or no group that is still there can have got it."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__("nothing to correct")


@transaction.atomic
def correct(*, broadcast: Broadcast, by: Actor) -> Draft:
    """The draft of its correction. Asked again before that was launched, it is the same draft.

    Raises NothingToCorrect.
    """
    # Of two presses at once the second waits here for the first.
    broadcast = Broadcast.objects.select_for_update().get(pk=broadcast.pk)
    if there := correction_in_writing(broadcast):
        return there
    if broadcast.kind != BroadcastKind.BROADCAST or may_change(broadcast, progress_of([broadcast.pk])[broadcast.pk]):
        raise NothingToCorrect(_("This broadcast still goes out. Wait for its end, or cancel it, then correct it."))
    robots = tuple(got_it(broadcast).exclude(robot=None).order_by().values_list("robot", flat=True).distinct())
    if not robots:
        raise NothingToCorrect(_("No group that is still there got this broadcast: there is nobody to correct it for."))
    snapshot = replace(_marked(_as_launched(broadcast)), robots=robots)
    draft = save_draft(draft=None, snapshot=snapshot, based_on=None, by=by, corrects=broadcast)
    record("broadcast.corrected", by=by, target=broadcast, detail={"draft": draft.pk, "groups": len(robots)})
    return draft


def correction_in_writing(broadcast: Broadcast) -> Draft | None:
    return broadcast.correction_drafts.filter(launches=0).first()


def got_it(broadcast: Broadcast) -> DeliveryQuerySet:
    """What of it arrived or may have arrived, in any of its runs and any part: a group that read something wrong and
    is not told is worse off than one that is told of something it did not read."""
    arrived = Q(status__in=(DeliveryStatus.DELIVERED, DeliveryStatus.UNCERTAIN))
    # Nobody knew whether it had arrived when it was sent again.
    unknown = Q(status=DeliveryStatus.FAILED, reason=RESENT)
    return Delivery.objects.filter(arrived | unknown, run__broadcast=broadcast)


def _as_launched(broadcast: Broadcast) -> Snapshot:
    """The message that went out, with mentions and own words as the draft had them, without an audience."""
    values = {"name": broadcast.name, "msgtype": broadcast.msgtype, "content": broadcast.content}
    versions = DraftVersion.objects.filter(draft=broadcast.draft_id)
    if version := versions.filter(number=broadcast.draft_version or 0).first():
        return replace(Snapshot.from_json(version.snapshot), **values, all_robots=False, robots=(), tags=())
    people = Recipient.objects.filter(
        Q(mobile__in=broadcast.at_mobiles, mobile__gt="") | Q(user_id__in=broadcast.at_user_ids, user_id__gt="")
    )
    return Snapshot(
        **values, mention_everyone=broadcast.at_everyone, mention_recipients=tuple(people.values_list("pk", flat=True))
    )


def _marked(snapshot: Snapshot) -> Snapshot:
    """What a group reads first says that it is a correction: in the conversation list and in the message."""
    own = [
        {
            **each,
            "title": _with_mark(each["title"]),
            "text": _text_with_mark(snapshot.msgtype, each["text"]),
        }
        for each in snapshot.overrides
    ]
    return replace(
        snapshot,
        name=_with_mark(snapshot.name)[:NAME_LENGTH],
        content=_content_with_mark(snapshot.msgtype, snapshot.content),
        overrides=own,
    )


def _content_with_mark(msgtype: str, content: Mapping[str, Any]) -> dict[str, Any]:
    marked = dict(content)
    if msgtype == MessageType.FEED_CARD:
        first, *others = content["links"]
        return {**marked, "links": [{**first, "title": _with_mark(first["title"])}, *others]}
    if "title" in content:
        marked["title"] = _with_mark(content["title"])
    for key in ("text", "content"):
        if key in content:
            marked[key] = _text_with_mark(msgtype, content[key])
    return marked


def _text_with_mark(msgtype: str, text: str) -> str:
    """DingTalk shows the title of these types in the conversation list alone; a link's stands in the message."""
    match msgtype:
        case MessageType.TEXT:
            return _with_mark(text)
        case MessageType.MARKDOWN | MessageType.ACTION_CARD:
            mark = _("**Correction**")
            return text if not text or text.startswith(mark) else f"{mark}\n\n{text}"
        case _:
            return text


def _with_mark(title: str) -> str:
    """A correction of a correction is marked once."""
    template = _("Correction: %(title)s")
    mark = template.partition("%(title)s")[0]
    return title if not title or title.startswith(mark) else template % {"title": title}
