"""A robot's token and signing secret: set together with the date that people see, and never read back."""

from __future__ import annotations

from enum import Enum
from typing import Literal

from django.utils import timezone

from dingtalk.secrets import Secret
from robots.encryption import encrypt, fingerprint, known_fingerprints
from robots.models import Robot

TOKEN_FIELDS = ("token_encrypted", "token_fingerprint", "token_set_at")
SECRET_FIELDS = ("secret_encrypted", "secret_set_at")


class Keep(Enum):
    KEEP = "keep"


KEEP = Keep.KEEP

# A new secret, None for none, KEEP for the one that is there.
NewSecret = Secret | Literal[Keep.KEEP] | None


class TokenTakenError(Exception):
    """The webhook belongs to `robot` already."""

    def __init__(self, robot: Robot) -> None:
        super().__init__(f"robot {robot.pk} has this webhook")
        self.robot = robot


def set_token(robot: Robot, token: Secret) -> None:
    robot.token_encrypted = encrypt(token)
    robot.token_fingerprint = fingerprint(token)
    robot.token_set_at = timezone.now()


def set_secret(robot: Robot, secret: Secret | None) -> None:
    robot.secret_encrypted = encrypt(secret) if secret else ""
    robot.secret_set_at = timezone.now() if secret else None


def refuse_taken(token: Secret, *, but: Robot | None = None) -> None:
    """Raise TokenTakenError when another robot has the token, under whichever of the configured keys."""
    robots = Robot.objects.filter(token_fingerprint__in=known_fingerprints(token))
    taken = robots.exclude(pk=but.pk if but else 0).first()
    if taken:
        raise TokenTakenError(taken)


def replace_credentials(robot: Robot, *, token: Secret | None, secret: NewSecret) -> dict[str, str]:
    """Set what is new on the instance; what was done, in words for the audit entry."""
    done: dict[str, str] = {}
    if token is not None:
        set_token(robot, token)
        done["webhook"] = "replaced"
    if secret is not KEEP and (secret or robot.has_secret):
        done["secret"] = ("replaced" if robot.has_secret else "set") if secret else "removed"
        set_secret(robot, secret)
    return done
