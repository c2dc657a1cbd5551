"""Sign-in and sign-out on record. Signals, because they are how allauth and Django tell of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from audit.actors import Actor, client_address, user_actor
from audit.log import record


@receiver(user_logged_in)
def note_signed_in(*, request: HttpRequest | None, user: AbstractBaseUser, **_kwargs: Any) -> None:
    record("user.signed_in", by=user_actor(user, address=_address(request)), target=user)


@receiver(user_logged_out)
def note_signed_out(*, request: HttpRequest | None, user: AbstractBaseUser | None, **_kwargs: Any) -> None:
    """`user` is None when the session had ended before."""
    if user is not None:
        record("user.signed_out", by=user_actor(user, address=_address(request)), target=user)


@receiver(user_login_failed)
def note_sign_in_failed(
    *, credentials: Mapping[str, object], request: HttpRequest | None = None, **_kwargs: Any
) -> None:
    """The name counts only when an account has it: people type passwords into the wrong field."""
    name = str(credentials.get("username") or "")
    account = get_user_model()._default_manager.filter(username__iexact=name).first()
    detail = {} if account else {"account": "unknown"}
    record("user.sign_in_failed", by=Actor("not signed in", address=_address(request)), target=account, detail=detail)


@receiver([password_changed, password_reset, password_set])
def note_password_changed(*, request: HttpRequest, user: AbstractBaseUser, **_kwargs: Any) -> None:
    record("user.password_changed", by=user_actor(user, address=_address(request)), target=user)


def _address(request: HttpRequest | None) -> str:
    return client_address(request) if request else ""
