"""The product itself: its keys, its simulator, its versions."""

from __future__ import annotations

import platform

import celery
import django
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dingadmin.system.parts import ATTENTION, BROKEN, Fact, Finding, Part
from robots.encryption import key_id, newest_key_id
from robots.models import Robot
from robots.services.keys import keys_in_use


def product_parts() -> list[Part]:
    return [_keys(), _simulator(), _versions()]


def _keys() -> Part:
    newest, known = newest_key_id(), {key_id(key) for key in settings.ENCRYPTION_KEYS}
    in_use = keys_in_use()
    facts = [Fact(key, _values(count, newest=key == newest)) for key, count in ({newest: 0} | in_use).items()]
    findings = []
    if set(in_use) - known:
        advice = _("Values under a key that is missing cannot be read: put it back into DINGADMIN_ENCRYPTION_KEYS.")
        findings.append(Finding(BROKEN, advice))
    if set(in_use) & known - {newest}:
        advice = _(
            "Some values have an older key: run manage.py rotate_keys before it is taken away (docs/operations.md)."
        )
        findings.append(Finding(ATTENTION, advice))
    return Part("keys", _("Encryption keys"), facts, findings)


def _values(count: int, *, newest: bool) -> str:
    text = ngettext("%(count)d value", "%(count)d values", count) % {"count": count}
    return _("%(values)s · newest, encrypts") % {"values": text} if newest else text


def _simulator() -> Part:
    mounted = settings.DINGADMIN_SIMULATOR
    simulated = Robot.objects.filter(organisation__simulated=True).count()
    facts = [Fact(_("Simulated robots"), simulated)]
    findings = []
    if mounted and not settings.EMBEDDED:
        advice = _("The simulator is mounted in production: unset DINGADMIN_SIMULATOR.")
        findings.append(Finding(BROKEN, advice))
    if simulated and not mounted:
        advice = _("Simulated robots cannot be called without the simulator: delete them, or mount it.")
        findings.append(Finding(ATTENTION, advice))
    unused = "" if mounted or simulated else _("It is not mounted.")
    return Part("simulator", _("Simulator"), facts, findings, unused)


def _versions() -> Part:
    facts = [
        Fact("DingAdmin", settings.VERSION),
        Fact("Django", django.get_version()),
        Fact("Celery", celery.__version__),
        Fact("Python", platform.python_version()),
        Fact(_("Operating system"), f"{platform.system()} {platform.machine()}"),
    ]
    return Part("versions", _("Software"), facts)
