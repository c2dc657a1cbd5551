from __future__ import annotations

from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from audit.actors import actor_of
from robots.forms.filters import NameFilter
from robots.forms.labels import TagForm
from robots.models import Tag
from robots.pages.paging import page_by_name
from robots.pages.posting import posted
from robots.services.tags import create_tag, delete_tag, update_tag


@require_safe
@login_required
@permission_required("robots.view_tag", raise_exception=True)
def tag_list(request: HttpRequest) -> HttpResponse:
    filters = NameFilter(request.GET)
    tags = Tag.objects.filter(name__icontains=filters.text).annotate(robot_count=Count("robots"))
    return render(request, "robots/tags/list.html", {"filters": filters, "page": page_by_name(request, tags)})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("robots.add_tag", raise_exception=True)
def tag_create(request: HttpRequest) -> HttpResponse:
    form = TagForm(posted(request))
    if request.method == "POST" and form.is_valid():
        tag = create_tag(**form.cleaned_data, by=actor_of(request))
        flash.success(request, _("The tag %(tag)s is added. Put it on robots on their pages.") % {"tag": tag})
        return redirect("robots:tag_list")
    return render(request, "robots/tags/form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("robots.change_tag", raise_exception=True)
def tag_edit(request: HttpRequest, pk: int) -> HttpResponse:
    tag = get_object_or_404(Tag, pk=pk)
    form = TagForm(posted(request), instance=get_object_or_404(Tag, pk=pk))
    if request.method == "POST" and form.is_valid():
        changed = update_tag(tag, **form.cleaned_data, by=actor_of(request))
        flash.success(request, _("The tag %(tag)s is saved.") % {"tag": changed})
        return redirect("robots:tag_list")
    return render(request, "robots/tags/form.html", {"form": form, "tag": tag})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("robots.delete_tag", raise_exception=True)
def tag_delete(request: HttpRequest, pk: int) -> HttpResponse:
    tag = get_object_or_404(Tag, pk=pk)
    if request.method == "POST":
        delete_tag(tag, by=actor_of(request))
        flash.success(request, _("The tag %(tag)s is deleted.") % {"tag": tag})
        return redirect("robots:tag_list")
    count = tag.robots.count()
    context = {
        "title": _("Delete the tag %(tag)s?") % {"tag": tag},
        "consequences": [
            ngettext(
                "%(count)d robot loses the label; the robot itself stays.",
                "%(count)d robots lose the label; the robots themselves stay.",
                count,
            )
            % {"count": count},
            _("Drafts that are addressed to the tag reach these robots no longer. What was launched stays as it is."),
        ],
        "action_label": _("Delete the tag"),
        "cancel_url": reverse("robots:tag_list"),
    }
    return render(request, "ui/_confirm.html", context)
