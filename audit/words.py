"""What the log says in words. An action or a name that is not listed is shown as it was written."""

from __future__ import annotations

from typing import Final

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: Final[dict[str, Promise]] = {
    "broadcast.cancelled": _("Cancelled a broadcast"),
    "broadcast.corrected": _("Began a correction of a broadcast"),
    "broadcast.first_chosen": _("Chose the group that gets a broadcast first"),
    "broadcast.launched": _("Launched a broadcast"),
    "broadcast.mentions_changed": _("Changed whom a planned broadcast mentions"),
    "broadcast.passed_quiet_hours": _("An urgent broadcast passed quiet hours"),
    "broadcast.paused": _("Paused a broadcast"),
    "broadcast.resumed": _("Resumed a broadcast"),
    "broadcast.rest_released": _("Let a broadcast go on to the rest"),
    "broadcast.resent": _("Sent again what did not arrive"),
    "broadcast.sent_late": _("Sent a broadcast whose time had passed"),
    "broadcast.stopped_itself": _("A broadcast paused itself: too many failed"),
    "broadcast.taken_back": _("Took a launch back before it went out"),
    "broadcast.tried": _("Tried a message out in a test group"),
    "calendar.begun": _("Began a year of the official calendar"),
    "calendar.days_changed": _("Changed days of the official calendar"),
    "calendar.described": _("Changed a year's state or source"),
    "calendar.imported": _("Imported a year of the official calendar"),
    "calendar.restored": _("Restored a version of a year"),
    "delivery.decided": _("Decided about a delivery"),
    "demo.removed": _("Removed the demo data"),
    "draft.autosaved": _("Wrote on in a draft, saved by itself"),
    "draft.archived": _("Archived a draft"),
    "draft.copied": _("Copied a draft"),
    "draft.deleted": _("Deleted a draft"),
    "draft.restored": _("Restored a version of a draft"),
    "draft.saved": _("Saved a draft"),
    "draft.taken_back": _("Took a draft back out of the archive"),
    "group.created": _("Added a user group"),
    "group.deleted": _("Deleted a user group"),
    "group.updated": _("Changed a user group"),
    "keys.rotated": _("Rotated the encryption keys"),
    "notice.put_away": _("Put a notice away"),
    "organisation.created": _("Added an organisation"),
    "organisation.deleted": _("Deleted an organisation"),
    "organisation.resumed": _("Resumed an organisation"),
    "organisation.stopped": _("Stopped an organisation: its quota is used up"),
    "organisation.updated": _("Changed an organisation"),
    "own_day.added": _("Added own days"),
    "own_day.put_back": _("Put an own day back"),
    "own_day.removed": _("Removed an own day"),
    "recipient.created": _("Added a recipient"),
    "recipient.deleted": _("Deleted a recipient"),
    "recipient.exported": _("Exported recipients"),
    "recipient.imported": _("Imported recipients"),
    "recipient.succeeded": _("Put a successor in a recipient's place"),
    "recipient.succession_undone": _("Took a succession back"),
    "recipient.updated": _("Changed a recipient"),
    "recipient_list.created": _("Added a recipient list"),
    "recipient_list.deleted": _("Deleted a recipient list"),
    "recipient_list.updated": _("Changed a recipient list"),
    "robot.created": _("Added a robot"),
    "robot.deleted": _("Deleted a robot"),
    "robot.exported": _("Exported robots"),
    "robot.imported": _("Imported robots"),
    "robot.paused": _("Paused a robot"),
    "robot.resumed": _("Resumed a robot"),
    "robot.tested": _("Tested a robot"),
    "robot.updated": _("Changed a robot"),
    "schedule.ended": _("Ended a schedule"),
    "schedule.moved": _("Moved one date of a schedule"),
    "schedule.restored": _("Restored one date of a schedule"),
    "schedule.skipped": _("Left out one date of a schedule"),
    "sending.resumed": _("Resumed all sending"),
    "sending.stopped": _("Stopped all sending"),
    "tag.created": _("Added a tag"),
    "tag.deleted": _("Deleted a tag"),
    "tag.updated": _("Changed a tag"),
    "template.added": _("Saved a template"),
    "template.category_renamed": _("Renamed a category of templates"),
    "template.described": _("Changed what is said about a template"),
    "template.imported": _("Added templates"),
    "template.used": _("Made a draft of a template"),
    "user.created": _("Added a user"),
    "user.deleted": _("Deleted a user"),
    "user.password_changed": _("Changed the own password"),
    "user.sign_in_failed": _("Failed to sign in"),
    "user.signed_in": _("Signed in"),
    "user.signed_out": _("Signed out"),
    "user.updated": _("Changed a user"),
}
TARGETS: Final[dict[str, Promise]] = {
    "broadcast": _("Broadcast"),
    "calendaryear": _("Year of the official calendar"),
    "delivery": _("Delivery"),
    "draft": _("Draft"),
    "group": _("User group"),
    "notice": _("Notice"),
    "organisation": _("Organisation"),
    "recipient": _("Recipient"),
    "recipientlist": _("Recipient list"),
    "robot": _("Robot"),
    "tag": _("Tag"),
    "user": _("User"),
}
ACTORS: Final[dict[str, Promise]] = {
    "system": _("The system"),
    "command line": _("Command line"),
    "not signed in": _("Somebody not signed in"),
}
# The log names pages of the other apps, and imports none of them.
_PAGES: Final[dict[str, str]] = {
    "broadcast": "broadcasts:broadcast_detail",
    "calendaryear": "broadcasts:calendar_year",
    "delivery": "broadcasts:delivery_detail",
    "draft": "broadcasts:draft_edit",
    "organisation": "robots:organisation_detail",
    "recipientlist": "robots:list_detail",
    "robot": "robots:detail",
}


def action_in_words(action: str) -> str:
    return str(ACTIONS.get(action, action))


def target_in_words(target_type: str) -> str:
    return str(TARGETS.get(target_type, target_type))


def actor_in_words(name: str, *, is_person: bool) -> str:
    """A person may be called "system": only what no person did is put in words."""
    return name if is_person else str(ACTORS.get(name, name))


def name_in_words(name: str) -> str:
    """For rows that keep the name alone. No user name holds a space, so that no person is mistaken for a command."""
    return actor_in_words(name, is_person=" " not in name)


def page_of(target_type: str, target_id: str) -> str:
    """The address of the target's page; empty when it has none. It may be gone by now."""
    try:
        return reverse(_PAGES[target_type], args=[target_id])
    except (KeyError, NoReverseMatch):
        return ""
