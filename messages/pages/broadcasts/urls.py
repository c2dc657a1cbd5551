from __future__ import annotations

from django.urls import path

from messages.pages.broadcasts.cancel import cancel
from messages.pages.broadcasts.correcting import correction
from messages.pages.broadcasts.detail import detail, progress
from messages.pages.broadcasts.listing import broadcast_list
from messages.pages.broadcasts.pausing import pause, resume
from messages.pages.broadcasts.undoing import undo

urlpatterns = [
    path("broadcasts/", broadcast_list, name="broadcast_list"),
    path("broadcasts/<int:pk>/", detail, name="broadcast_detail"),
    path("broadcasts/<int:pk>/progress/", progress, name="broadcast_progress"),
    path("broadcasts/<int:pk>/pause/", pause, name="broadcast_pause"),
    path("broadcasts/<int:pk>/resume/", resume, name="broadcast_resume"),
    path("broadcasts/<int:pk>/correction/", correction, name="broadcast_correction"),
    path("broadcasts/<int:pk>/cancel/", cancel, name="broadcast_cancel"),
    path("broadcasts/<int:pk>/undo/", undo, name="broadcast_undo"),
]
