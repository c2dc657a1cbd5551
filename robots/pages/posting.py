from __future__ import annotations

from django.http import HttpRequest, QueryDict


def posted(request: HttpRequest) -> QueryDict | None:
    """A form's data: None when the page is only opened. An empty POST is a POST."""
    return request.POST if request.method == "POST" else None
