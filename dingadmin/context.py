from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """What every page may show of the installation itself."""
    return {
        "embedded": settings.EMBEDDED,
        "simulator_mounted": settings.DINGADMIN_SIMULATOR,
        "default_zone": settings.TIME_ZONE,
    }
