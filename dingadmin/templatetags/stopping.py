"""The banner that stands on every page while all sending is stopped."""

from django import template
from django.template.context import Context
from django.utils import timezone

from messages.history.stopped import stop_of_all

register = template.Library()


@register.inclusion_tag("broadcasts/sending/_banner.html", takes_context=True)
def stop_banner(context: Context) -> dict[str, object]:
    """Nothing for strangers: what the installation does is no business of theirs."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return {"stop": None}
    return {"stop": stop_of_all(timezone.now()), "perms": context.get("perms")}
