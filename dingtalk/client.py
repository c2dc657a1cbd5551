"""One call of /robot/send, from bytes to outcome. It never raises for what the network does."""

import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from time import monotonic
from urllib.parse import urlsplit

import requests
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError

from dingtalk.faults import reason_of
from dingtalk.replies import Outcome, ReasonKey, classify, failure, read_text
from dingtalk.secrets import Secret
from dingtalk.text import clean_text
from dingtalk.transport import CallState, call_until, make_session
from dingtalk.webhook import mask, masked_url, send_url

__all__ = ["Call", "Client", "Limits", "Target", "make_session"]

MAX_RAW = 2_000
_CHUNK_BYTES = 8_192
_SIGN = re.compile(r"\bsign=[^&\s\"'<>\\]+")


@dataclass(frozen=True, slots=True)
class Target:
    base_url: str
    token: Secret
    secret: Secret | None


@dataclass(frozen=True, slots=True)
class Limits:
    """total_seconds bounds everything but the look-up of the host's name, for which there is no bound in Python, and a
    host with several dead addresses, each of which may take connect_seconds."""

    connect_seconds: float = 3.0
    read_seconds: float = 10.0
    total_seconds: float = 15.0
    reply_bytes: int = 65_536


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Call:
    """What to keep of one call. Nothing in it holds the token, the secret or the signature."""

    outcome: Outcome
    started_ms: int
    duration_ms: int
    masked_url: str
    raw: str  # the reply as text, cleaned, at most 2,000 characters


@dataclass(slots=True)
class _Reply:
    """A reply as far as it was read."""

    status: int
    headers: CaseInsensitiveDict[str]
    body: bytearray
    truncated: bool = False


class Client:
    """Safe to share between threads, as far as the session's adapter is (requests' own and ours are)."""

    def __init__(
        self, session: requests.Session, *, limits: Limits = DEFAULT_LIMITS, now_ms: Callable[[], int]
    ) -> None:
        self._session = session
        self._limits = limits
        self._now_ms = now_ms

    def send(self, target: Target, body: bytes) -> Call:
        """Post the body, msgUuid included, with a signature made now."""
        started_ms, started = self._now_ms(), monotonic()
        with call_until(started + self._limits.total_seconds) as state:
            outcome, raw = self._outcome(target, body, started_ms, state)
        return Call(
            outcome=outcome,
            started_ms=started_ms,
            duration_ms=round((monotonic() - started) * 1000),
            masked_url=masked_url(
                base_url=target.base_url,
                token=target.token.reveal(),
                signed=target.secret is not None,
                timestamp_ms=started_ms,
            ),
            raw=raw,
        )

    def _outcome(self, target: Target, body: bytes, now_ms: int, state: CallState) -> tuple[Outcome, str]:
        if not _is_address(target.base_url):
            return failure(ReasonKey.ADDRESS_INVALID), ""
        reply: _Reply | None = None
        try:
            with closing(self._post(_request(target, body, now_ms))) as response:
                reply = _Reply(response.status_code, response.headers, bytearray())
                self._read(response, reply, state)
        except (requests.RequestException, HTTPError, OSError) as error:
            reason = reason_of(error, sent=state.sent, late=monotonic() >= state.deadline)
            # A 5xx says all it has to say by its status; else a reply that broke off says nothing.
            if reply is None:
                return failure(reason), ""
            if reply.status < 500:
                return replace(failure(reason), http_status=reply.status), _shown(reply, target)
            reply.truncated = True
        outcome = classify(
            http_status=reply.status,
            headers=reply.headers,
            body=bytes(reply.body),
            truncated=reply.truncated,
            now_ms=now_ms,
        )
        return replace(outcome, errmsg=_without_secrets(outcome.errmsg, target)), _shown(reply, target)

    def _post(self, request: requests.PreparedRequest) -> requests.Response:
        # By the adapter and not by session.send(): that one reads the whole body of a redirect before we can bound it.
        return self._session.get_adapter(request.url or "").send(
            request,
            stream=True,
            timeout=(self._limits.connect_seconds, self._limits.read_seconds),
            verify=True,
            proxies=self._session.proxies,
        )

    def _read(self, response: requests.Response, reply: _Reply, state: CallState) -> None:
        """Read to the end, or as much as is allowed; what was read stays in the reply when it breaks off."""
        limit = self._limits.reply_bytes
        while len(reply.body) <= limit:
            chunk = response.raw.read1(min(_CHUNK_BYTES, limit + 1 - len(reply.body)), decode_content=False)
            if not chunk:
                return
            reply.body += chunk
            if monotonic() >= state.deadline:
                raise TimeoutError
        del reply.body[limit:]
        reply.truncated = True


def _is_address(base_url: str) -> bool:
    """Asked first, because requests answers some broken addresses with errors that are not its own."""
    try:
        url = urlsplit(base_url)
        return url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError:
        return False


def _request(target: Target, body: bytes, now_ms: int) -> requests.PreparedRequest:
    """By hand: the URL is encoded already, and there is no environment, cookie or netrc to look up."""
    request = requests.PreparedRequest()
    request.method = "POST"
    request.url = send_url(
        base_url=target.base_url,
        token=target.token.reveal(),
        secret=target.secret.reveal() if target.secret else None,
        timestamp_ms=now_ms,
    )
    request.headers = CaseInsensitiveDict(
        {
            "Content-Type": "application/json; charset=utf-8",
            "Content-Length": str(len(body)),
            "Accept": "application/json",
            "Accept-Encoding": "identity",  # what is not compressed cannot unfold into gigabytes
            "User-Agent": "DingAdmin",
        }
    )
    request.body = body
    return request


def _without_secrets(text: str, target: Target) -> str:
    """Error pages of proxies and gateways like to repeat the URL. To be asked of text that is clean already."""
    token = target.token.reveal()
    text = text.replace(token, mask(token)) if token else text
    if target.secret:
        text = text.replace(target.secret.reveal(), "***")
    return _SIGN.sub("sign=***", text)


def _shown(reply: _Reply, target: Target) -> str:
    text = clean_text(read_text(bytes(reply.body), reply.headers))
    return _without_secrets(text, target)[:MAX_RAW]
