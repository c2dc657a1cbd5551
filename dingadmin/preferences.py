"""What a browser, not an account, remembers: the theme (the language is Django's own view). Open to strangers too."""

from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

THEMES: Final = ("light", "dark", "auto")
THEME_COOKIE: Final = "theme"
A_YEAR: Final = 365 * 24 * 3600


def chosen_theme(request: HttpRequest | None) -> str:
    """light, dark, or auto when nothing (or nonsense) was chosen."""
    theme = request.COOKIES.get(THEME_COOKIE, "") if request else ""
    return theme if theme in THEMES else "auto"


@login_not_required
@require_POST
def set_theme(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        return HttpResponseBadRequest(_("There is no such theme."))
    response = HttpResponseRedirect(_way_back(request))
    response.set_cookie(
        THEME_COOKIE, theme, max_age=A_YEAR, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


def _way_back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if safe else "/"
