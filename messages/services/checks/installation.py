from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from audit.words import name_in_words
from messages.services.checks.findings import WARNING, Finding
from messages.services.checks.scene import Scene, shown
from robots.reasons import explain


def of_installation(scene: Scene) -> Iterator[Finding]:
    state = scene.engine
    if state and state.stopped_at:
        text = _("All sending is stopped by %(who)s since %(time)s. Messages wait until somebody resumes it.") % {
            "who": name_in_words(state.stopped_by_name),
            "time": shown(state.stopped_at),
        }
        yield Finding(None, WARNING, "sending_stopped", text)
    if state and state.hold_until and state.hold_until > scene.when:
        text = _("All sending is on hold until %(time)s. %(reason)s Messages wait until then.") % {
            "time": shown(state.hold_until),
            "reason": explain(state.hold_reason).title,
        }
        yield Finding(None, WARNING, "sending_on_hold", text)
