"""What was imported, in a sentence or two: the same on the page and in the shell."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from robots.imports.recipients import RecipientsImported
from robots.imports.robots import RobotsImported


def robots_summary(imported: RobotsImported) -> str:
    text = ngettext("%(count)d robot imported.", "%(count)d robots imported.", imported.robots)
    return _with_new(text % {"count": imported.robots}, _("New tags: %(names)s."), imported.new_tags)


def recipients_summary(imported: RecipientsImported) -> str:
    text = ngettext("%(count)d recipient imported.", "%(count)d recipients imported.", imported.recipients)
    return _with_new(text % {"count": imported.recipients}, _("New lists: %(names)s."), imported.new_lists)


def _with_new(text: str, more: str, names: Sequence[str]) -> str:
    return f"{text} {more % {'names': ', '.join(names)}}" if names else text
