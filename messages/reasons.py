"""Why a delivery stands where it stands, in words: what the robots' texts know, and what only broadcasts can have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from robots.reasons import Explanation
from robots.reasons import explain as explain_robot

DECIDED_ARRIVED: Final = "decided_arrived"
DECIDED_AGAIN: Final = "decided_again"
DECIDED_FAILED: Final = "decided_failed"
RESENT: Final = "resent"

_TEXTS: Final[Mapping[str, Explanation]] = {
    DECIDED_ARRIVED: Explanation(_("A person decided that it arrived."), _("DingTalk itself never said so.")),
    DECIDED_AGAIN: Explanation(_("A person decided to send it again."), _("It carries the same msgUuid.")),
    DECIDED_FAILED: Explanation(_("A person decided to leave it as failed."), _("Whether it arrived is not known.")),
    "broadcast_paused": Explanation(
        _("Its broadcast is paused by a person."), _("It goes on where it stands when somebody resumes it.")
    ),
    "broadcast_paused_itself": Explanation(
        _("Its broadcast paused itself: too many failed."), _("It goes on where it stands when somebody resumes it.")
    ),
    "sending_stopped": Explanation(
        _("All sending is stopped by a person."), _("It goes on where it stands when somebody resumes it.")
    ),
    RESENT: Explanation(
        _("A person sent it again as a new message."), _("The later delivery tells what became of that one.")
    ),
    "earlier_call": Explanation(
        _("An earlier call may have arrived, and no later one did."),
        _("Look into the group: only there can one see whether it arrived. The attempts tell what stood in the way."),
    ),
    "quiet_hours": Explanation(
        _("It fell into the quiet hours of its group."),
        _("Held, it goes out by itself when they end. Skipped, it was not sent; it can be sent again."),
    ),
    "earlier_part": Explanation(
        _("An earlier part was not delivered, or nobody knows whether it was."),
        _("Without it this part makes no sense. Send both again, or decide about the earlier one first."),
    ),
    "variable_missing": Explanation(
        _("A variable of the message has no value for this group."),
        _("Give it one on the robot's page, or write what else to say, and launch it again."),
    ),
    "content_refused": Explanation(
        _("The message is not one that DingTalk takes."), _("Mend the draft and launch it again.")
    ),
}


def explain(reason: str) -> Explanation:
    return _TEXTS.get(reason) or explain_robot(reason)
