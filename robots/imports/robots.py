from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.actors import Actor
from audit.log import record
from dingtalk.secrets import Secret
from robots.encryption import fingerprint, known_fingerprints
from robots.endpoints import bases_of
from robots.imports.decoding import decode
from robots.imports.duplicates import BATCH, in_batches, repetitions
from robots.imports.mistakes import ImportRefused, Mistake, MistakeLog
from robots.imports.tables import Columns, Row, read_rows
from robots.models import Organisation, Robot, Tag
from robots.rules.footers import clean_footer
from robots.rules.ip_ranges import clean_ip_ranges
from robots.rules.keywords import clean_keywords
from robots.rules.names import clean_name
from robots.rules.variables import clean_variables
from robots.rules.webhooks import clean_secret, clean_webhook
from robots.rules.yes_or_no import clean_yes_or_no
from robots.services.credentials import set_secret, set_token
from robots.services.tags import LONGEST_TAG

COLUMNS = Columns(
    names={
        "name": ("名称", "机器人", "机器人名称"),
        "webhook": ("webhook 地址", "webhook url"),
        "secret": ("加签密钥", "密钥", "加签"),
        "keywords": ("keyword", "关键词", "自定义关键词"),
        "ip_ranges": ("ip range", "ip", "IP段", "IP地址段", "IP地址（段）"),
        "tags": ("tag", "标签"),
        "footer": ("页脚", "落款"),
        "variables": ("variable", "变量"),
        "group": ("group name", "群", "群名", "群名称"),
        "external": ("external group", "外部群"),
        "for_tests": ("for tests", "test", "测试群"),
    },
    required=("name", "webhook"),
)


@dataclass(frozen=True, slots=True)
class RobotsImported:
    robots: int
    new_tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _NewRobot:
    line: int
    name: str
    group: str
    token: Secret
    secret: Secret | None
    keywords: list[str]
    ip_ranges: list[str]
    tags: list[str]
    variables: dict[str, str]
    footer: str
    external: bool
    for_tests: bool


def import_robots(data: bytes, *, organisation: Organisation, by: Actor) -> RobotsImported:
    """Import every robot of the file, or raise ImportRefused and write nothing. Tags that do not exist are made."""
    rows = read_rows(decode(data), COLUMNS)
    new = _checked(rows, organisation)
    try:
        return _write(new, organisation=organisation, by=by)
    except IntegrityError:
        # Somebody added one of them between the check and the write.
        _checked(rows, organisation)
        raise ImportRefused([Mistake(1, "", _("Robots were changed meanwhile. Import the file again."))]) from None


def _checked(rows: Sequence[Row], organisation: Organisation) -> list[_NewRobot]:
    log = MistakeLog([])
    bases = bases_of(organisation)
    new = [robot for row in rows if (robot := _read(row, bases, log))]
    _note_repetitions(new, log)
    _note_existing(new, log)
    log.refuse_if_any()
    return new


def _read(row: Row, bases: Sequence[str], log: MistakeLog) -> _NewRobot | None:
    """The robot of a row, whole or with its mistakes noted; None without what tells it from others."""
    name = log.cleaned(row.line, "name", lambda: clean_name(row["name"]))
    group = log.cleaned(row.line, "group", lambda: clean_name(row["group"]) if row["group"] else "")
    token = log.cleaned(row.line, "webhook", lambda: clean_webhook(row["webhook"], bases=bases))
    secret = log.cleaned(row.line, "secret", lambda: clean_secret(row["secret"]))
    keywords = log.cleaned(row.line, "keywords", lambda: clean_keywords(row.several("keywords")))
    ip_ranges = log.cleaned(row.line, "ip_ranges", lambda: clean_ip_ranges(row.several("ip_ranges")))
    tags = log.cleaned(row.line, "tags", lambda: _clean_tags(row.several("tags")))
    variables = log.cleaned(row.line, "variables", lambda: clean_variables(row.several("variables")))
    footer = log.cleaned(
        row.line, "footer", lambda: clean_footer(row["footer"], keywords=keywords or (), append_keyword=False)
    )
    external = log.cleaned(row.line, "external", lambda: clean_yes_or_no(row["external"]))
    for_tests = log.cleaned(row.line, "for_tests", lambda: clean_yes_or_no(row["for_tests"]))
    if name is None or token is None:
        return None
    return _NewRobot(
        line=row.line,
        name=name,
        group=group or "",
        token=token,
        secret=secret,
        keywords=keywords or [],
        ip_ranges=ip_ranges or [],
        tags=tags or [],
        variables=variables or {},
        footer=footer or "",
        external=bool(external),
        for_tests=bool(for_tests),
    )


