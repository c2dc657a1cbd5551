"""The demo of a fresh start: simulated groups with robots, people and drafts, and their removal in one step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.conf import settings
from django.db import transaction

from audit.actors import Actor
from audit.log import record
from dingadmin import demo_data as data
from dingtalk.secrets import Secret
from messages.models import Draft, MessageType, Shelf
from messages.services.drafts import delete_draft, save_draft
from messages.services.libraries import Entry, add_templates
from messages.services.snapshots import Snapshot
from robots.models import Edition, Organisation, Recipient, RecipientList, Robot, Tag
from robots.services.lists import create_list, delete_list
from robots.services.organisations import create_organisation, delete_organisation
from robots.services.recipients import create_recipient, delete_recipient
from robots.services.robots import create_robot, delete_robot
from robots.services.tags import create_tag, delete_tag
from simulator.groups import create_group, delete_groups_named, remove_groups
from simulator.models import Group


@dataclass(frozen=True, slots=True)
class Extent:
    """How much there is to remove."""

    robots: int
    recipients: int
    recipient_lists: int
    tags: int
    drafts: int
    groups: int


def seed_demo(*, by: Actor) -> bool:
    """Make the demo; False when it is there already."""
    if Organisation.objects.filter(simulated=True).exists():
        return False
    with transaction.atomic(), transaction.atomic(using="simulator"):
        # Left over when an earlier start broke off between the two databases: their tokens are lost.
        delete_groups_named([group.name for group in data.GROUPS])
        tags = _tags(by)
        _robots(_organisation(by), tags, by)
        _drafts(tags, _recipients(by), by)
        _templates(by)
    return True


def extent() -> Extent:
    return Extent(
        robots=Robot.objects.filter(organisation__simulated=True).count(),
        recipients=Recipient.objects.filter(demo=True).count(),
        recipient_lists=RecipientList.objects.filter(demo=True).count(),
        tags=Tag.objects.filter(demo=True).count(),
        drafts=Draft.objects.filter(demo=True).count(),
        groups=Group.objects.count() if settings.DINGADMIN_SIMULATOR else 0,
    )


def remove_demo(*, by: Actor) -> Extent:
    """Remove everything of the demo, and all simulated groups. What was sent stays readable in the history.

    May be repeated when it broke off: the product's own rows go first, then the simulator's, then the mark.
    """
    removed = extent()
    _remove_rows(removed, by)
    if settings.DINGADMIN_SIMULATOR:
        remove_groups()
    settings.HOME.demo_marker.unlink(missing_ok=True)
    return removed


@transaction.atomic
def _remove_rows(removed: Extent, by: Actor) -> None:
    for draft in Draft.objects.filter(demo=True):
        delete_draft(draft=draft, by=by)
    for robot in Robot.objects.filter(organisation__simulated=True):
        delete_robot(robot, by=by)
    for organisation in Organisation.objects.filter(simulated=True):
        delete_organisation(organisation, by=by)
    for recipient_list in RecipientList.objects.filter(demo=True):
        delete_list(recipient_list, by=by)
    for recipient in Recipient.objects.filter(demo=True):
        delete_recipient(recipient, by=by)
    for tag in Tag.objects.filter(demo=True):
        delete_tag(tag, by=by)
    record("demo.removed", by=by, detail=asdict(removed))


def _organisation(by: Actor) -> Organisation:
    made = create_organisation(name=data.ORGANISATION, edition=Edition.STANDARD, monthly_quota=3000, by=by)
    Organisation.objects.filter(pk=made.pk).update(simulated=True)
    return made


def _tags(by: Actor) -> dict[str, Tag]:
    tags = {name: create_tag(name=name, by=by) for name in (data.HEAD_OFFICE, data.SHOPS, data.OUTSIDE)}
    Tag.objects.filter(pk__in=[tag.pk for tag in tags.values()]).update(demo=True)
    return tags


def _robots(organisation: Organisation, tags: Mapping[str, Tag], by: Actor) -> None:
    for wanted in data.GROUPS:
        group = _group(wanted)
        create_robot(
            name=wanted.robot,
            group_name=wanted.name,
            organisation=organisation,
            token=Secret(group.token),
            secret=Secret(group.secret) if group.secret else None,
            keywords=wanted.keywords,
            ip_ranges=wanted.ip_ranges,
            tags=[tags[name] for name in wanted.tags],
            notes=wanted.notes,
            by=by,
        )


def _group(wanted: data.Group) -> Group:
    return create_group(
        name=wanted.name,
        robot_name=wanted.robot,
        signed=wanted.signed,
        keywords=wanted.keywords,
        ip_ranges=wanted.ip_ranges,
        members=data.PEOPLE,
        external=wanted.external,
        state=wanted.state,
        quota_left=wanted.quota_left,
    )


def _recipients(by: Actor) -> RecipientList:
    people = [create_recipient(name=one.name, mobile=one.mobile, user_id=one.user_id, by=by) for one in data.PEOPLE]
    Recipient.objects.filter(pk__in=[person.pk for person in people]).update(demo=True)
    made = create_list(name=data.LIST, members=[person for person in people if person.name in data.ON_DUTY], by=by)
    RecipientList.objects.filter(pk=made.pk).update(demo=True)
    return made


def _drafts(tags: Mapping[str, Tag], on_duty: RecipientList, by: Actor) -> None:
    for wanted in data.DRAFTS:
        snapshot = Snapshot(
            name=wanted.name,
            msgtype=wanted.msgtype,
            content=wanted.content,
            mention_everyone=wanted.mentions_everyone,
            mention_lists=(on_duty.pk,) if wanted.mentions_list else (),
            tags=tuple(tags[name].pk for name in wanted.tags),
        )
        made = save_draft(draft=None, snapshot=snapshot, based_on=None, by=by)
        Draft.objects.filter(pk=made.pk).update(demo=True)


def _templates(by: Actor) -> None:
    add_templates(
        [
            Entry(
                wanted.name,
                MessageType.MARKDOWN,
                {"title": wanted.title, "text": wanted.text},
                wanted.category,
                wanted.description,
            )
            for wanted in data.TEMPLATES
        ],
        by=by,
    )
    names = [wanted.name for wanted in data.TEMPLATES]
    Draft.objects.filter(shelf=Shelf.TEMPLATES, name__in=names).update(demo=True)
