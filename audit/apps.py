from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class AuditConfig(AppConfig):
    name = "audit"
    verbose_name = pgettext_lazy("application", "Audit")

    def ready(self) -> None:
        # Not at the top: the receivers need the models, and those are loaded only now.
        import_module("audit.signals")
