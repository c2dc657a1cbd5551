"""Fills the tables behind every list, straight past the services: rows are what the pages cost, not how they came."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import models, transaction
from django.utils import timezone

from audit.actors import SYSTEM
from audit.log import record
from messages.models import (
    Attempt,
    Body,
    Broadcast,
    BroadcastStatus,
    Delivery,
    DeliveryStatus,
    Draft,
    DraftVersion,
    Run,
    Target,
)
from messages.services.snapshots import Snapshot
from robots.encryption import encrypt, fingerprint
from robots.models import Organisation, Recipient, RecipientList, Robot, RobotStatus, Tag
from simulator.models import ChatMessage, Group, LoggedCall

AT_ONCE: Final = 1000
TEXT: Final = "Fire drill at three."
# One delivery in ten went wrong; a page of nothing but successes would flatter.
ENDS: Final = (
    *((DeliveryStatus.DELIVERED, "delivered", 0),) * 18,
    (DeliveryStatus.FAILED, "keyword_missing", 310000),
    (DeliveryStatus.UNCERTAIN, "read_timeout", None),
)


@transaction.atomic
@transaction.atomic(using="simulator")
def fill(start: int, end: int) -> None:
    """Rows number `start` to `end` of every list. The first of each parent gets all the children."""
    numbers, now = range(start, end), timezone.now()
    people = _people(numbers)
    robots = _robots(numbers, now)
    _drafts(numbers, people)
    _broadcasts(numbers, robots, now)
    _simulated(numbers, now)
    for number in numbers:
        record("robot.updated", by=SYSTEM, target=robots[number - start], detail={"notes": "changed"})
        User.objects.create(username=f"user-{number:05d}")


def _people(numbers: range) -> list[Recipient]:
    lists = _insert(RecipientList, (RecipientList(name=f"list {number:05d}") for number in numbers))
    people = _insert(
        Recipient, (Recipient(name=f"person {number:05d}", mobile=f"139{number:08d}") for number in numbers)
    )
    RecipientList.objects.order_by("pk")[0].members.add(*people)
    for recipient_list, person in zip(lists[1:], people, strict=False):
        recipient_list.members.add(person)
    return people


def _robots(numbers: range, now: datetime) -> list[Robot]:
    _insert(Organisation, (Organisation(name=f"organisation {number:05d}") for number in numbers))
    tags = _insert(Tag, (Tag(name=f"tag {number:05d}") for number in numbers))
    first = Organisation.objects.get(name="organisation 00000")
    robots = _insert(Robot, (_robot(number, first, now) for number in numbers))
    common = Tag.objects.get(name="tag 00000")
    links = [(robot, tag) for robot, own in zip(robots, tags, strict=True) for tag in {own, common}]
    _insert(Robot.tags.through, (Robot.tags.through(robot=robot, tag=tag) for robot, tag in links))
    return robots


def _robot(number: int, organisation: Organisation, now: datetime) -> Robot:
    token = secrets.token_hex(32)
    paused = number % 20 == 0
    return Robot(
        name=f"robot {number:05d}",
        group_name=f"group {number:05d}",
        organisation=organisation,
        token_encrypted=encrypt(token),
        token_fingerprint=fingerprint(token),
        token_set_at=now,
        keywords=["drill"] if number % 3 == 0 else [],
        status=RobotStatus.PAUSED if paused else RobotStatus.ACTIVE,
        paused_reason="robot_stopped" if paused else "",
        last_kind="delivered",
        last_reason="delivered",
        last_errcode=0,
        last_at=now,
        last_duration_ms=80,
    )


def _drafts(numbers: range, people: Sequence[Recipient]) -> None:
    content = {"content": TEXT}
    drafts = _insert(
        Draft, (Draft(name=f"draft {number:05d}", content=content, all_robots=True, version=1) for number in numbers)
    )
    for draft, person in zip(drafts, people, strict=True):
        draft.mention_recipients.add(person)
    first = Draft.objects.order_by("pk")[0]
    snapshot = Snapshot(name=first.name, msgtype="text", content=content, all_robots=True).to_json()
    versions = (
        DraftVersion(draft=first, number=number + 1, snapshot=snapshot, saved_by_name="li") for number in numbers
    )
    _insert(DraftVersion, versions)
    Draft.objects.filter(pk=first.pk).update(version=numbers.stop)


def _broadcasts(numbers: range, robots: Sequence[Robot], now: datetime) -> None:
    """Each to one robot; the first of all, besides, to every robot."""
    broadcasts = _insert(Broadcast, (_broadcast(number, now) for number in numbers))
    runs = _insert(Run, (Run(broadcast=broadcast, planned_at=now, fired_at=now) for broadcast in broadcasts))
    first = Run.objects.order_by("pk")[0]
    body, _created = Body.objects.get_or_create(
        sha256=hashlib.sha256(TEXT.encode()).hexdigest(),
        defaults={"text": f'{{"msgtype":"text","text":{{"content":"{TEXT}"}}}}'},
    )
    pairs = [(run, robot) for run, robot in zip(runs, robots, strict=True) if run != first]
    pairs += [(first, robot) for robot in robots]
    _insert(
        Target,
        (
            Target(broadcast=run.broadcast, robot=robot, robot_name=robot.name, group_name=robot.group_name)
            for run, robot in pairs
        ),
    )
    deliveries = _insert(Delivery, (_delivery(run, robot, body, number) for number, (run, robot) in enumerate(pairs)))
    _insert(Attempt, (_attempt(delivery, now) for delivery in deliveries))


def _broadcast(number: int, now: datetime) -> Broadcast:
    return Broadcast(
        name=f"broadcast {number:05d}",
        msgtype="text",
        content={"content": TEXT},
        status=BroadcastStatus.FIRED,
        planned_at=now,
        launch_key=uuid.uuid4(),
        created_by_name="li",
    )


def _delivery(run: Run, robot: Robot, body: Body, number: int) -> Delivery:
    status, reason, errcode = ENDS[number % len(ENDS)]
    return Delivery(
        run=run,
        robot=robot,
        robot_name=robot.name,
        group_name=robot.group_name,
        body=body,
        msg_uuid=uuid.uuid4(),
        status=status,
        reason=reason,
        errcode=errcode,
        planned_at=run.planned_at,
        calls=1,
        ended_at=None if status == DeliveryStatus.UNCERTAIN else run.planned_at,
    )


def _attempt(delivery: Delivery, now: datetime) -> Attempt:
    return Attempt(
        delivery=delivery,
        number=1,
        started_at=now,
        duration_ms=80,
        kind="delivered" if delivery.errcode == 0 else "uncertain",
        reason=delivery.reason,
        http_status=200,
        errcode=delivery.errcode,
        token_fingerprint="0" * 64,
    )


def _simulated(numbers: range, now: datetime) -> None:
    _insert(
        Group,
        (Group(name=f"group {number:05d}", robot_name="robot", token=secrets.token_hex(32)) for number in numbers),
    )
    first = Group.objects.get(name="group 00000")
    body = f'{{"msgtype":"text","text":{{"content":"{TEXT}"}}}}'
    _insert(ChatMessage, (ChatMessage(group=first, body=body, accepted_at=now) for _number in numbers))
    _insert(
        LoggedCall,
        (
            LoggedCall(
                group=first,
                arrived_at=now,
                method="POST",
                url="/",
                headers={},
                body=body.encode(),
                address="",
                errcode=0,
            )
            for _number in numbers
        ),
    )


def _insert(model: type[Any], rows: Any) -> list[Any]:
    """Rows in the order of their numbers, whatever order the table's own lists have."""
    made: list[models.Model] = model._default_manager.bulk_create(list(rows), batch_size=AT_ONCE)
    return made
