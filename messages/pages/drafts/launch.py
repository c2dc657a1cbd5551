"""Launching a draft."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from audit.actors import actor_of
from messages.forms.composition import number_of
from messages.forms.launch import LaunchForm
from messages.history.undo import open_window
from messages.models import Broadcast, Draft
from messages.pages.drafts.launching import fresh_form, later_label, launch_page, moments_of, posted_form, typed_page
from messages.pages.drafts.order import Order, order_asked, order_of
from messages.pages.dry_run.rehearsal import typed_of, user_of
from messages.services.drafts import StaleDraft
from messages.services.first_group import NoFirstGroup, choose_first
from messages.services.launch import AlreadyLaunched, LaunchRefused, launch
from messages.services.planning import NeverUseful, PlannedInPast
from messages.services.plans import forget, plan_of, remember
from messages.services.repairs import add_keyword
from messages.services.shelves import CannotBeLaunched, why_not_launched
from messages.services.undo import Undoing, undoing_of
from robots.services.robots import allow_keyword


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def draft_launch(request: HttpRequest, pk: int) -> HttpResponse:
    draft = get_object_or_404(Draft, pk=pk)
    if told := why_not_launched(draft):
        return _not_launched(request, draft, told)
    if request.method != "POST":
        return _as_settled(request, draft)
    order = order_asked(draft, request.POST)
    form = posted_form(request, order)
    if not form.is_valid():
        return launch_page(request, order, form=form)
    if same := Broadcast.objects.filter(launch_key=form.cleaned_data["launch_key"]).first():
        return redirect("broadcasts:broadcast_detail", pk=same.pk)
    if request.POST.get("seal") != order.seal:
        return launch_page(request, order, form=form, changed=True)
    return _launch(request, order, form)


@require_POST
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def launch_leave_out(request: HttpRequest, pk: int) -> HttpResponse:
    """The same page, with everything that was typed, without some of the robots."""
    order = _order(request, pk, further=request.POST.get("leave", ""))
    return _again(request, order)


@require_POST
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def launch_put_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The same page with the whole audience again."""
    return _again(request, order_of(get_object_or_404(Draft, pk=pk), without=()))


@require_POST
@login_required
@permission_required(["broadcasts.send_broadcast", "broadcasts.change_draft"], raise_exception=True)
def launch_add_keyword(request: HttpRequest, pk: int) -> HttpResponse:
    """The same page, with a keyword that some robots ask for at the end of what their groups read."""
    order, keyword = _order(request, pk), request.POST.get("keyword", "")
    if not any(keyword in robot.keywords for robot in order.robots):
        raise Http404
    try:
        robots = order.lacking(keyword)
        draft = add_keyword(order.draft, keyword=keyword, robots=robots, by=actor_of(request))
    except StaleDraft as stale:
        return _stale(request, order, posted_form(request, order), stale)
    flash.success(request, _("Saved as version %(number)d.") % {"number": draft.version})
    return _again(request, _order(request, pk))


@require_POST
@login_required
@permission_required(["broadcasts.send_broadcast", "robots.change_robot"], raise_exception=True)
def launch_allow_keyword(request: HttpRequest, pk: int) -> HttpResponse:
    """The same page, after some of its robots were told to add their keyword where a message lacks it."""
    order, allowed = _order(request, pk), request.POST.get("allow", "").split(",")
    for robot in order.robots:
        if str(robot.pk) in allowed:
            allow_keyword(robot, by=actor_of(request))
    return _again(request, _order(request, pk))


@require_POST
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def launch_moment(request: HttpRequest, pk: int) -> HttpResponse:
    """The chosen moment in words, while it is being chosen."""
    order = _order(request, pk)
    form = posted_form(request, order)
    context = {**moments_of(form), "form": form, "later_label": later_label(form), "live": True}
    return render(request, "broadcasts/launch/_moment.html", context)


