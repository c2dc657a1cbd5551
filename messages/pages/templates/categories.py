"""The categories of the library: renamed, and merged by renaming one as another is called."""

from __future__ import annotations

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from audit.actors import actor_of
from messages.forms.templates import CategoryForm
from messages.services.templates import Category, categories, known_category, rename_category


@require_safe
@login_required
@permission_required("broadcasts.view_draft", raise_exception=True)
def category_list(request: HttpRequest) -> HttpResponse:
    return render(request, "broadcasts/templates/categories.html", {"categories": categories()})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.change_draft", raise_exception=True)
def category_rename(request: HttpRequest) -> HttpResponse:
    """`category` names it; one that has another's name is asked about before both are one."""
    known = categories()
    old = next((category for category in known if category.name == request.GET.get("category", "")), None)
    if old is None:
        return redirect("broadcasts:template_categories")
    form = CategoryForm(request.POST) if request.method == "POST" else CategoryForm(initial={"new": old.name})
    other = _other(form, old, known)
    if not form.is_valid() or (other and not form.cleaned_data["merge"]):
        context = {"form": form, "old": old, "other": other, "categories": known}
        return render(request, "broadcasts/templates/rename.html", context)
    new = form.cleaned_data["new"]
    moved = rename_category(old=old.name, new=new, by=actor_of(request))
    _tell(request, old, moved)
    return redirect("broadcasts:template_categories")


def _other(form: CategoryForm, old: Category, known: list[Category]) -> Category | None:
    """The category that is called so already."""
    if not form.is_valid():
        return None
    others = [category for category in known if category.name != old.name]
    name = known_category(form.cleaned_data["new"], (category.name for category in others))
    return next((category for category in others if category.name == name), None)


def _tell(request: HttpRequest, old: Category, moved: int) -> None:
    if moved == 0:
        flash.info(request, _("Nothing changed."))
        return
    text = ngettext(
        "%(count)d template of “%(name)s” stands in its new category.",
        "%(count)d templates of “%(name)s” stand in their new category.",
        moved,
    )
    flash.success(request, text % {"count": moved, "name": old.label})
