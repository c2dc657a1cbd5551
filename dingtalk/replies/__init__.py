"""What DingTalk's reply, or its absence, means (docs/protocol.md, sections 3 to 5)."""

from dingtalk.replies.classifying import classify, failure
from dingtalk.replies.encodings import read_text
from dingtalk.replies.vocabulary import Concerns, Kind, Outcome, ReasonKey, RobotAction
from dingtalk.replies.wordings import description

__all__ = [
    "Concerns",
    "Kind",
    "Outcome",
    "ReasonKey",
    "RobotAction",
    "classify",
    "description",
    "failure",
    "read_text",
]
