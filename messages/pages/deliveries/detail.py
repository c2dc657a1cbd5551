"""One delivery: where it stands, every call that was made for it, and the very bytes that were sent."""

from __future__ import annotations

import json

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from dingtalk.payloads import with_msg_uuid
from messages.history.chosen import earlier_one, sent_again
from messages.history.deliveries import Wanted, deliveries
from messages.history.waiting import engine_state, silent_since
from messages.models import BroadcastStatus, Delivery, DeliveryStatus
from messages.pages.deliveries.lines import line
from messages.pages.deliveries.timeline import timeline_of


@require_safe
@login_required
@permission_required("broadcasts.view_delivery", raise_exception=True)
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    delivery = _delivery(pk)
    context = {**_live(delivery), "sent": _sent(delivery), "readable": _readable(delivery)}
    return render(request, "broadcasts/deliveries/detail.html", context)


@require_safe
@login_required
@permission_required("broadcasts.view_delivery", raise_exception=True)
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that changes; asked for again and again until nothing can."""
    return render(request, "broadcasts/deliveries/_live.html", _live(_delivery(pk)))


def _delivery(pk: int) -> Delivery:
    return get_object_or_404(deliveries(Wanted()).select_related("body"), pk=pk)


def _live(delivery: Delivery) -> dict[str, object]:
    now, engine = timezone.now(), engine_state()
    changes = _may_change(delivery)
    return {
        "delivery": delivery,
        "line": line(delivery, now=now, engine=engine, later=sent_again([delivery]).get(delivery.pk)),
        "earlier": earlier_one(delivery),
        "timeline": timeline_of(delivery, now=now),
        "changes": changes,
        "undecided": delivery.status == DeliveryStatus.UNCERTAIN and not changes,
        "silent_since": silent_since(engine, now=now) if changes else None,
    }


def _may_change(delivery: Delivery) -> bool:
    if delivery.status == DeliveryStatus.UNCERTAIN:
        return delivery.due_at is not None and delivery.run.broadcast.status != BroadcastStatus.CANCELLED
    return delivery.status in (DeliveryStatus.WAITING, DeliveryStatus.SENDING)


def _sent(delivery: Delivery) -> str:
    """The bytes of every call for it, as text. A body that is no message was never sent: it stands as it is."""
    body = delivery.body.text
    try:
        return with_msg_uuid(body.encode("utf-8"), str(delivery.msg_uuid)).decode("utf-8")
    except ValueError:
        return body


def _readable(delivery: Delivery) -> str:
    try:
        return json.dumps(json.loads(_sent(delivery)), ensure_ascii=False, indent=2)
    except ValueError:
        return ""
