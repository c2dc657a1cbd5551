from simulator.models.fault import Fault, FaultKind
from simulator.models.group import Group, GroupState
from simulator.models.knobs import Knobs, WindowKind, Wording
from simulator.models.traffic import ChatMessage, LoggedCall, Window

__all__ = [
    "ChatMessage",
    "Fault",
    "FaultKind",
    "Group",
    "GroupState",
    "Knobs",
    "LoggedCall",
    "Window",
    "WindowKind",
    "Wording",
]
