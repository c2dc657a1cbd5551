"""The entries of the main menu, and which of them a person sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import User
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Entry:
    url_name: str
    icon: str
    label: str | Promise
    permission: str = ""
    staff_only: bool = False
    simulator_only: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    icon: str
    label: str | Promise
    current: bool


@dataclass(frozen=True, slots=True)
class Section:
    label: str | Promise
    links: tuple[Link, ...]


SECTIONS: Final[tuple[tuple[str | Promise, tuple[Entry, ...]], ...]] = (
    ("", (Entry("overview", "home", _("Overview")),)),
    (
        _("Messages"),
        (
            Entry("broadcasts:draft_list", "pencil", _("Drafts"), "broadcasts.view_draft"),
            Entry("broadcasts:template_list", "template", _("Templates"), "broadcasts.view_draft"),
            Entry("broadcasts:broadcast_list", "speakerphone", _("Broadcasts"), "broadcasts.view_broadcast"),
            Entry("broadcasts:history", "history", pgettext_lazy("deliveries", "History"), "broadcasts.view_delivery"),
            Entry("broadcasts:calendar_years", "calendar", _("Official calendar"), "broadcasts.view_calendaryear"),
        ),
    ),
    (
        _("Groups and people"),
        (
            Entry("robots:list", "robot", _("Robots"), "robots.view_robot"),
            Entry("robots:tag_list", "tags", _("Tags"), "robots.view_tag"),
            Entry("robots:recipient_list", "users", _("Recipients"), "robots.view_recipient"),
            Entry("robots:list_list", "list-details", _("Lists"), "robots.view_recipientlist"),
            Entry("robots:organisation_list", "building", _("Organisations"), "robots.view_organisation"),
        ),
    ),
    (
        _("Control"),
        (
            Entry("broadcasts:notice_list", "bell", _("Notices"), "broadcasts.view_notice"),
            Entry("audit:list", "shield-check", _("Audit"), "audit.view_entry"),
            Entry("system", "gauge", _("System"), staff_only=True),
            Entry("admin:index", "settings", _("Admin"), staff_only=True),
            Entry("simulator:groups", "test-pipe", _("Simulator"), simulator_only=True),
        ),
    ),
)


def sections(user: User, *, path: str, simulator_mounted: bool) -> list[Section]:
    """The menu of a person who stands on `path`; sections without an entry are left out."""
    shown = [
        (
            label,
            [(entry, url) for entry in entries if _may_see(entry, user, simulator_mounted) and (url := _url(entry))],
        )
        for label, entries in SECTIONS
    ]
    current = current_url([url for _label, entries in shown for _entry, url in entries], path)
    return [
        Section(label, tuple(Link(url, entry.icon, entry.label, url == current) for entry, url in entries))
        for label, entries in shown
        if entries
    ]


def current_url(urls: Sequence[str], path: str) -> str:
    """The entry a page belongs to: the longest URL that its path begins with; the front page only for itself."""
    return max((url for url in urls if path == url or (url != "/" and path.startswith(url))), key=len, default="")


def _may_see(entry: Entry, user: User, simulator_mounted: bool) -> bool:
    if entry.staff_only and not user.is_staff:
        return False
    if entry.simulator_only and not simulator_mounted:
        return False
    return not entry.permission or user.has_perm(entry.permission)


def _url(entry: Entry) -> str:
    """Empty for a part that is not mounted."""
    try:
        return reverse(entry.url_name)
    except NoReverseMatch:
        return ""