def _clean_tags(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(clean_name(name, longest=LONGEST_TAG) for name in names))


def _note_repetitions(new: Sequence[_NewRobot], log: MistakeLog) -> None:
    for line, earlier in repetitions((robot.line, robot.name) for robot in new):
        log.add(line, "name", _("Line %(earlier)d has the same name.") % {"earlier": earlier})
    for line, earlier in repetitions((robot.line, fingerprint(robot.token)) for robot in new):
        log.add(line, "webhook", _("Line %(earlier)d has the same webhook.") % {"earlier": earlier})


def _note_existing(new: Sequence[_NewRobot], log: MistakeLog) -> None:
    for batch in in_batches(new):
        lines = {robot.name: robot.line for robot in batch}
        for name in Robot.objects.filter(name__in=lines).values_list("name", flat=True):
            log.add(lines[name], "name", _("There is a robot of this name already. Choose another, or edit that one."))
    fingerprints = [(mark, robot.line) for robot in new for mark in known_fingerprints(robot.token)]
    for batch_of_marks in in_batches(fingerprints):
        lines_of = dict(batch_of_marks)
        taken = Robot.objects.filter(token_fingerprint__in=lines_of).values_list("token_fingerprint", "name")
        for mark, name in taken:
            text = _("The robot “%(robot)s” has this webhook already. Edit that one, or leave out the line.")
            log.add(lines_of[mark], "webhook", text % {"robot": name})


@transaction.atomic
def _write(new: Sequence[_NewRobot], *, organisation: Organisation, by: Actor) -> RobotsImported:
    tags, made = _tags(sorted({name for robot in new for name in robot.tags}))
    rows = Robot.objects.bulk_create([_row(robot, organisation) for robot in new], batch_size=BATCH)
    through = Robot.tags.through
    through.objects.bulk_create(
        [
            through(robot_id=row.pk, tag_id=tags[name].pk)
            for row, robot in zip(rows, new, strict=True)
            for name in robot.tags
        ],
        batch_size=BATCH,
    )
    detail = {"robots": len(rows), "organisation": organisation.name, "new_tags": made}
    record("robot.imported", by=by, detail=detail)
    return RobotsImported(len(rows), tuple(made))


def _tags(names: Sequence[str]) -> tuple[dict[str, Tag], list[str]]:
    """The tags by name, and the names of those that had to be made."""
    found = {tag.name: tag for batch in in_batches(names) for tag in Tag.objects.filter(name__in=batch)}
    missing = [name for name in names if name not in found]
    made = Tag.objects.bulk_create([Tag(name=name) for name in missing], batch_size=BATCH)
    return {**found, **{tag.name: tag for tag in made}}, missing


def _row(new: _NewRobot, organisation: Organisation) -> Robot:
    robot = Robot(
        name=new.name,
        group_name=new.group,
        organisation=organisation,
        keywords=new.keywords,
        ip_ranges=new.ip_ranges,
        variables=new.variables,
        footer=new.footer,
        external=new.external,
        for_tests=new.for_tests,
    )
    set_token(robot, new.token)
    set_secret(robot, new.secret)
    return robot
