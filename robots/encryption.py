"""Tokens and signing secrets at rest: ciphertexts that name their key, and keyed fingerprints that find a token again.

A ciphertext is `v1:<key id>:<Fernet token>`; the key id is the first 8 hex digits of the key's SHA-256, so that a
missing key can be named without trying any. The newest of settings.ENCRYPTION_KEYS encrypts, all of them decrypt.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from dingtalk.secrets import Secret

VERSION = "v1"


class CiphertextError(Exception):
    """What is stored cannot be read. The text holds nothing of it."""


class KeyMissingError(CiphertextError):
    """The ciphertext was made with a key that is not configured."""

    def __init__(self, key_id: str) -> None:
        super().__init__(f"the encryption key {key_id} is not configured")
        self.key_id = key_id


class DamagedError(CiphertextError):
    """The ciphertext is cut, changed, or none at all."""


def encrypt(text: str | Secret) -> str:
    ring = _ring()
    token = ring.fernet.encrypt(_plain(text).encode())
    return f"{VERSION}:{ring.newest}:{token.decode('ascii')}"


def decrypt(ciphertext: str) -> Secret:
    try:
        return Secret(_ring().fernet.decrypt(_token_of(ciphertext)).decode())
    except (InvalidToken, ValueError):
        raise DamagedError("an encrypted value cannot be read") from None


def reencrypt(ciphertext: str) -> str:
    """The same text under the newest key; unchanged when it already is, or when there is none."""
    ring = _ring()
    if not ciphertext or key_id_of(ciphertext) == ring.newest:
        return ciphertext
    return encrypt(decrypt(ciphertext))


def key_id_of(ciphertext: str) -> str:
    version, _first, rest = ciphertext.partition(":")
    key_id, second, _token = rest.partition(":")
    if version != VERSION or not second:
        raise DamagedError("an encrypted value has an unknown form")
    return key_id


def newest_key_id() -> str:
    return _ring().newest


def ciphertext_prefix() -> str:
    """What every ciphertext of the newest key begins with."""
    return f"{VERSION}:{newest_key_id()}:"


def fingerprint(token: str | Secret) -> str:
    """Tells whether two tokens are the same without giving either away: HMAC-SHA256 under the newest key, in hex."""
    return _fingerprint(_ring().fingerprint_keys[0], token)


def known_fingerprints(token: str | Secret) -> list[str]:
    """The fingerprint under every configured key: rows that a rotation has not reached yet have an older one."""
    return [_fingerprint(key, token) for key in _ring().fingerprint_keys]


@dataclass(frozen=True, slots=True)
class _Ring:
    newest: str
    ids: frozenset[str]
    fernet: MultiFernet
    fingerprint_keys: tuple[bytes, ...]


def _ring() -> _Ring:
    return _ring_of(tuple(settings.ENCRYPTION_KEYS))


@lru_cache(maxsize=4)
def _ring_of(keys: Sequence[str]) -> _Ring:
    if not keys:
        raise ImproperlyConfigured("DINGADMIN_ENCRYPTION_KEYS is empty: webhooks and secrets cannot be stored")
    ids = [key_id(key) for key in keys]
    return _Ring(
        newest=ids[0],
        ids=frozenset(ids),
        fernet=MultiFernet([Fernet(key) for key in keys]),
        fingerprint_keys=tuple(_fingerprint_key(key) for key in keys),
    )


def key_id(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:8]


def _fingerprint_key(key: str) -> bytes:
    # A key of its own: the encryption key is used for nothing but encryption.
    return HKDF(SHA256(), length=32, salt=None, info=b"dingadmin token fingerprint 1").derive(
        base64.urlsafe_b64decode(key)
    )


def _fingerprint(key: bytes, token: str | Secret) -> str:
    return hmac.new(key, _plain(token).encode(), hashlib.sha256).hexdigest()


def _token_of(ciphertext: str) -> bytes:
    key = key_id_of(ciphertext)
    if key not in _ring().ids:
        raise KeyMissingError(key)
    return ciphertext.split(":", maxsplit=2)[2].encode()


def _plain(text: str | Secret) -> str:
    return text.reveal() if isinstance(text, Secret) else text
