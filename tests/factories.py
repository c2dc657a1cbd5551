"""Small makers of rows for tests. Every token and secret looks as fake as it is."""

from __future__ import annotations

import hashlib
import itertools
import uuid
from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.utils import timezone

from dingtalk import payloads
from messages.models import Body, Broadcast, BroadcastStatus, Delivery, DeliveryStatus, Draft, Run, Target
from robots.encryption import encrypt, fingerprint
from robots.models import Organisation, Recipient, RecipientList, Robot, Tag

_numbers = itertools.count(1)


def make_user(name: str = "li", *, superuser: bool = False) -> User:
    if superuser:
        return User.objects.create_superuser(name, password="correct-horse-battery")
    return User.objects.create_user(name, password="correct-horse-battery")


def fake_token(number: int | None = None) -> str:
    return f"{'f' * 58}{number if number is not None else next(_numbers):06d}"


def make_organisation(name: str = "", **fields: object) -> Organisation:
    return Organisation.objects.create(name=name or f"Organisation {next(_numbers)}", **fields)


def make_tag(name: str = "") -> Tag:
    return Tag.objects.create(name=name or f"tag-{next(_numbers)}")


def make_robot(
    name: str = "",
    *,
    token: str = "",
    secret: str = "",
    organisation: Organisation | None = None,
    tags: Sequence[Tag] = (),
    **fields: object,
) -> Robot:
    number = next(_numbers)
    token = token or fake_token(number)
    if organisation is None:
        organisation, _created = Organisation.objects.get_or_create(name="Head office")
    robot = Robot.objects.create(
        name=name or f"robot-{number}",
        group_name=str(fields.pop("group_name", f"group-{number}")),
        organisation=organisation,
        token_encrypted=encrypt(token),
        token_fingerprint=fingerprint(token),
        token_set_at=timezone.now(),
        secret_encrypted=encrypt(secret) if secret else "",
        secret_set_at=timezone.now() if secret else None,
        **fields,
    )
    robot.tags.set(tags)
    return robot


def make_recipient(name: str = "", *, mobile: str = "", user_id: str = "", **fields: object) -> Recipient:
    number = next(_numbers)
    if not mobile and not user_id:
        mobile = f"138{number:08d}"
    return Recipient.objects.create(name=name or f"person-{number}", mobile=mobile, user_id=user_id, **fields)


def make_list(name: str = "", members: Sequence[Recipient] = ()) -> RecipientList:
    made = RecipientList.objects.create(name=name or f"list-{next(_numbers)}")
    made.members.set(members)
    return made


def make_draft(
    name: str = "Fire drill", *, msgtype: str = "text", content: dict[str, object] | None = None, **fields: object
) -> Draft:
    robots = fields.pop("robots", ())
    draft = Draft.objects.create(
        name=name, msgtype=msgtype, content=content if content is not None else {"content": "Drill at three."}, **fields
    )
    draft.robots.set(robots)
    return draft


def make_broadcast(
    name: str = "Fire drill",
    *,
    robots: Sequence[Robot] = (),
    text: str = "Drill at three.",
    planned_at: datetime | None = None,
    status: str = BroadcastStatus.SCHEDULED,
    **fields: object,
) -> Broadcast:
    """A frozen text broadcast, due now unless told otherwise, as a launch would leave it."""
    planned_at = planned_at or timezone.now()
    values: dict[str, object] = {
        "name": name,
        "msgtype": "text",
        "content": {"content": text},
        "status": status,
        "planned_at": planned_at,
        "next_at": planned_at if status == BroadcastStatus.SCHEDULED else None,
        "launch_key": uuid.uuid4(),
        "created_by_name": "li",
    }
    broadcast = Broadcast.objects.create(**{**values, **fields})
    Target.objects.bulk_create(
        [
            Target(broadcast=broadcast, robot=robot, robot_name=robot.name, group_name=robot.group_name)
            for robot in robots
        ]
    )
    return broadcast


def make_run(broadcast: Broadcast | None = None, *, planned_at: datetime | None = None) -> Run:
    broadcast = broadcast or make_broadcast(status=BroadcastStatus.FIRED)
    at = planned_at or broadcast.planned_at
    return Run.objects.create(broadcast=broadcast, planned_at=at, fired_at=at)


def make_body(text: str = "Drill at three.") -> Body:
    content = payloads.build(payloads.Text(content=text)).decode("utf-8")
    body, _created = Body.objects.get_or_create(
        sha256=hashlib.sha256(content.encode()).hexdigest(), defaults={"text": content}
    )
    return body


def make_delivery(
    robot: Robot | None = None, *, run: Run | None = None, status: str = DeliveryStatus.WAITING, **fields: object
) -> Delivery:
    """A delivery as the engine would leave it in that state."""
    robot = robot or make_robot()
    run = run or make_run()
    now = timezone.now()
    values: dict[str, object] = {"due_at": now if status == DeliveryStatus.WAITING else None}
    if status == DeliveryStatus.SENDING:
        values |= {"claim": uuid.uuid4(), "claimed_at": now, "lease_until": now}
    elif status not in (DeliveryStatus.WAITING, DeliveryStatus.UNCERTAIN):
        values |= {"ended_at": now}
    return Delivery.objects.create(
        run=run,
        robot=robot,
        robot_name=robot.name,
        group_name=robot.group_name,
        body=fields.pop("body", None) or make_body(),
        msg_uuid=uuid.uuid4(),
        status=status,
        planned_at=fields.pop("planned_at", None) or run.planned_at,
        **{**values, **fields},
    )
