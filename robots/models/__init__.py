from robots.models.organisation import Edition, Organisation
from robots.models.person import Recipient, RecipientList
from robots.models.quiet import QuietMode, WithQuietHours
from robots.models.robot import PauseReason, Robot, RobotStatus
from robots.models.tag import Tag

__all__ = [
    "Edition",
    "Organisation",
    "PauseReason",
    "QuietMode",
    "Recipient",
    "RecipientList",
    "Robot",
    "RobotStatus",
    "Tag",
    "WithQuietHours",
]
