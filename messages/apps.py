from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagesConfig(AppConfig):
    name = "messages"
    # The default label would collide with django.contrib.messages, in silence.
    label = "broadcasts"
    verbose_name = _("Broadcasts")
