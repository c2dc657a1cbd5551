"""Robots are made, changed, paused and deleted here, each act with its audit entry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.actors import Actor
from audit.log import record
from dingtalk.secrets import Secret
from robots.models import Organisation, Robot, RobotStatus, Tag
from robots.rules.footers import clean_footer
from robots.rules.ip_ranges import clean_ip_ranges
from robots.rules.keywords import clean_keywords
from robots.rules.names import clean_name, clean_notes
from robots.rules.variables import clean_variables, variable_lines
from robots.services.changes import changes
from robots.services.credentials import (
    KEEP,
    SECRET_FIELDS,
    TOKEN_FIELDS,
    NewSecret,
    TokenTakenError,
    refuse_taken,
    replace_credentials,
    set_secret,
    set_token,
)

__all__ = [
    "KEEP",
    "NameTakenError",
    "TokenTakenError",
    "allow_keyword",
    "create_robot",
    "delete_robot",
    "pause_robot",
    "resume_robot",
    "update_robot",
]


class NameTakenError(Exception):
    """Another robot has this name."""


def create_robot(
    *,
    name: str,
    organisation: Organisation,
    token: Secret,
    by: Actor,
    group_name: str = "",
    secret: Secret | None = None,
    keywords: Sequence[str] = (),
    ip_ranges: Sequence[str] = (),
    tags: Iterable[Tag] = (),
    notes: str = "",
    variables: Mapping[str, str] | None = None,
    footer: str = "",
    append_keyword: bool = False,
    external: bool = False,
    for_tests: bool = False,
) -> Robot:
    """Raises TokenTakenError, NameTakenError; ValidationError for values that the forms refuse."""
    values = _Values(
        name,
        group_name,
        organisation,
        keywords,
        ip_ranges,
        notes,
        variables or {},
        footer,
        append_keyword,
        external,
        for_tests,
    )
    refuse_taken(token)
    robot = Robot(**values.clean())
    set_token(robot, token)
    set_secret(robot, secret)
    try:
        return _insert(robot, tags=list(tags), by=by)
    except IntegrityError:
        _tell_conflict(robot.name, token, but=None)
        raise


def update_robot(
    robot: Robot,
    *,
    name: str,
    group_name: str,
    organisation: Organisation,
    keywords: Sequence[str],
    ip_ranges: Sequence[str],
    tags: Iterable[Tag],
    notes: str,
    by: Actor,
    token: Secret | None = None,
    secret: NewSecret = KEEP,
    variables: Mapping[str, str] | None = None,
    footer: str | None = None,
    append_keyword: bool | None = None,
    external: bool | None = None,
    for_tests: bool | None = None,
) -> Robot:
    """None keeps what is set, but for the secret, which it removes. Raises as create_robot does."""
    values = _Values(
        name,
        group_name,
        organisation,
        keywords,
        ip_ranges,
        notes,
        robot.variables if variables is None else variables,
        robot.footer if footer is None else footer,
        robot.append_keyword if append_keyword is None else append_keyword,
        robot.external if external is None else external,
        robot.for_tests if for_tests is None else for_tests,
    ).clean()
    if token is not None:
        refuse_taken(token, but=robot)
    try:
        return _update(robot.pk, values, token=token, secret=secret, tags=list(tags), by=by)
    except IntegrityError:
        _tell_conflict(str(values["name"]), token, but=robot)
        raise


@transaction.atomic
def pause_robot(robot: Robot, *, reason: str, by: Actor) -> bool:
    """False when it was paused already. What waits for it fails with that reason, see messages/engine/recovery.py."""
    active = Robot.objects.filter(pk=robot.pk, status=RobotStatus.ACTIVE)
    if not active.update(status=RobotStatus.PAUSED, paused_reason=reason, paused_at=timezone.now()):
        return False
    record("robot.paused", by=by, target=robot, detail={"reason": reason})
    return True


@transaction.atomic
def resume_robot(robot: Robot, *, by: Actor) -> bool:
    """False when it was active already."""
    paused = Robot.objects.filter(pk=robot.pk, status=RobotStatus.PAUSED)
    if not paused.update(status=RobotStatus.ACTIVE, paused_reason="", paused_at=None):
        return False
    record("robot.resumed", by=by, target=robot)
    return True


def allow_keyword(robot: Robot, *, by: Actor) -> bool:
    """Let the bare keyword be added to messages that lack it. False when it was allowed already."""
    return _set_append_keyword(robot, True, by=by)


def forbid_keyword(robot: Robot, *, by: Actor) -> bool:
    """Undoes allow_keyword. False when it was not allowed."""
    return _set_append_keyword(robot, False, by=by)


@transaction.atomic
def _set_append_keyword(robot: Robot, allowed: bool, *, by: Actor) -> bool:
    if not Robot.objects.filter(pk=robot.pk, append_keyword=not allowed).update(append_keyword=allowed):
        return False
    record("robot.updated", by=by, target=robot, detail={"append_keyword": [not allowed, allowed]})
    return True


@transaction.atomic
def delete_robot(robot: Robot, *, by: Actor) -> None:
    """The row and its secrets are gone for good; deliveries keep the names that they copied."""
    record("robot.deleted", by=by, target=robot, detail={"group": robot.group_name})
    Robot.objects.filter(pk=robot.pk).delete()


@dataclass(frozen=True, slots=True)
class _Values:
    name: str
    group_name: str
    organisation: Organisation
    keywords: Sequence[str] = field(default=())
    ip_ranges: Sequence[str] = field(default=())
    notes: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    footer: str = ""
    append_keyword: bool = False
    external: bool = False
    for_tests: bool = False

    def clean(self) -> dict[str, object]:
        keywords = clean_keywords(self.keywords)
        return {
            "name": clean_name(self.name),
            "group_name": clean_name(self.group_name) if self.group_name.strip() else "",
            "organisation": self.organisation,
            "keywords": keywords,
            "ip_ranges": clean_ip_ranges(self.ip_ranges),
            "notes": clean_notes(self.notes),
            "variables": clean_variables(variable_lines(self.variables)),
            "footer": clean_footer(self.footer, keywords=keywords, append_keyword=self.append_keyword),
            "append_keyword": self.append_keyword,
            "external": self.external,
            "for_tests": self.for_tests,
        }


@transaction.atomic
def _insert(robot: Robot, *, tags: list[Tag], by: Actor) -> Robot:
    robot.save(force_insert=True)
    robot.tags.set(tags)
    described = _described(robot, tags)
    record("robot.created", by=by, target=robot, detail={**described, "secret": "set" if robot.has_secret else "none"})
    return robot


@transaction.atomic
def _update(
    pk: int, values: dict[str, object], *, token: Secret | None, secret: NewSecret, tags: list[Tag], by: Actor
) -> Robot:
    robot = Robot.objects.select_for_update().get(pk=pk)
    before = _described(robot, robot.tags.all())
    for name, value in values.items():
        setattr(robot, name, value)
    replaced = replace_credentials(robot, token=token, secret=secret)
    # Only what a person may change: the engine may be noting a result on the same row.
    robot.save(update_fields=[*values, *TOKEN_FIELDS, *SECRET_FIELDS, "updated_at"])
    robot.tags.set(tags)
    done = changes(before, _described(robot, tags)) | replaced
    if done:
        record("robot.updated", by=by, target=robot, detail=done)
    return robot


def _described(robot: Robot, tags: Iterable[Tag]) -> dict[str, object]:
    return {
        "name": robot.name,
        "group": robot.group_name,
        "organisation": robot.organisation.name,
        "keywords": robot.keywords,
        "ip_ranges": robot.ip_ranges,
        "tags": sorted(tag.name for tag in tags),
        "notes": robot.notes,
        "variables": robot.variables,
        "footer": robot.footer,
        "append_keyword": robot.append_keyword,
        "external": robot.external,
        "for_tests": robot.for_tests,
    }


def _tell_conflict(name: str, token: Secret | None, *, but: Robot | None) -> None:
    """Somebody was faster between the look and the write: say with what."""
    if token is not None:
        refuse_taken(token, but=but)
    if Robot.objects.filter(name=name).exclude(pk=but.pk if but else 0).exists():
        raise NameTakenError(name)
