"""The library: templates by category, each with its message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from messages.forms.composition import composition_of_draft
from messages.forms.templates import TemplateFilters
from messages.models import Draft
from messages.pages.drafts.panel import panel_of
from messages.pages.templates.by_category import by_category
from messages.pages.templates.cards import Card, card_of
from messages.services.templates import Category, templates


@dataclass(frozen=True, slots=True)
class Group:
    category: Category
    cards: Sequence[Card]


@require_safe
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def template_list(request: HttpRequest) -> HttpResponse:
    filters = TemplateFilters(request.GET)
    page = by_category(templates().filter(filters.wanted()), request.GET)
    context = {
        "filters": filters,
        "page": page,
        "groups": _grouped(page.rows),
        "filtered": any(request.GET.get(name) for name in filters.fields),
        "category": filters.chosen_category,
    }
    return render(request, "broadcasts/templates/list.html", context)


@require_safe
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def template_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """As it would read in one of its groups, and what stands beside the message."""
    template = get_object_or_404(templates(), pk=pk)
    context = {
        "draft": template,
        "panel": panel_of(composition_of_draft(template)),
        "newest": template.versions.defer("snapshot").first(),
    }
    return render(request, "broadcasts/templates/detail.html", context)


def _grouped(rows: Sequence[Draft]) -> list[Group]:
    grouped = [(name, list(found)) for name, found in groupby(rows, key=lambda template: template.category)]
    return [Group(Category(name, len(found)), [card_of(template) for template in found]) for name, found in grouped]
