from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from dingadmin.demo_pages import demo_remove
from dingadmin.preferences import set_theme
from dingadmin.system.metrics import metrics
from dingadmin.system.page import system, system_live
from dingadmin.system.probes import healthz, readyz
from messages.pages.overview import overview

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.account.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("system/", system, name="system"),
    path("system/live/", system_live, name="system_live"),
    path("theme/", set_theme, name="set_theme"),
    # Also without the simulator: the rows of a demo may outlive it.
    path("demo/remove/", demo_remove, name="demo_remove"),
    path("robots/", include("robots.urls")),
    path("audit/", include("audit.urls")),
    path("", overview, name="overview"),
    path("", include("messages.urls")),
]
if settings.DINGADMIN_SIMULATOR:
    urlpatterns.append(path("simulator/", include("simulator.urls")))
