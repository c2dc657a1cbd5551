"""Who did it, in the reader's language."""

from __future__ import annotations

from django import template

from audit.words import name_in_words

register = template.Library()


@register.filter
def actor(name: str) -> str:
    return name_in_words(name)
