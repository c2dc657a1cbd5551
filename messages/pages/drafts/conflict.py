"""Two states of one draft side by side: what is on the page, and what somebody saved."""

from __future__ import annotations

from dataclasses import dataclass

from messages.forms.composition import Composition, composition_of_snapshot
from messages.models import DraftVersion
from messages.pages.drafts.comparison import comparison
from messages.pages.drafts.differences import Difference
from messages.pages.drafts.panel import Panel, panel_of
from messages.services.snapshots import Snapshot


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody saved the draft while this person wrote: both are shown, and the person decides."""

    version: DraftVersion
    panel: Panel
    differences: list[Difference]


def conflict_with(newest: DraftVersion, composition: Composition) -> Conflict:
    theirs = Snapshot.from_json(newest.snapshot)
    return Conflict(
        version=newest,
        panel=panel_of(composition_of_snapshot(theirs)),
        differences=comparison(theirs, composition.snapshot(name=composition.name)),
    )
