from __future__ import annotations

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_MAINLAND = re.compile(r"1[3-9][0-9]{9}")
# 86 without a sign is the country's only before a whole number.
_MAINLAND_PREFIX = re.compile(r"^(\+|00)86|^86(?=1[0-9]{10}$)")
_OF_MAINLAND = re.compile(r"(\+|00)\s*86\D*1")
# "+area-number", as DingTalk writes numbers from outside the mainland.
_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{0,3}-[0-9]{5,13}")
_WITHOUT_DASH = re.compile(r"\+[0-9]{7,15}")
_DASHES = re.compile(r"[‐‑‒–—―−]")
_AREA = re.compile(r"^(?:\+|00)\s*([1-9][0-9]{0,3})[\s-]+(?=\S)")


def clean_mobile(text: str) -> str:
    """The number as DingTalk takes it: 11 digits from the mainland, `+area-number` from elsewhere. "" stays ""."""
    tidy = _tidied(text)
    if not tidy:
        return ""
    if tidy.startswith(("+", "00")) and not _OF_MAINLAND.match(tidy):
        return _international(tidy)
    return _mainland(re.sub(r"[\s().-]", "", tidy))


def _mainland(compact: str) -> str:
    number = _MAINLAND_PREFIX.sub("", compact)
    if _MAINLAND.fullmatch(number):
        return number
    if not (number.isascii() and number.isdecimal()):
        raise ValidationError(_("A mobile number holds digits only: 13800001234 or +852-91234567."), "mobile_invalid")
    if len(number) != 11:
        raise ValidationError(
            _("A mainland mobile number has 11 digits; this one has %(count)d."),
            "mobile_length",
            {"count": len(number)},
        )
    raise ValidationError(_("Mainland mobile numbers begin with 13 to 19."), "mobile_start")


def _tidied(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    visible = "".join(char for char in plain if unicodedata.category(char) not in {"Cf", "Cc"} or char.isspace())
    # Spreadsheets mark a number that is meant as text with an apostrophe.
    return _DASHES.sub("-", visible).strip().removeprefix("'").strip()


def _international(tidy: str) -> str:
    with_dash = _AREA.sub(r"+\1-", tidy)
    area, dash, number = with_dash.partition("-")
    candidate = f"{area}{dash}{re.sub(r'[ ().-]', '', number)}"
    if _INTERNATIONAL.fullmatch(candidate):
        return candidate
    if _WITHOUT_DASH.fullmatch(tidy):
        raise ValidationError(
            _("Write the number with a dash after the area code, as DingTalk does: +852-91234567."), "mobile_no_dash"
        )
    raise ValidationError(_("This is no mobile number; from outside the mainland: +852-91234567."), "mobile_invalid")
