from __future__ import annotations

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from robots.models import Edition, Organisation

DEFAULT_NAME = _("Default organisation")
# Webhook messages a month (docs/protocol.md, section 4): standard edition since 2025-11-19; professional per set.
SUGGESTED_QUOTA = {Edition.STANDARD: 3_000, Edition.PROFESSIONAL: 50_000}


def default_organisation() -> Organisation:
    """The oldest one that is not simulated; made when there is none."""
    organisation = Organisation.objects.filter(simulated=False).order_by("pk").first()
    if organisation is not None:
        return organisation
    with translation.override(settings.LANGUAGE_CODE):
        name = str(DEFAULT_NAME)
    made, _created = Organisation.objects.get_or_create(name=name)
    return made
