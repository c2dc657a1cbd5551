from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit.actors import Actor
from audit.log import record
from robots.imports.decoding import decode
from robots.imports.duplicates import BATCH, in_batches, repetitions
from robots.imports.mistakes import ImportRefused, Mistake, MistakeLog
from robots.imports.tables import Columns, Row, read_rows
from robots.models import Recipient, RecipientList
from robots.rules.leaks import quotable
from robots.rules.mobiles import clean_mobile
from robots.rules.names import clean_name
from robots.rules.user_ids import clean_user_id
from robots.services.groups import robots_by_group
from robots.services.recipients import refuse_nobody

COLUMNS = Columns(
    names={
        "name": ("姓名", "名称", "成员"),
        "mobile": ("phone", "手机号", "手机", "手机号码"),
        "user_id": ("user id", "用户ID", "员工userId"),
        "lists": ("list", "名单", "成员名单"),
        "groups": ("group", "群", "所在群"),
    },
    required=("name",),
)


@dataclass(frozen=True, slots=True)
class RecipientsImported:
    recipients: int
    new_lists: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _NewRecipient:
    line: int
    name: str
    mobile: str
    user_id: str
    lists: list[str]
    groups: list[str]


def import_recipients(data: bytes, *, by: Actor) -> RecipientsImported:
    """Import everybody in the file, or raise ImportRefused and write nothing. Lists that do not exist are made."""
    rows = read_rows(decode(data), COLUMNS)
    new = _checked(rows)
    try:
        return _write(new, by=by)
    except IntegrityError:
        # Somebody added one of them between the check and the write.
        _checked(rows)
        raise ImportRefused([Mistake(1, "", _("Recipients were changed meanwhile. Import the file again."))]) from None


def _checked(rows: Sequence[Row]) -> list[_NewRecipient]:
    log = MistakeLog([])
    new = [recipient for row in rows if (recipient := _read(row, log))]
    _note_repetitions(new, log)
    _note_existing(new, log)
    _note_unknown_groups(new, log)
    log.refuse_if_any()
    return new


def _read(row: Row, log: MistakeLog) -> _NewRecipient | None:
    name = log.cleaned(row.line, "name", lambda: clean_name(row["name"]))
    mobile = log.cleaned(row.line, "mobile", lambda: clean_mobile(row["mobile"]))
    user_id = log.cleaned(row.line, "user_id", lambda: clean_user_id(row["user_id"]))
    lists = log.cleaned(row.line, "lists", lambda: _clean_lists(row.several("lists")))
    if mobile == "" and user_id == "":
        log.cleaned(row.line, "mobile", lambda: refuse_nobody(mobile="", user_id=""))
    groups = list(dict.fromkeys(row.several("groups")))
    return _NewRecipient(row.line, name or "", mobile or "", user_id or "", lists or [], groups)


def _clean_lists(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(clean_name(name) for name in names))


def _note_repetitions(new: Sequence[_NewRecipient], log: MistakeLog) -> None:
    for line, earlier in repetitions((one.line, one.mobile) for one in new):
        log.add(line, "mobile", _("Line %(earlier)d has the same mobile number.") % {"earlier": earlier})
    for line, earlier in repetitions((one.line, one.user_id) for one in new):
        log.add(line, "user_id", _("Line %(earlier)d has the same userId.") % {"earlier": earlier})


def _note_existing(new: Sequence[_NewRecipient], log: MistakeLog) -> None:
    for batch in in_batches(new):
        mobiles = {one.mobile: one.line for one in batch if one.mobile}
        user_ids = {one.user_id: one.line for one in batch if one.user_id}
        taken = Recipient.objects.filter(Q(mobile__in=mobiles) | Q(user_id__in=user_ids))
        for name, mobile, user_id in taken.values_list("name", "mobile", "user_id"):
            text = _("“%(name)s” has it already. Edit that recipient, or leave out the line.") % {"name": name}
            if mobile in mobiles:
                log.add(mobiles[mobile], "mobile", text)
            if user_id in user_ids:
                log.add(user_ids[user_id], "user_id", text)


def _note_unknown_groups(new: Sequence[_NewRecipient], log: MistakeLog) -> None:
    known = robots_by_group({name for one in new for name in one.groups})
    for one in new:
        for name in one.groups:
            if name not in known:
                text = _("There is no group and no robot called “%(name)s”. Add the robot first.")
                log.add(one.line, "groups", text % {"name": quotable(name)})


@transaction.atomic
def _write(new: Sequence[_NewRecipient], *, by: Actor) -> RecipientsImported:
    lists, made = _lists(sorted({name for one in new for name in one.lists}))
    rows = Recipient.objects.bulk_create(
        [Recipient(name=one.name, mobile=one.mobile, user_id=one.user_id) for one in new], batch_size=BATCH
    )
    through = RecipientList.members.through
    through.objects.bulk_create(
        [
            through(recipient_id=row.pk, recipientlist_id=lists[name].pk)
            for row, one in zip(rows, new, strict=True)
            for name in one.lists
        ],
        batch_size=BATCH,
    )
    robots = robots_by_group({name for one in new for name in one.groups})
    in_group = Recipient.groups.through
    in_group.objects.bulk_create(
        [
            in_group(recipient_id=row.pk, robot_id=robot)
            for row, one in zip(rows, new, strict=True)
            for robot in sorted({robot for name in one.groups for robot in robots.get(name, ())})
        ],
        batch_size=BATCH,
    )
    record("recipient.imported", by=by, detail={"recipients": len(rows), "new_lists": made})
    return RecipientsImported(len(rows), tuple(made))


def _lists(names: Sequence[str]) -> tuple[dict[str, RecipientList], list[str]]:
    """The lists by name, and the names of those that had to be made."""
    found = {one.name: one for batch in in_batches(names) for one in RecipientList.objects.filter(name__in=batch)}
    missing = [name for name in names if name not in found]
    made = RecipientList.objects.bulk_create([RecipientList(name=name) for name in missing], batch_size=BATCH)
    return {**found, **{one.name: one for one in made}}, missing
