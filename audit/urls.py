from __future__ import annotations

from django.urls import path

from audit.pages import entries, verify

app_name = "audit"
urlpatterns = [
    path("", entries, name="list"),
    path("verify/", verify, name="verify"),
]
