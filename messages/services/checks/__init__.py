"""What would fail or wait if the message went out now, told before anything is sent. One file for each part of it."""

from __future__ import annotations

from messages.services.checks.findings import Check, Finding
from messages.services.checks.launching import LaunchCheck, check_launch, tailoring_of
from messages.services.checks.robots import robot_deleted

__all__ = ["Check", "Finding", "LaunchCheck", "check_launch", "robot_deleted", "tailoring_of"]
