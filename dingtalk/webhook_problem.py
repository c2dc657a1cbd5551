"""Why a pasted webhook or secret cannot be used."""

from collections.abc import Mapping
from enum import StrEnum, auto


class WebhookProblem(StrEnum):
    EMPTY = auto()
    NOT_A_WEBHOOK = auto()  # neither a URL nor a token
    INNER_SPACE = auto()  # cut by a space or a line end: what belongs to the token cannot be known
    SEVERAL_ADDRESSES = auto()
    SECRET_WITH_ADDRESS = auto()  # webhook and SEC… in one paste
    SECRET_AS_WEBHOOK = auto()  # only a SEC… where the webhook is due
    MASKED = auto()  # copied from a page that hides part of it
    NOT_HTTPS = auto()
    OTHER_SCHEME = auto()
    USER_INFO = auto()
    OTHER_HOST = auto()
    LOOKALIKE_HOST = auto()
    OTHER_PORT = auto()
    OTHER_PATH = auto()
    SESSION_WEBHOOK = auto()  # an app's sessionWebhook: it expires after hours
    TOKEN_MISSING = auto()
    TOKEN_REPEATED = auto()
    TOKEN_MALFORMED = auto()
    SECRET_IS_URL = auto()
    SECRET_NO_PREFIX = auto()
    SECRET_INNER_SPACE = auto()
    SECRET_MASKED = auto()
    SECRET_MALFORMED = auto()


class WebhookError(ValueError):
    """What was pasted cannot be used; `code` says why. The text never holds what was pasted."""

    def __init__(self, code: WebhookProblem, params: Mapping[str, str] | None = None) -> None:
        super().__init__(code.value)
        self.code: str = code.value
        self.params: dict[str, str] = dict(params or {})
