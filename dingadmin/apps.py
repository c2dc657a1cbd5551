from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps

from dingadmin import checks, server_checks  # noqa: F401  to import them is to register them


class DingAdminConfig(AppConfig):
    name = "dingadmin"
    verbose_name = "DingAdmin"


class AdminConfig(admin_apps.AdminConfig):
    default_site = "dingadmin.admin_site.AdminSite"