def _launch(request: HttpRequest, order: Order, form: LaunchForm) -> HttpResponse:
    """To the broadcast; or the page again, with what keeps the draft from being launched."""
    try:
        broadcast = _launched_with_first(request, order, form)
    except LaunchRefused as refused:
        if not refused.check.blockers:
            form.add_error("over_quota", _("Tick this box if it is to be sent all the same."))
        return launch_page(request, order, form=form, check=refused.check)
    except NoFirstGroup as missing:
        form.add_error("first", missing.text)
        return launch_page(request, order, form=form)
    except AlreadyLaunched as other:
        return launch_page(request, _order(request, order.draft.pk), form=form, already=other.broadcast)
    except PlannedInPast as past:
        form.add_error("time", past.text)
        return launch_page(request, order, form=form)
    except NeverUseful as never:
        form.add_error("until_time", never.text)
        return launch_page(request, order, form=form)
    except CannotBeLaunched as put_away:
        return _not_launched(request, order.draft, put_away.text)
    except StaleDraft as stale:
        return _stale(request, order, form, stale)
    forget(order.draft, user_of(request))
    if open_window(broadcast) is None:
        flash.success(request, _("Scheduled.") if form.later or form.repeats else _("On its way."))
    return redirect("broadcasts:broadcast_detail", pk=broadcast.pk)


def _launched_with_first(request: HttpRequest, order: Order, form: LaunchForm) -> Broadcast:
    if not form.cleaned_data["first"]:
        return _launched(request, order, form)
    try:
        return _first_chosen(request, order, form)
    except IntegrityError:
        # A robot was deleted before the commit: a second look sees which.
        return _first_chosen(request, order, form)


@transaction.atomic
def _first_chosen(request: HttpRequest, order: Order, form: LaunchForm) -> Broadcast:
    broadcast, chosen = _launched(request, order, form), form.cleaned_data
    asks, share = chosen["first_asks"], chosen["stop_share"]
    choose_first(broadcast, robot=chosen["first"], asks=asks, stop_share=share, by=actor_of(request))
    return broadcast


def _launched(request: HttpRequest, order: Order, form: LaunchForm) -> Broadcast:
    wall, until = form.wall, form.until
    return launch(
        message=order.message,
        at=order.at,
        robots=order.robots,
        name=order.draft.name,
        by=actor_of(request),
        launch_key=form.cleaned_data["launch_key"],
        planned_at=wall.moment if wall else None,
        zone=wall.zone.key if wall else settings.TIME_ZONE,
        draft=order.draft,
        seen_launches=number_of(request.POST.get("seen_launches", "")) or 0,
        uncertain_policy=form.cleaned_data["policy"],
        useful_until=until.moment if until else None,
        urgent=form.cleaned_data["urgent"],
        over_quota=form.cleaned_data["over_quota"],
        split=form.cleaned_data["split"],
        overrides=order.tailoring.overrides,
        sharing=order.composition.sharing,
        undoing=_undoing(request, order),
        recurrence=form.recurrence,
        late_limit=form.late_limit,
    )


def _undoing(request: HttpRequest, order: Order) -> Undoing:
    """With the page as it is left, so that it can stand here again."""
    plan = plan_of(order.draft, user_of(request))
    plan.without, plan.typed = [robot.pk for robot in order.left_out], typed_of(request)
    return undoing_of(plan, seconds=settings.UNDO_SECONDS)


def _not_launched(request: HttpRequest, draft: Draft, told: str) -> HttpResponse:
    flash.error(request, told)
    if request.user.has_perm("broadcasts.change_draft"):
        return redirect("broadcasts:draft_edit", pk=draft.pk)
    return redirect("broadcasts:draft_version", pk=draft.pk, number=draft.version)


def _stale(request: HttpRequest, order: Order, form: LaunchForm, stale: StaleDraft) -> HttpResponse:
    if stale.newest is None:
        flash.error(request, stale.text)
        return redirect("broadcasts:draft_list")
    return launch_page(request, _order(request, order.draft.pk), form=form, changed=True)


def _order(request: HttpRequest, pk: int, *, further: str = "") -> Order:
    return order_asked(get_object_or_404(Draft, pk=pk), request.POST, further=further)


def _as_settled(request: HttpRequest, draft: Draft) -> HttpResponse:
    """With what the person left out and typed before, here or in the dry run."""
    plan = plan_of(draft, user_of(request))
    order = order_of(draft, without=plan.without)
    if not plan.typed:
        return launch_page(request, order)
    form = fresh_form(order, typed=plan.typed)
    return launch_page(request, order, form=form, timed=LaunchForm(plan.typed, at=order.at, groups=order.groups))


def _again(request: HttpRequest, order: Order) -> HttpResponse:
    """The page with what was typed, which is kept."""
    remember(order.draft, user_of(request), without=[robot.pk for robot in order.left_out], typed=typed_of(request))
    return typed_page(request, order)
