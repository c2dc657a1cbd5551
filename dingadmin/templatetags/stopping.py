"""Whether all sending is stopped: every page says so, and offers to stop it only while it is not."""

from django import template
from django.template.context import Context
from django.utils import timezone

from messages.history.stopped import Stop, stop_of_all

register = template.Library()


@register.simple_tag(takes_context=True)
def stop_of_sending(context: Context) -> Stop | None:
    """Nothing for strangers: what the installation does is no business of theirs."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return None
    return stop_of_all(timezone.now())
