from __future__ import annotations

from django.urls import path

from messages.pages.sending.stopping import resume, state, stop

urlpatterns = [
    path("sending/stop/", stop, name="sending_stop"),
    path("sending/resume/", resume, name="sending_resume"),
    path("sending/state/", state, name="sending_state"),
]
