"""Reading what people paste where a webhook or a signing secret is due."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlsplit

from dingtalk.secrets import Secret
from dingtalk.webhook_problem import WebhookError, WebhookProblem

SEND_PATH = "/robot/send"
SESSION_PATH = "/robot/sendbysession"  # compared in lower case
DEFAULT_PORTS = {"https": 443, "http": 80}

# The token's form is not documented; all seen ones are 64 lower-case hex characters (docs/protocol.md, section 1).
_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}")
_SEEN_TOKEN = re.compile(r"[0-9a-f]{64}")
_SECRET = re.compile(r"SEC[A-Za-z0-9_-]+")
_LOOKS_SECRET = re.compile(r"SEC[A-Za-z0-9_-]{5,}")
_LABEL = re.compile(r"^[^/?#]*[:=](?=https?://)", re.IGNORECASE)  # "Webhook: https://…"
_BARE_ADDRESS = re.compile(r"[^\s/?#]+[.:][^\s/?#]+[/?#]")
_LONG_WORD = re.compile(r"[A-Za-z0-9_-]{32,}")
_MASK = re.compile(r"[*•…]|\.\.\.")
_QUOTES = "\"'`<>()[]{}“”‘’「」『』《》〈〉【】，。、；,;"


@dataclass(frozen=True, slots=True)
class Webhook:
    token: Secret


def parse_webhook(pasted: str, *, bases: Sequence[str]) -> Webhook:
    """Take the token out of what was pasted: a webhook URL of one of the bases, or the token alone.

    A timestamp and sign that came along are dropped: they are stale within the hour. The host, port and path must be a
    base's own, though only the token is kept, because a token of another product or endpoint could never work.
    """
    text = _one_piece(_tidied(pasted))
    if text.lstrip("?").startswith("access_token="):
        return Webhook(_token_of_query(text.lstrip("?")))
    if "://" in text:
        return Webhook(_token_of_url(_LABEL.sub("", text), bases))
    if _BARE_ADDRESS.match(text):
        return Webhook(_token_of_url(_with_scheme(text, bases), bases))
    return Webhook(_token(text))


def parse_secret(pasted: str) -> Secret | None:
    text = _tidied(pasted)
    if not text:
        return None
    if "://" in text or "access_token" in text:
        raise WebhookError(WebhookProblem.SECRET_IS_URL)
    if not text.startswith("SEC"):
        raise WebhookError(WebhookProblem.SECRET_NO_PREFIX)
    if re.search(r"\s", text):
        raise WebhookError(WebhookProblem.SECRET_INNER_SPACE)
    if _MASK.search(text):
        raise WebhookError(WebhookProblem.SECRET_MASKED)
    if not _SECRET.fullmatch(text):
        raise WebhookError(WebhookProblem.SECRET_MALFORMED)
    return Secret(text)


def _tidied(pasted: str) -> str:
    """Full-width forms made plain, invisible characters dropped, quotes and white space around taken off."""
    text = unicodedata.normalize("NFKC", pasted)
    text = "".join(char for char in text if unicodedata.category(char) not in {"Cf", "Cs", "Co", "Cn"})
    text = "".join(" " if unicodedata.category(char) == "Cc" else char for char in text)
    return text.strip(_QUOTES + " ")


def _one_piece(text: str) -> str:
    if not text:
        raise WebhookError(WebhookProblem.EMPTY)
    if text.count("://") > 1:
        raise WebhookError(WebhookProblem.SEVERAL_ADDRESSES)
    pieces = text.split()
    if len(pieces) == 1:
        return text
    secrets = [piece for piece in pieces if _LOOKS_SECRET.match(piece.strip(_QUOTES))]
    if secrets and len(secrets) < len(pieces):
        raise WebhookError(WebhookProblem.SECRET_WITH_ADDRESS)
    # Words around it may be dropped, and a wrapped line joined, only where the result proves itself by its form: a
    # guess would store a wrong token in silence.
    proven = [piece.strip(_QUOTES) for piece in pieces if _ends_in_seen_token(piece.strip(_QUOTES))]
    if len(proven) > 1:
        raise WebhookError(WebhookProblem.SEVERAL_ADDRESSES)
    if not proven and not _ends_in_seen_token("".join(pieces)):
        raise WebhookError(WebhookProblem.INNER_SPACE)
    return proven[0] if proven else "".join(pieces)


def _ends_in_seen_token(text: str) -> bool:
    return _SEEN_TOKEN.fullmatch(text.rpartition("access_token=")[2].partition("&")[0]) is not None


def _with_scheme(text: str, bases: Sequence[str]) -> str:
    """Browsers copy addresses without their scheme; the base of that host knows it."""
    host = re.split(r"[/?#:]", text.lower(), maxsplit=1)[0]
    schemes = [base.scheme for base in map(urlsplit, bases) if base.hostname == host]
    return f"{schemes[0] if schemes else 'https'}://{text}"


def _token_of_url(text: str, bases: Sequence[str]) -> Secret:
    try:
        url = urlsplit(text)
        port = _port(url)
    except ValueError:
        raise WebhookError(WebhookProblem.NOT_A_WEBHOOK) from None
    if url.scheme not in DEFAULT_PORTS or not url.hostname or "\\" in text:
        raise WebhookError(WebhookProblem.NOT_A_WEBHOOK)
    if "@" in url.netloc:
        raise WebhookError(WebhookProblem.USER_INFO)
    _check_place(url, port, [urlsplit(base.rstrip("/")) for base in bases])
    return _token_of_query(url.query)


def _port(url: SplitResult) -> int | None:
    return DEFAULT_PORTS.get(url.scheme) if url.port is None else url.port


def _check_place(url: SplitResult, port: int | None, bases: Sequence[SplitResult]) -> None:
    """Compare scheme, host, port and path with the bases; the first difference is the problem."""
    host = url.hostname or ""
    near = [base for base in bases if base.hostname == host]
    if not near:
        alike = any(_looks_like(host, base.hostname or "") for base in bases)
        code = WebhookProblem.LOOKALIKE_HOST if alike else WebhookProblem.OTHER_HOST
        raise WebhookError(code, {"host": _shown(host), "expected": ", ".join(base.netloc for base in bases)})
    same_scheme = [base for base in near if base.scheme == url.scheme]
    if not same_scheme:
        code = WebhookProblem.NOT_HTTPS if url.scheme == "http" else WebhookProblem.OTHER_SCHEME
        raise WebhookError(code, {"expected": near[0].scheme})
    same_port = [base for base in same_scheme if _port(base) == port]
    if not same_port:
        raise WebhookError(WebhookProblem.OTHER_PORT, {"port": str(port), "expected": str(_port(same_scheme[0]))})
    if url.path not in [base.path + SEND_PATH for base in same_port]:
        session = url.path.lower().endswith(SESSION_PATH)
        code = WebhookProblem.SESSION_WEBHOOK if session else WebhookProblem.OTHER_PATH
        raise WebhookError(code, {"path": _shown(url.path), "expected": same_port[0].path + SEND_PATH})


def _looks_like(host: str, base_host: str) -> bool:
    """Whether the host borrows the base's name without belonging to its domain (oapi.dingtalk.com.evil.example)."""
    domain = ".".join(base_host.split(".")[-2:])
    if host == domain or host.endswith(f".{domain}"):
        return False
    name = domain.split(".", maxsplit=1)[0]
    return not host.isascii() or host.startswith("xn--") or ".xn--" in host or (not name.isdigit() and name in host)


def _token_of_query(query: str) -> Secret:
    values = [value for name, value in parse_qsl(query, keep_blank_values=True) if name == "access_token"]
    if len(values) > 1:
        raise WebhookError(WebhookProblem.TOKEN_REPEATED)
    if not values or not values[0].strip():
        raise WebhookError(WebhookProblem.TOKEN_MISSING)
    return _token(values[0].strip())


def _token(text: str) -> Secret:
    if text.upper().startswith("SEC"):
        raise WebhookError(WebhookProblem.SECRET_AS_WEBHOOK)
    if _MASK.search(text):
        raise WebhookError(WebhookProblem.MASKED)
    if _TOKEN.fullmatch(text):
        return Secret(text)
    is_word = re.fullmatch(r"[\x21-\x7e]+", text)
    code = WebhookProblem.TOKEN_MALFORMED if is_word else WebhookProblem.NOT_A_WEBHOOK
    raise WebhookError(code, {"length": str(len(text))})


def _shown(part: str) -> str:
    """A piece of the URL for an error text; a token that was pasted in its place is hidden."""
    return _LONG_WORD.sub("***", part)[:100]
