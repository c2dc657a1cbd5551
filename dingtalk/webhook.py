"""Webhook URLs: reading what people paste, building what is called, masking what is shown."""

from urllib.parse import quote

from dingtalk.pasted import SEND_PATH, Webhook, parse_secret, parse_webhook
from dingtalk.signing import sign
from dingtalk.webhook_problem import WebhookError, WebhookProblem

__all__ = [
    "Webhook",
    "WebhookError",
    "WebhookProblem",
    "mask",
    "masked_url",
    "parse_secret",
    "parse_webhook",
    "send_url",
]


def mask(token: str) -> str:
    """Enough to tell two robots apart, nothing of a token so short that four characters would give it away."""
    return f"{token[:4]}…{token[-4:]}" if len(token) >= 32 else "***"


def send_url(*, base_url: str, token: str, secret: str | None, timestamp_ms: int) -> str:
    """The URL to call, every value encoded exactly once: `%2B` in a sign encoded twice is "sign not match"."""
    url = f"{base_url.rstrip('/')}{SEND_PATH}?access_token={quote(token, safe='')}"
    if secret is None:
        return url
    signature = quote(sign(timestamp_ms=timestamp_ms, secret=secret), safe="")
    return f"{url}&timestamp={timestamp_ms}&sign={signature}"


def masked_url(*, base_url: str, token: str, signed: bool, timestamp_ms: int) -> str:
    """The URL as people and logs may see it."""
    url = f"{base_url.rstrip('/')}{SEND_PATH}?access_token={mask(token)}"
    return f"{url}&timestamp={timestamp_ms}&sign=***" if signed else url
