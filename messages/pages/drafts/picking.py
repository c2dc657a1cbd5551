"""Lists to pick from, however long: what is picked, and the first of what the search finds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from messages.forms.composition import Composition
from messages.rendering.chips import chip_of_list, chip_of_person
from robots.masking import mask_mobile
from robots.models import Recipient, RecipientList, Robot, RobotStatus, Tag

SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Option:
    pk: int
    label: str
    detail: str = ""
    warning: str | Promise = ""
    chip: str = ""  # what mentions it in the text


@dataclass(frozen=True, slots=True)
class Picker:
    """`more`: the search finds others than those shown."""

    kind: str
    legend: str | Promise
    search_label: str | Promise
    nothing: str | Promise
    search: str
    picked: tuple[Option, ...]
    found: tuple[Option, ...]
    more: bool
    focused: bool = False  # the keyboard stands in its search box

    @property
    def open(self) -> bool:
        """Whether there is something in it that must not be folded away."""
        return bool(self.picked or self.search or self.focused)


@dataclass(frozen=True, slots=True)
class _Source:
    rows: Callable[[], QuerySet[Any]]
    matching: Callable[[str], Q]
    option: Callable[[Any], Option]
    legend: Promise
    search_label: Promise
    nothing: Promise


def picker_of(kind: str, composition: Composition, *, focused: bool = False) -> Picker:
    """Two queries: one for what is picked, if anything is, and one for what is found."""
    source = SOURCES[kind]
    ids, search = composition.picked.get(kind, ()), composition.searches.get(kind, "")
    rows = source.rows()
    found = list(rows.filter(source.matching(search)).exclude(pk__in=ids)[: SHOWN + 1])
    return Picker(
        kind=kind,
        legend=source.legend,
        search_label=source.search_label,
        nothing=source.nothing,
        search=search,
        picked=tuple(source.option(row) for row in rows.filter(pk__in=ids)) if ids else (),
        found=tuple(source.option(row) for row in found[:SHOWN]),
        more=len(found) > SHOWN,
        focused=focused,
    )


def _robots() -> QuerySet[Robot]:
    return Robot.objects.callable(simulator=settings.DINGADMIN_SIMULATOR).only("name", "group_name", "status")


def _robot(robot: Robot) -> Option:
    return Option(robot.pk, robot.name, robot.group_name, _("paused") if robot.status == RobotStatus.PAUSED else "")


def _tags() -> QuerySet[Tag]:
    return Tag.objects.annotate(size=Count("robots"))


def _tag(tag: Any) -> Option:
    return Option(tag.pk, tag.name, ngettext("%(count)d robot", "%(count)d robots", tag.size) % {"count": tag.size})


def _recipients() -> QuerySet[Recipient]:
    same = Recipient.objects.filter(name=OuterRef("name")).exclude(pk=OuterRef("pk"))
    lists = RecipientList.objects.filter(name=OuterRef("name"))
    return Recipient.objects.only("name", "mobile", "user_id").annotate(namesake=Exists(same) | Exists(lists))


def _recipient(person: Any) -> Option:
    detail = mask_mobile(person.mobile) if person.mobile else person.user_id
    return Option(person.pk, person.name, detail, chip=chip_of_person(person.name, person.pk, numbered=person.namesake))


def _lists() -> QuerySet[RecipientList]:
    people = Recipient.objects.filter(name=OuterRef("name"))
    return RecipientList.objects.annotate(size=Count("members"), namesake=Exists(people))


def _list(chosen: Any) -> Option:
    size = ngettext("%(count)d person", "%(count)d people", chosen.size) % {"count": chosen.size}
    return Option(chosen.pk, chosen.name, size, chip=chip_of_list(chosen.name, chosen.pk, numbered=chosen.namesake))


def _by(*fields: str) -> Callable[[str], Q]:
    def matching(search: str) -> Q:
        """Every word somewhere: `north shop` finds the shop in the north."""
        found = Q()
        for word in search.split():
            found &= _any_of(fields, word)
        return found

    return matching


def _any_of(fields: tuple[str, ...], word: str) -> Q:
    found = Q()
    for name in fields:
        found |= Q(**{f"{name}__icontains": word})
    return found


SOURCES: Final[Mapping[str, _Source]] = {
    "robots": _Source(
        _robots,
        _by("name", "group_name"),
        _robot,
        _("Robots"),
        _("Search robots and groups"),
        _("No robot is found. Look for another word, or add robots first."),
    ),
    "tags": _Source(
        _tags,
        _by("name"),
        _tag,
        _("Tags: every robot that has one of them"),
        _("Search tags"),
        _("No tag is found."),
    ),
    "mention_recipients": _Source(
        _recipients,
        _by("name", "mobile", "user_id"),
        _recipient,
        _("Recipients"),
        _("Search recipients"),
        _("No recipient is found. Look for another word, or add recipients first."),
    ),
    "mention_lists": _Source(
        _lists,
        _by("name"),
        _list,
        _("Recipient lists"),
        _("Search lists"),
        _("No list is found."),
    ),
}
