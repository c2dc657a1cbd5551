from __future__ import annotations

from django.urls import path

from messages.pages.resend.page import resend_page

urlpatterns = [path("resend/", resend_page, name="resend")]
