"""Drafts as tests of the pages before a launch have them, and what a page says."""

from __future__ import annotations

import uuid

from audit.actors import Actor
from messages.models import Broadcast, Draft
from messages.pages.drafts.order import order_of
from messages.services.drafts import save_draft
from messages.services.launch import launch
from messages.services.snapshots import Snapshot
from robots.models import Robot

WANG = Actor(name="wang")


def saved(*robots: Robot, msgtype: str = "text", content: dict | None = None, **changes) -> Draft:
    snapshot = Snapshot(
        name="Fire drill",
        msgtype=msgtype,
        content=content or {"content": "Drill at three."},
        robots=[robot.pk for robot in robots],
        **changes,
    )
    return save_draft(draft=None, snapshot=snapshot, based_on=None, by=WANG)


def text_of(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def launched(draft: Draft) -> Broadcast:
    """By Wang, now, to all of its groups."""
    order = order_of(draft, without=())
    return launch(
        message=order.message,
        at=order.at,
        robots=order.robots,
        name=draft.name,
        by=WANG,
        launch_key=uuid.uuid4(),
        planned_at=None,
        zone="Asia/Shanghai",
        draft=draft,
    )
