"""Saying that something was done, with a button beside it that takes it back."""

from __future__ import annotations

from django.contrib import messages as flash
from django.http import HttpRequest


def done(request: HttpRequest, text: str, *, undo_url: str) -> None:
    """`undo_url` is posted to, as it stands: it names everything that is to be taken back."""
    flash.success(request, text, extra_tags=undo_url)  # templates/ui/_flash.html draws the button
