from __future__ import annotations

from django.urls import path

from simulator import endpoint

app_name = "simulator"
urlpatterns = [
    path("robot/send", endpoint.send, name="send"),
    path("robot/<path:rest>", endpoint.no_such_path),
    path("elsewhere", endpoint.elsewhere, name="elsewhere"),
]
