"""The signature of robots in the mode 加签 (docs/protocol.md, section 2)."""

import base64
import hashlib
import hmac


def sign(*, timestamp_ms: int, secret: str) -> str:
    """Base64, not yet URL-encoded. The secret is used whole, `SEC` included, as the key and inside the message."""
    key = secret.encode()
    message = f"{timestamp_ms}\n{secret}".encode()
    return base64.b64encode(hmac.digest(key, message, hashlib.sha256)).decode("ascii")
