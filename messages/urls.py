from __future__ import annotations

from django.urls import path

from messages.pages.robot_tests import robot_test

app_name = "broadcasts"
urlpatterns = [
    path("robots/<int:pk>/test/", robot_test, name="robot_test"),
]
