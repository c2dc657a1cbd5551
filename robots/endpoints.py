"""Where a robot is called, and with what: the only place that decrypts a token for sending."""

from __future__ import annotations

from django.conf import settings

from dingtalk.client import Target
from robots.encryption import decrypt
from robots.models import Robot


def base_url(robot: Robot) -> str:
    """The configured DingTalk, or the simulator for robots of a simulated organisation."""
    simulated = settings.DINGADMIN_SIMULATOR and robot.organisation.simulated
    return str(settings.SIMULATOR_BASE_URL if simulated else settings.DINGTALK_BASE_URL)


def target_of(robot: Robot) -> Target:
    """Raises KeyMissingError when the encryption key of the token or the secret is not configured any more."""
    secret = decrypt(robot.secret_encrypted) if robot.secret_encrypted else None
    return Target(base_url=base_url(robot), token=decrypt(robot.token_encrypted), secret=secret)


def allowed_bases() -> tuple[str, ...]:
    """The addresses whose webhooks may be pasted. Only the token is kept: no other host is ever called."""
    bases = [settings.DINGTALK_BASE_URL, settings.DINGTALK_REAL_URL]
    if settings.DINGADMIN_SIMULATOR:
        bases.append(settings.SIMULATOR_BASE_URL)
    return tuple(dict.fromkeys(str(base) for base in bases))
