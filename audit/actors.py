"""Who did it, and from where: handed to every service that changes something."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (user_id set), a command, or the system. `address` is an IP address or the command's name."""

    name: str
    user_id: int | None = None
    address: str = ""


SYSTEM = Actor(name="system")


def command_actor(name: str) -> Actor:
    return Actor(name="command line", address=f"manage.py {name}")


def user_actor(user: AbstractBaseUser | AnonymousUser, *, address: str = "") -> Actor:
    return Actor(name=user.get_username(), user_id=user.pk, address=address)


def actor_of(request: HttpRequest) -> Actor:
    return user_actor(request.user, address=client_address(request))


def client_address(request: HttpRequest) -> str:
    """The caller's IP address; behind N trusted proxies the N-th from the right of X-Forwarded-For."""
    remote = str(request.META.get("REMOTE_ADDR", ""))
    count = int(settings.TRUSTED_PROXIES)
    if not count:
        return remote
    hops = [hop.strip() for hop in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",") if hop.strip()]
    return hops[-count] if len(hops) >= count else remote
