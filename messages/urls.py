from __future__ import annotations

from django.urls import URLPattern

app_name = "broadcasts"
urlpatterns: list[URLPattern] = []
