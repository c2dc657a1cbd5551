"""An installation with something of everything, so that every page has something to show; names as long as allowed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.auth.models import Group as Role
from django.contrib.auth.models import User
from django.db.models import Model
from django.utils import timezone

from audit.actors import SYSTEM, user_actor
from audit.log import record
from audit.models import Entry
from dingadmin.demo import seed_demo
from dingtalk.replies import Kind
from messages.models import (
    Attempt,
    Broadcast,
    BroadcastStatus,
    CalendarYear,
    ChangeKind,
    Delivery,
    DeliveryStatus,
    Draft,
    MissedReason,
    MissedTime,
    Notice,
    OccurrenceChange,
    OwnDay,
    OwnKind,
    Run,
    Schedule,
)
from messages.notices.kinds import NoticeKind, organisation_subject, robot_subject
from messages.notices.raising import close_notices, open_notices, raise_notice
from messages.schedule.making import make_rule
from messages.schedule.rule_text import key_text, rule_text
from messages.schedule.rules import Days
from messages.services.calendar.years import begin_year, set_days
from messages.services.drafts import save_draft
from messages.services.shelves import archive_drafts
from messages.services.snapshots import Snapshot
from messages.services.templates import save_as_template
from robots.models import PauseReason, Recipient, Robot, RobotStatus, Tag
from simulator.models import ChatMessage, Fault, FaultKind, Group, LoggedCall
from tests.addresses import Address
from tests.factories import (
    make_broadcast,
    make_delivery,
    make_list,
    make_organisation,
    make_recipient,
    make_robot,
    make_run,
    make_tag,
)

LONG = "华东大区门店运营与安全管理部" * 7 + "二号"
# One word without a place to break it, as a userId or a pasted code can be.
UNBREAKABLE = "W" * 100
NO_CALL = ("cancelled", "expired")


@dataclass(frozen=True, slots=True)
class World:
    """`rows` by the start of the route: the longest that fits says which row an address is about."""

    rows: Mapping[str, Model]
    recipient: Recipient

    def path(self, address: Address) -> str:
        fitting = [start for start in self.rows if address.route.startswith(start)]
        row = self.rows[max(fitting, key=len)] if fitting else None
        key = row.pk if row else 0
        return address.path({"pk": key, "object_id": key, "id": key, "recipient_pk": self.recipient.pk, **_OTHERS})


_OTHERS = {
    "number": 1,
    "year": 2026,
    "position": 0,
    "rows": "buttons",
    "msgtype": "markdown",
    "kind": "robots",
    "app_label": "broadcasts",
    "content_type_id": 1,
    "url": "no-such-page/",
    "rest": "no-such-path",
    "key": "not-a-key",
    "uidb36": "1",
}


def make_world(admin: User) -> World:
    """Needs both databases. Nothing of it is under way: a page that polls shows the same for ever."""
    seed_demo(by=user_actor(admin))
    robot, tag = _robots()
    recipient = make_recipient(LONG, mobile="13800009999", user_id=UNBREAKABLE[:64])
    recipients = make_list(LONG, [recipient, *Recipient.objects.filter(demo=True)])
    draft = _draft(robot, tag, recipient, admin)
    run = _sent(robot, draft)
    _planned(robot)
    group, call = _simulated()
    notice = _notices(robot)
    record("robot.updated", by=user_actor(admin), target=robot, detail={"changed": ["name", "keywords"]})
    delivery = Delivery.objects.filter(run=run, robot=robot).get()
    rows: dict[str, Model] = {
        "robots/": robot,
        "robots/tags/": tag,
        "robots/organisations/": robot.organisation,
        "robots/recipients/": recipient,
        "robots/lists/": recipients,
        "drafts/": draft,
        "templates/": _template(draft, admin),
        "broadcasts/": run.broadcast,
        "broadcasts/<int:pk>/end/": (halted := _halted(robot)),
        "broadcasts/<int:pk>/dates/": halted,
        "history/": delivery,
        "notices/": notice,
        "official-calendar/own-days/": _official_calendar(),
        "simulator/groups/": group,
        "simulator/calls/": call,
        "simulator/faults/": Fault.objects.get(),
        "admin/auth/user/": admin,
        "admin/auth/group/": Role.objects.create(name=LONG),
        "admin/audit/entry/": Entry.objects.latest("number"),
        "admin/broadcasts/draft/": draft,
        "admin/broadcasts/broadcast/": run.broadcast,
        "admin/broadcasts/run/": run,
        "admin/broadcasts/delivery/": delivery,
        "admin/broadcasts/attempt/": Attempt.objects.latest("pk"),
        "admin/robots/robot/": robot,
        "admin/robots/tag/": tag,
        "admin/robots/organisation/": robot.organisation,
        "admin/robots/recipient/": recipient,
        "admin/robots/recipientlist/": recipients,
    }
    return World(rows=rows, recipient=recipient)


def _halted(robot: Robot) -> Broadcast:
    """It repeats, and stopped before a year that is not known."""
    broadcast = make_broadcast(LONG[:100], robots=[robot], status=BroadcastStatus.HALTED, recurs=True)
    rule = make_rule(starts=datetime(2026, 1, 1, 9), repeats="FREQ=DAILY", days=Days.WORKDAYS)  # noqa: DTZ001
    schedule = Schedule.objects.create(
        broadcast=broadcast, rule=rule_text(rule), asks_calendar=True, decided_until=timezone.now()
    )
    key = key_text(datetime.combine(timezone.localdate() + timedelta(days=1), time(9)))
    OccurrenceChange.objects.create(schedule=schedule, key=key, kind=ChangeKind.SKIP, by_name=LONG[:150])
    MissedTime.objects.create(
        broadcast=broadcast, planned_at=timezone.now(), reason=MissedReason.LATE, noted_at=timezone.now()
    )
    return broadcast


def _robots() -> tuple[Robot, Tag]:
    tags = [make_tag(LONG[:50]), *(make_tag(f"标签{number:02d}") for number in range(20))]
    organisation = make_organisation(LONG, monthly_quota=3000, notes=LONG)
    robot = make_robot(
        LONG,
        group_name=LONG[::-1],
        secret="SECtest-not-real",
        organisation=organisation,
        tags=tags,
        keywords=[f"关键词{number:02d}" for number in range(50)],
        ip_ranges=["203.0.113.0/24", "2001:db8:1234:5678:9abc:def0:1234:5678"],
        notes=LONG,
        last_kind=Kind.DELIVERED,
        last_reason="delivered",
        last_errcode=0,
        last_at=timezone.now(),
        last_duration_ms=84,
    )
    make_robot(
        UNBREAKABLE,
        organisation=organisation,
        status=RobotStatus.PAUSED,
        paused_reason=PauseReason.BY_PERSON,
        last_kind=Kind.REFUSED_CONTENT,
        last_reason="keyword_missing",
        last_errcode=310000,
        last_at=timezone.now(),
    )
    make_robot("静默中", hold_until=timezone.now() + timedelta(minutes=9), hold_reason="throttled")
    return robot, tags[0]


def _draft(robot: Robot, tag: Tag, recipient: Recipient, admin: User) -> Draft:
    first = Snapshot(
        name=LONG, msgtype="markdown", content={"title": LONG, "text": f"# {LONG}\n\n{UNBREAKABLE}\n\n- 一\n- 二"}
    )
    draft = save_draft(draft=None, snapshot=first, based_on=None, by=user_actor(admin))
    second = Snapshot(
        name=LONG,
        msgtype="markdown",
        content=first.content,
        mention_recipients=(recipient.pk,),
        robots=tuple(Robot.objects.values_list("pk", flat=True)),
        tags=(tag.pk,),
    )
    return save_draft(draft=draft, snapshot=second, based_on=draft.version, by=user_actor(admin))


def _template(draft: Draft, admin: User) -> Draft:
    by = user_actor(admin)
    template = save_as_template(draft=draft, name=LONG, category=LONG[:50], description=LONG * 3, by=by)
    archive_drafts([save_draft(draft=None, snapshot=Snapshot.of(draft), based_on=None, by=by).pk], by=by)
    return template


def _sent(robot: Robot, draft: Draft) -> Run:
    robots = [robot, *Robot.objects.exclude(pk=robot.pk)]
    broadcast = make_broadcast(
        LONG,
        robots=robots,
        text=f"{LONG} {UNBREAKABLE}",
        status=BroadcastStatus.FIRED,
        draft=draft,
        draft_version=draft.version,
        at_mobiles=["13800009999"],
    )
    run = make_run(broadcast)
    results = [
        (DeliveryStatus.UNCERTAIN, "read_timeout", None),
        (DeliveryStatus.DELIVERED, "delivered", 0),
        (DeliveryStatus.FAILED, "keyword_missing", 310000),
        (DeliveryStatus.CANCELLED, "cancelled", None),
        (DeliveryStatus.EXPIRED, "expired", None),
    ]
    for number, robot_ in enumerate(robots):
        status, reason, errcode = results[number % len(results)]
        calls = 0 if reason in NO_CALL else 1
        delivery = make_delivery(robot_, run=run, status=status, reason=reason, errcode=errcode, calls=calls)
        _attempt(delivery, reason, errcode)
    return run


def _attempt(delivery: Delivery, reason: str, errcode: int | None) -> None:
    if reason in NO_CALL:
        return
    Attempt.objects.create(
        delivery=delivery,
        number=1,
        started_at=timezone.now(),
        duration_ms=84,
        kind={None: Kind.UNCERTAIN, 0: Kind.DELIVERED}.get(errcode, Kind.REFUSED_CONTENT),
        reason=reason,
        http_status=200 if errcode is not None else None,
        errcode=errcode,
        raw=f'{{"errcode":{errcode},"errmsg":"{UNBREAKABLE}"}}' if errcode is not None else "",
        masked_url="https://oapi.dingtalk.com/robot/send?access_token=ffff…0001",
        token_fingerprint=UNBREAKABLE[:64],
        worker=f"{UNBREAKABLE[:90]}:1",
    )


def _notices(robot: Robot) -> Notice:
    """Open ones and one that is over; the first of them can be put away."""
    now = timezone.now()
    raise_notice(NoticeKind.CLOCK_OFF, params={"skew": 4020}, at=now)
    close_notices(open_notices(NoticeKind.CLOCK_OFF, ""), at=now)
    params = {"robot": robot.name, "group": robot.group_name, "reason": "sign_mismatch"}
    raise_notice(NoticeKind.ROBOT_PAUSED, subject=robot_subject(robot.pk), params=params, at=now)
    subject = organisation_subject(robot.organisation_id)
    params = {"organisation": robot.organisation.name, "until": (now + timedelta(days=7)).isoformat()}
    raise_notice(NoticeKind.QUOTA_EXHAUSTED, subject=subject, params=params, at=now)
    raise_notice(NoticeKind.UNCERTAIN_WAITING, params={"count": 1}, at=now)
    return Notice.objects.get(kind=NoticeKind.ROBOT_PAUSED)


def _official_calendar() -> OwnDay:
    """One year that is known, with a version to go back to; an own day that counts and one that was removed."""
    now = timezone.now()
    CalendarYear.objects.all().delete()
    begin_year(year=2026, by=SYSTEM)
    name = LONG[:50]
    set_days(year=2026, first=date(2026, 10, 1), last=date(2026, 10, 7), kind="holiday", name=name, by=SYSTEM)
    set_days(year=2026, first=date(2026, 10, 10), last=date(2026, 10, 10), kind="make_up", name=name, by=SYSTEM)
    organisation = make_organisation(f"{LONG[:90]}之二")
    told = {"name": UNBREAKABLE[:50], "added_at": now, "added_by_name": "li", "kind": OwnKind.CLOSED}
    OwnDay.objects.create(date=date(2026, 5, 6), **told, removed_at=now, removed_by_name="li")
    OwnDay.objects.create(date=date(2099, 5, 7), **told)
    return OwnDay.objects.create(date=date(2099, 5, 6), organisation=organisation, **told)


def _planned(robot: Robot) -> Broadcast:
    return make_broadcast(
        f"{LONG[:90]}之二", robots=[robot], planned_at=timezone.now() + timedelta(days=2), zone="America/New_York"
    )


def _simulated() -> tuple[Group, LoggedCall]:
    group = Group.objects.earliest("pk")
    Group.objects.filter(pk=group.pk).update(
        name=LONG, robot_name=LONG, keywords=[f"关键词{number:02d}" for number in range(10)]
    )
    group.refresh_from_db()
    now = timezone.now()
    ChatMessage.objects.create(
        group=group, body=f'{{"msgtype":"text","text":{{"content":"{UNBREAKABLE} {LONG}"}}}}', accepted_at=now
    )
    Fault.objects.create(group=group, kind=FaultKind.ERRCODE, errcode=-1, errmsg=UNBREAKABLE, remaining=3)
    call = LoggedCall.objects.create(
        group=group,
        arrived_at=now,
        method="POST",
        url=f"/simulator/robot/send?access_token={group.token}",
        headers={"content-type": "application/json", "user-agent": UNBREAKABLE},
        body=f'{{"msgtype":"text","text":{{"content":"{UNBREAKABLE}"}}}}'.encode(),
        address="127.0.0.1",
        errcode=310000,
        errmsg=f"错误描述:{LONG}",
        notes=[],
    )
    return group, call
