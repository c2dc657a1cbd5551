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
    return _base_url(simulated=robot.organisation.simulated)


def target_of(robot: Robot) -> Target:
    """Raises CiphertextError when the token or the secret cannot be decrypted any more."""
    return make_target(
        simulated=robot.organisation.simulated,
        token_encrypted=robot.token_encrypted,
        secret_encrypted=robot.secret_encrypted,
    )


def make_target(*, simulated: bool, token_encrypted: str, secret_encrypted: str) -> Target:
    """The same for who has the columns at hand and no robot."""
    return Target(
        base_url=_base_url(simulated=simulated),
        token=decrypt(token_encrypted),
        secret=decrypt(secret_encrypted) if secret_encrypted else None,
    )


def bases_of(organisation: Organisation) -> tuple[str, ...]:
    """The addresses whose webhooks may be pasted for a robot of this organisation."""
    return _simulator_bases() if organisation.simulated else _real_bases()


def allowed_bases() -> tuple[str, ...]:
    """The addresses whose webhooks may be pasted at all. Only the token is kept: no other host is ever called."""
    return (*_real_bases(), *_simulator_bases())


def _base_url(*, simulated: bool) -> str:
    if not simulated:
        return str(settings.DINGTALK_BASE_URL)
    if not settings.DINGADMIN_SIMULATOR:
        raise SimulatorOffError("the simulator is not mounted")
    return str(settings.SIMULATOR_BASE_URL)


def _real_bases() -> tuple[str, ...]:
    # With another base configured, webhooks of the real host are still what people have, and are called there.
    return tuple(dict.fromkeys((str(settings.DINGTALK_BASE_URL), str(settings.DINGTALK_REAL_URL))))


def _simulator_bases() -> tuple[str, ...]:
    return (str(settings.SIMULATOR_BASE_URL),) if settings.DINGADMIN_SIMULATOR else ()
