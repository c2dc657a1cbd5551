from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messages.services.checks.findings import BLOCKER, WARNING, Finding
from messages.services.checks.scene import Scene


def of_audience(scene: Scene) -> Iterator[Finding]:
    count = scene.groups.total()
    if not count:
        text = _("Nobody would get this message. Choose at least one robot or tag.")
        yield Finding(None, BLOCKER, "audience_empty", text)
    if scene.at.everyone and count > 1:
        text = ngettext(
            "Everybody in %(count)d group will be notified.",
            "Everybody in %(count)d groups will be notified.",
            count,
        ) % {"count": count}
        yield Finding(None, WARNING, "mention_everyone", text)
