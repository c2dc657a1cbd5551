"""The compose page, rendered from what stands on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dingtalk.payloads import NOBODY, Message
from messages.forms.composition import KINDS, Composition
from messages.forms.draft import NameForm, field_names, kept_fields, type_form
from messages.forms.rows import MAX_BUTTONS
from messages.forms.typed import MAX_ROWS
from messages.models import Draft, DraftVersion, MessageType
from messages.pages.drafts.conflict import Conflict, conflict_with
from messages.pages.drafts.own_words import own_choices, own_words_of
from messages.pages.drafts.panel import Panel, panel_of
from messages.pages.drafts.picking import picker_of
from messages.pages.drafts.remarks import Remark
from messages.pages.drafts.rows import rows_of
from messages.pages.drafts.trial import Trial, trial_of
from messages.preview.bubbles import line_of
from messages.rendering.chips import in_plain_words
from messages.rendering.contents import message_of
from messages.rendering.values import GROUP, ROBOT_NAME, RUN_DATE, RUN_NUMBER, RUN_TIME
from messages.services.snapshots import Snapshot
from messages.services.variables import known_variables

TYPES: Final[tuple[tuple[str, str, Promise], ...]] = (
    (MessageType.TEXT, "message", gettext_lazy("Plain words, with mentions")),
    (MessageType.MARKDOWN, "markdown", gettext_lazy("Headings, lists, links, pictures, with mentions")),
    (MessageType.LINK, "link", gettext_lazy("One link with a picture")),
    (MessageType.ACTION_CARD, "layout-cards", gettext_lazy("Markdown with buttons")),
    (MessageType.FEED_CARD, "news", gettext_lazy("Several links with pictures")),
)
VARIABLES: Final[dict[str, Promise]] = {
    ROBOT_NAME: gettext_lazy("the robot's name"),
    GROUP: gettext_lazy("the group's name"),
    RUN_DATE: gettext_lazy("the date when it goes out, as 2027-01-05"),
    RUN_TIME: gettext_lazy("the time when it goes out, as 09:30"),
    RUN_NUMBER: gettext_lazy("how often it has gone out, this time counted"),
}
FROM_STAFF: Final = gettext_lazy("kept at robots and tags")
WITHOUT_MENTIONS: Final = (MessageType.LINK, MessageType.FEED_CARD)


def new_name(message: Message) -> str:
    """What a draft is called whose author gave it no name: as it was written, not as one group reads it."""
    return in_plain_words(line_of(message, at=NOBODY).summary)[:60] or _("Untitled draft")


def named(composition: Composition) -> Snapshot:
    """What is saved of the page."""
    snapshot = composition.snapshot(name=composition.name)
    if snapshot.name:
        return snapshot
    return replace(snapshot, name=new_name(message_of(snapshot.msgtype, snapshot.content)))


def explained_variables() -> list[tuple[str, str | Promise]]:
    """As they are written, and what they stand for."""
    return [(f"{{{{ {name} }}}}", VARIABLES.get(name, FROM_STAFF)) for name in known_variables()]


def beside_fields(composition: Composition, panel: Panel) -> dict[str, list[Remark]]:
    """What stands beside each field of the type. A draft that was never saved is not told at once what it lacks."""
    shown = ["wrong", "hint"] if composition.draft is None else ["wrong", "missing", "hint"]
    beside: dict[str, list[Remark]] = {name: [] for name in field_names(composition)}
    for remark in panel.remarks:
        if remark.kind in shown and remark.field in beside:
            beside[remark.field].append(remark)
    return beside


def compose_page(
    request: HttpRequest,
    composition: Composition,
    *,
    draft: Draft | None = None,
    name_form: NameForm | None = None,
    conflict: Conflict | None = None,
    deleted: bool = False,
    focus: str = "",
    trial: Trial | None = None,
) -> HttpResponse:
    """`focus`: which part of a row the keyboard stands on. `deleted`: the draft is gone, and a save makes a new one."""
    panel = panel_of(composition)
    form, beside = type_form(composition), beside_fields(composition, panel)
    kept = kept_fields(composition, form)
    context = {
        "composition": composition,
        "draft": draft,
        "page_key": composition.page or uuid4(),
        "unsaved": request.method == "POST",
        "newest": draft.versions.first() if draft else None,
        "types": [(value, icon, MessageType(value).label, words) for value, icon, words in TYPES],
        "form": form,
        "name_form": name_form or NameForm(initial={"name": composition.name}),
        "kept": kept,
        "kept_words": any(value for name, value in kept if name not in {"card", "orientation"}),
        "rows": rows_of(composition, beside, focus=focus),
        "most_rows": MAX_BUTTONS if form.rows == "buttons" else MAX_ROWS,
        "pickers": {kind: picker_of(kind, composition, focused=focus == f"search-{kind}") for kind in KINDS},
        "mentions_possible": composition.msgtype not in WITHOUT_MENTIONS,
        "panel": panel,
        "switch_form": "compose",
        "switch_url": reverse("broadcasts:draft_preview"),
        "variables": explained_variables(),
        "own_words": own_words_of(composition, beside, focus=focus),
        "own_choices": own_choices(composition, panel),
        "beside": beside,
        "conflict": conflict,
        "deleted": deleted,
        "trial": trial or trial_of(),
    }
    return render(request, "broadcasts/drafts/compose.html", context)


def stale_page(
    request: HttpRequest, composition: Composition, *, draft: Draft | None, newest: DraftVersion | None
) -> HttpResponse:
    """A further save is based on the version that is shown beside: it replaces it knowingly."""
    if newest is None:
        return compose_page(request, composition.unsaved(), deleted=True)
    conflict = conflict_with(newest, composition)
    return compose_page(request, composition.based_upon(newest.number), draft=draft, conflict=conflict)
