from __future__ import annotations

from django.urls import path

from messages.pages.notices.listing import notice_list, notice_put_away

urlpatterns = [
    path("notices/", notice_list, name="notice_list"),
    path("notices/<int:pk>/put-away/", notice_put_away, name="notice_put_away"),
]
