from __future__ import annotations

import base64
from collections.abc import Callable

import pytest
from django.core.exceptions import ImproperlyConfigured

from dingtalk.secrets import Secret
from robots.encryption import (
    DamagedError,
    KeyMissingError,
    decrypt,
    encrypt,
    fingerprint,
    key_id,
    key_id_of,
    known_fingerprints,
    reencrypt,
)

TOKEN = "f" * 60 + "0001"
OLD = base64.urlsafe_b64encode(b"an-old-key-of-thirty-two-bytes-0").decode()
NEW = base64.urlsafe_b64encode(b"a-newer-key-of-thirty-two-bytes1").decode()


def test_what_was_encrypted_comes_back_as_a_secret() -> None:
    assert decrypt(encrypt(TOKEN)) == Secret(TOKEN)
    assert decrypt(encrypt(Secret("SECtest-not-real"))).reveal() == "SECtest-not-real"


def test_a_ciphertext_names_its_version_and_its_key(settings: object) -> None:
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    ciphertext = encrypt(TOKEN)
    assert ciphertext.startswith(f"v1:{key_id(NEW)}:")
    assert key_id_of(ciphertext) == key_id(NEW)
    assert TOKEN not in ciphertext


def test_the_same_text_is_never_encrypted_alike() -> None:
    assert encrypt(TOKEN) != encrypt(TOKEN)


def test_an_older_key_still_decrypts(settings: object) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    ciphertext = encrypt(TOKEN)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    assert decrypt(ciphertext).reveal() == TOKEN
    assert key_id_of(reencrypt(ciphertext)) == key_id(NEW)
    assert reencrypt("") == ""


def test_a_missing_key_is_named(settings: object) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    ciphertext = encrypt(TOKEN)
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(KeyMissingError, match=key_id(OLD)) as caught:
        decrypt(ciphertext)
    assert caught.value.key_id == key_id(OLD)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda text: text[:-6], id="cut"),
        pytest.param(lambda text: text[:12], id="key id alone"),
        pytest.param(lambda text: text[:60] + ("B" if text[60] == "A" else "A") + text[61:], id="changed"),
    ],
)
def test_a_damaged_ciphertext_is_refused(damage: Callable[[str], str]) -> None:
    with pytest.raises(DamagedError):
        decrypt(damage(encrypt(TOKEN)))


@pytest.mark.parametrize("text", ["", "plain", "v1:abc", "v2:00000000:gAAA", TOKEN])
def test_what_is_no_ciphertext_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(DamagedError) as caught:
        decrypt(text)
    assert TOKEN not in str(caught.value)


def test_fingerprints_tell_tokens_apart_and_give_none_away(settings: object) -> None:
    settings.ENCRYPTION_KEYS = [NEW]
    assert fingerprint(TOKEN) == fingerprint(Secret(TOKEN))
    assert fingerprint(TOKEN) != fingerprint(TOKEN[:-1] + "2")
    assert len(fingerprint(TOKEN)) == 64
    assert TOKEN not in fingerprint(TOKEN)


def test_known_fingerprints_begin_with_the_newest_key(settings: object) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    old = fingerprint(TOKEN)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    assert known_fingerprints(TOKEN) == [fingerprint(TOKEN), old]
    assert fingerprint(TOKEN) != old


def test_without_keys_nothing_is_stored(settings: object) -> None:
    settings.ENCRYPTION_KEYS = []
    with pytest.raises(ImproperlyConfigured, match="DINGADMIN_ENCRYPTION_KEYS"):
        encrypt(TOKEN)
