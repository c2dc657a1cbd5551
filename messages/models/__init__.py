from messages.models.broadcast import Broadcast, BroadcastKind, BroadcastStatus, Target, UncertainPolicy
from messages.models.calendar import (
    CalendarState,
    CalendarVersion,
    CalendarYear,
    OfficialDay,
    OfficialKind,
    OwnDay,
    OwnKind,
)
from messages.models.delivery import Attempt, Body, Delivery, DeliveryStatus
from messages.models.draft import Draft, DraftVersion, MessageType, Shelf
from messages.models.engine import EngineState, Worker
from messages.models.first_group import FirstGroup, FirstState
from messages.models.hold import Hold, HoldKind
from messages.models.notice import Notice
from messages.models.plan import LaunchPlan
from messages.models.run import Run
from messages.models.schedule import ChangeKind, MissedReason, MissedTime, OccurrenceChange, Schedule
from messages.models.succession import Succession
from messages.models.undo import UndoWindow

__all__ = [
    "Attempt",
    "Body",
    "Broadcast",
    "BroadcastKind",
    "BroadcastStatus",
    "CalendarState",
    "CalendarVersion",
    "CalendarYear",
    "ChangeKind",
    "Delivery",
    "DeliveryStatus",
    "Draft",
    "DraftVersion",
    "EngineState",
    "FirstGroup",
    "FirstState",
    "Hold",
    "HoldKind",
    "LaunchPlan",
    "MessageType",
    "MissedReason",
    "MissedTime",
    "Notice",
    "OccurrenceChange",
    "OfficialDay",
    "OfficialKind",
    "OwnDay",
    "OwnKind",
    "Run",
    "Schedule",
    "Shelf",
    "Succession",
    "Target",
    "UncertainPolicy",
    "UndoWindow",
    "Worker",
]
