"""The group that gets a broadcast first, for the part of its page that changes."""

from __future__ import annotations

from django import template

from messages.history.first_group import first_group_of

register = template.Library()
register.simple_tag(first_group_of)
