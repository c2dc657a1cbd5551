from __future__ import annotations

from django.urls import path

from messages.pages.broadcasts import urls as broadcasts
from messages.pages.broadcasts.first_group import go
from messages.pages.calendar import urls as calendar
from messages.pages.deliveries import urls as deliveries
from messages.pages.drafts import urls as drafts
from messages.pages.dry_run import urls as dry_run
from messages.pages.notices import urls as notices
from messages.pages.resend import urls as resend
from messages.pages.robot_tests import robot_test
from messages.pages.schedules import urls as schedules
from messages.pages.sending import urls as sending
from messages.pages.succession import succession_undo, successor
from messages.pages.templates import urls as templates

app_name = "broadcasts"
urlpatterns = [
    *broadcasts.urlpatterns,
    *calendar.urlpatterns,
    *deliveries.urlpatterns,
    *drafts.urlpatterns,
    *dry_run.urlpatterns,
    *notices.urlpatterns,
    *resend.urlpatterns,
    *schedules.urlpatterns,
    *sending.urlpatterns,
    *templates.urlpatterns,
    path("broadcasts/<int:pk>/go/", go, name="broadcast_go"),
    path("robots/<int:pk>/test/", robot_test, name="robot_test"),
    path("robots/recipients/<int:pk>/successor/", successor, name="successor"),
    path("robots/recipients/<int:pk>/successor/undo/", succession_undo, name="succession_undo"),
]
