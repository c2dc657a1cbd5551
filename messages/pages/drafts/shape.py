"""The compose page's own buttons: they change what stands on the page and save nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from messages.forms.composition import KINDS, Composition, composition_of_post, number_of
from messages.forms.rows import MAX_BUTTONS, added, moved, removed
from messages.forms.typed import MAX_ROWS, Row, with_room
from messages.models import Draft, MessageType
from messages.pages.drafts.page import beside_fields, compose_page
from messages.pages.drafts.panel import panel_of
from messages.pages.drafts.picking import picker_of
from messages.services.overrides import KINDS as OVERRIDE_KINDS
from messages.services.overrides import Override

Rows = tuple[Row, ...]
MOST = {"buttons": MAX_BUTTONS, "feed": MAX_ROWS}
PREFIXES = {"buttons": "button", "feed": "feed"}


@require_POST
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def draft_type(request: HttpRequest, msgtype: str) -> HttpResponse:
    if msgtype not in MessageType.values:
        raise Http404
    return _shown(request, composition_of_post(request.POST).of_type(msgtype))


@require_POST
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def draft_preview(request: HttpRequest) -> HttpResponse:
    """The panel alone for htmx, the whole page for a browser without scripts."""
    composition = composition_of_post(request.POST)
    if not request.headers.get("HX-Request"):
        return _shown(request, composition)
    panel = panel_of(composition)
    context = {
        "panel": panel,
        "beside": beside_fields(composition, panel),
        "switch_form": "compose",
        "switch_url": request.path,
        "live": True,
    }
    return render(request, "broadcasts/drafts/_panel.html", context)


@require_POST
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def draft_pick(request: HttpRequest, kind: str) -> HttpResponse:
    """What the search of one list finds, beside what is picked already."""
    if kind not in KINDS:
        raise Http404
    composition = composition_of_post(request.POST)
    if not request.headers.get("HX-Request"):
        return _shown(request, composition, focus=f"search-{kind}")
    return render(request, "broadcasts/drafts/_options.html", {"picker": picker_of(kind, composition), "live": True})


@require_POST
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def row_add(request: HttpRequest, rows: str) -> HttpResponse:
    composition = _changed(request, rows, lambda current: added(current, most=MOST[rows]))
    last = len(getattr(composition.typed, rows)) - 1
    return _shown(request, composition, focus=f"{PREFIXES[rows]}-{last}-title")


@require_POST
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def row_remove(request: HttpRequest, rows: str, position: int) -> HttpResponse:
    composition = _changed(request, rows, lambda current: removed(current, position))
    nearest = max(0, min(position, len(getattr(composition.typed, rows)) - 1))
    return _shown(request, composition, focus=f"{PREFIXES[rows]}-{nearest}-title")


@require_POST
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def row_up(request: HttpRequest, rows: str, position: int) -> HttpResponse:
    return _moved(request, rows, position, by=-1)


@require_POST
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def row_down(request: HttpRequest, rows: str, position: int) -> HttpResponse:
    return _moved(request, rows, position, by=1)


@require_POST
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def own_words_add(request: HttpRequest) -> HttpResponse:
    """Words of their own for a robot or a tag, to begin with those that all the others read."""
    composition = composition_of_post(request.POST)
    kind, _dash, pk = request.POST.get("own_new", "").partition("-")
    number = number_of(pk)
    if kind not in OVERRIDE_KINDS or number is None:
        return _shown(request, composition)
    there = [(override.kind, override.pk) for override in composition.overrides]
    if (kind, number) not in there and len(there) < MAX_ROWS:
        typed = composition.typed
        new = Override(kind, number, typed.title, typed.text)
        composition = replace(composition, overrides=(*composition.overrides, new))
        there.append((kind, number))
    return _shown(request, composition, focus=f"own-{there.index((kind, number))}" if (kind, number) in there else "")


@require_POST
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def own_words_remove(request: HttpRequest, position: int) -> HttpResponse:
    composition = composition_of_post(request.POST)
    left = tuple(own for number, own in enumerate(composition.overrides) if number != position)
    return _shown(request, replace(composition, overrides=left), focus="own-new")


def _moved(request: HttpRequest, rows: str, position: int, *, by: int) -> HttpResponse:
    """The keyboard goes along with the row; at either end, to the button that still leads somewhere."""
    composition = _changed(request, rows, lambda current: moved(current, position, by=by))
    last = len(getattr(composition.typed, rows)) - 1
    target = max(0, min(position + by, last))
    button = "down" if target == 0 or (by > 0 and target < last) else "up"
    return _shown(request, composition, focus=f"{PREFIXES[rows]}-{target}-{button}")


def _changed(request: HttpRequest, rows: str, change: Callable[[Rows], Rows]) -> Composition:
    if rows not in PREFIXES:
        raise Http404
    composition = composition_of_post(request.POST)
    typed = with_room(composition.typed)
    if rows == "feed":
        return composition.with_typed(replace(composition.typed, feed=change(typed.feed)))
    return composition.with_typed(replace(composition.typed, buttons=change(typed.buttons)))


def _shown(request: HttpRequest, composition: Composition, *, focus: str = "") -> HttpResponse:
    if composition.draft is None:
        return compose_page(request, composition, focus=focus)
    draft = Draft.objects.filter(pk=composition.draft).first()
    if draft is None:
        return compose_page(request, composition.unsaved(), deleted=True, focus=focus)
    return compose_page(request, composition, draft=draft, focus=focus)
