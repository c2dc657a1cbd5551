"""An organisation's monthly budget, on pages of apps that know nothing of messages."""

from __future__ import annotations

from django import template
from django.utils import timezone

from messages.history.quota import QuotaUse, quota_use
from robots.models import Organisation

register = template.Library()


@register.simple_tag
def quota_of(organisation: Organisation) -> QuotaUse:
    return quota_use(organisation, now=timezone.now())
