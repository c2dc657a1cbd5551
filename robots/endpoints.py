"""Where a robot is called, and with what. No pasted URL decides it: only settings and the organisation's mark do."""

from __future__ import annotations

from django.conf import settings

from dingtalk.client import Target
from robots.encryption import decrypt
from robots.models import Organisation, Robot


class SimulatorOffError(Exception):
    """A robot of a simulated organisation has nowhere to be called while the simulator is not mounted."""


def base_url(robot: Robot) -> str:
    """The configured DingTalk, or the simulator for robots of a simulated organisation, and never the other way."""
    if not robot.organisation.simulated:
        return str(settings.DINGTALK_BASE_URL)
    if not settings.DINGADMIN_SIMULATOR:
        raise SimulatorOffError(robot.name)
    return str(settings.SIMULATOR_BASE_URL)


def target_of(robot: Robot) -> Target:
    """The only place that decrypts a token for sending. Raises CiphertextError when it cannot be read."""
    secret = decrypt(robot.secret_encrypted) if robot.has_secret else None
    return Target(base_url=base_url(robot), token=decrypt(robot.token_encrypted), secret=secret)


def bases_of(organisation: Organisation) -> tuple[str, ...]:
    """The addresses whose webhooks may be pasted for a robot of this organisation."""
    return _simulator_bases() if organisation.simulated else _real_bases()


def allowed_bases() -> tuple[str, ...]:
    """The addresses whose webhooks may be pasted at all. Only the token is kept: no other host is ever called."""
    return (*_real_bases(), *_simulator_bases())


def _real_bases() -> tuple[str, ...]:
    # With another base configured, webhooks of the real host are still what people have, and are called there.
    return tuple(dict.fromkeys((str(settings.DINGTALK_BASE_URL), str(settings.DINGTALK_REAL_URL))))


def _simulator_bases() -> tuple[str, ...]:
    return (str(settings.SIMULATOR_BASE_URL),) if settings.DINGADMIN_SIMULATOR else ()
