"""Keeps a pasted webhook and secret over a form that has to be shown again, without showing them.

Encrypted, in a hidden field: the page holds no secret, and nobody has to paste twice because a name was taken.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from dingtalk.secrets import Secret
from robots.encryption import CiphertextError, decrypt, encrypt

_PURPOSE = "robot form 1"
_SECONDS = 2 * 3600


@dataclass(frozen=True, slots=True)
class Kept:
    token: Secret | None = None
    secret: Secret | None = None


def pack(kept: Kept) -> str:
    content = {
        "purpose": _PURPOSE,
        "until": int(time.time()) + _SECONDS,
        "token": kept.token.reveal() if kept.token else "",
        "secret": kept.secret.reveal() if kept.secret else "",
    }
    return encrypt(json.dumps(content))


def unpack(text: str) -> Kept:
    """What was kept; nothing when it is too old, was changed, or is a ciphertext of another kind."""
    try:
        content = json.loads(decrypt(text).reveal()) if text else {}
    except (CiphertextError, json.JSONDecodeError):
        return Kept()
    if not isinstance(content, dict) or content.get("purpose") != _PURPOSE or content["until"] < time.time():
        return Kept()
    return Kept(
        token=Secret(content["token"]) if content["token"] else None,
        secret=Secret(content["secret"]) if content["secret"] else None,
    )
