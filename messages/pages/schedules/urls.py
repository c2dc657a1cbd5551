from __future__ import annotations

from django.urls import path

from messages.pages.schedules.series import end, move_date, restore_date, send_late, skip_date

urlpatterns = [
    path("broadcasts/<int:pk>/dates/skip/", skip_date, name="broadcast_skip_date"),
    path("broadcasts/<int:pk>/dates/restore/", restore_date, name="broadcast_restore_date"),
    path("broadcasts/<int:pk>/dates/move/", move_date, name="broadcast_move_date"),
    path("broadcasts/<int:pk>/end/", end, name="broadcast_end"),
    path("broadcasts/<int:pk>/send-late/", send_late, name="broadcast_send_late"),
]
