from __future__ import annotations

from django.urls import path

from messages.pages.broadcasts.cancel import cancel
from messages.pages.broadcasts.detail import detail, progress
from messages.pages.broadcasts.listing import broadcast_list

urlpatterns = [
    path("broadcasts/", broadcast_list, name="broadcast_list"),
    path("broadcasts/<int:pk>/", detail, name="broadcast_detail"),
    path("broadcasts/<int:pk>/progress/", progress, name="broadcast_progress"),
    path("broadcasts/<int:pk>/cancel/", cancel, name="broadcast_cancel"),
]
