"""Deliveries and refusals as lines of plain text, in the active language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from messages.management.arguments import Refusal
from messages.models import Attempt, Delivery, DeliveryStatus
from messages.reasons import explain


def refusal_line(refusal: Refusal) -> str:
    return f"{refusal.robot}: {refusal.text}" if refusal.robot else refusal.text


def counts_line(counts: Mapping[str, int]) -> str:
    """Only what there is, in the order of the states: `Delivered 2, Failed 1`."""
    shown = [f"{status.label} {counts[status]}" for status in DeliveryStatus if counts[status]]
    return _(", ").join(shown)


def delivery_line(delivery: Delivery) -> str:
    told = [str(DeliveryStatus(delivery.status).label)]
    if delivery.errcode is not None:
        told.append(f"errcode {delivery.errcode}")
    words = {"robot": _named(delivery), "state": _(", ").join(told)}
    if not delivery.reason:
        return _("%(robot)s: %(state)s.") % words
    return _("%(robot)s: %(state)s. %(reason)s") % {**words, "reason": explain(delivery.reason).title}


def _named(delivery: Delivery) -> str:
    return f"{delivery.robot_name} ({delivery.part}/{delivery.parts})" if delivery.is_part else delivery.robot_name


def attempt_lines(delivery: Delivery) -> Iterator[str]:
    for attempt in delivery.attempts.all():
        yield f"  {attempt.number}. {_attempt(attempt)}"


def _attempt(attempt: Attempt) -> str:
    started = attempt.started_at.astimezone(ZoneInfo(settings.TIME_ZONE))
    answered = [f"HTTP {attempt.http_status}"] if attempt.http_status is not None else [_("no answer")]
    if attempt.errcode is not None:
        answered.append(f"errcode {attempt.errcode}")
    return ", ".join([f"{started:%Y-%m-%d %H:%M:%S}", f"{attempt.duration_ms} ms", *answered])
