from __future__ import annotations

from django import template

from robots.masking import mask_mobile

register = template.Library()


@register.filter
def masked(mobile: str) -> str:
    """A mobile number as pages may show it."""
    return mask_mobile(mobile)
