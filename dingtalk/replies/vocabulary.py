"""The words in which every outcome of a call is told."""

from dataclasses import dataclass
from enum import StrEnum, auto


class Kind(StrEnum):
    DELIVERED = auto()  # errcode 0, and nothing else
    THROTTLED = auto()  # not taken; later it will be, and the wait costs no try
    REFUSED_CONTENT = auto()  # this message, or the way it was called, will never be taken
    REFUSED_ROBOT = auto()  # this robot takes nothing until a person mends it
    QUOTA = auto()  # the organisation has nothing left this month
    TRANSIENT = auto()  # DingTalk's own fault; may be tried again under the same msgUuid, a few times
    UNREACHABLE = auto()  # failed before anything was sent
    UNCERTAIN = auto()  # sent, and nobody can know what became of it


class Concerns(StrEnum):
    """Who has to know, or to act."""

    NOBODY = auto()
    AUTHOR = auto()
    ROBOT = auto()  # whoever looks after this robot
    ORGANISATION = auto()
    OPERATOR = auto()  # of this installation
    EVERYONE = auto()


class RobotAction(StrEnum):
    NOTHING = auto()
    SILENCE = auto()  # no call to this robot for wait_seconds
    PAUSE = auto()  # no call until a person has mended it
    COUNT_FAILURE = auto()  # one more in a row; whoever counts decides when to pause
    STOP_ORGANISATION = auto()
    PAUSE_ALL = auto()  # no call at all for wait_seconds


class ReasonKey(StrEnum):
    """Why, for people: the texts are kept elsewhere, under these keys."""

    DELIVERED = auto()

    THROTTLED = auto()
    THROTTLED_EVERYWHERE = auto()
    ADDRESS_BANNED = auto()
    QUOTA_EXHAUSTED = auto()

    SERVER_BUSY = auto()
    SERVER_EXCEPTION = auto()
    SERVER_ERROR = auto()
    REDIRECTED = auto()

    KEYWORD_MISSING = auto()
    TIMESTAMP_INVALID = auto()
    SIGN_MISMATCH = auto()
    IP_NOT_ALLOWED = auto()
    SECURITY_UNKNOWN = auto()

    TOKEN_UNKNOWN = auto()
    TOKEN_MISSING = auto()
    ROBOT_STOPPED = auto()
    ROBOT_REMOVED = auto()
    GROUP_DISSOLVED = auto()

    TOO_LONG = auto()
    JSON_MISSING = auto()
    PARAMETER_MISSING = auto()
    PARAM_ERROR = auto()
    FIELD_MISSING = auto()
    FIELD_INVALID = auto()
    MSGTYPE_UNKNOWN = auto()
    UNSAFE_LINK = auto()
    BANNED_TEXT = auto()
    BANNED_PICTURE = auto()
    BANNED_CONTENT = auto()
    WRONG_METHOD = auto()
    WRONG_CONTENT_TYPE = auto()
    WRONG_PATH = auto()
    REQUEST_REFUSED = auto()
    UNKNOWN_CODE = auto()

    HTML_REPLY = auto()
    EMPTY_REPLY = auto()
    BROKEN_REPLY = auto()
    NO_ERRCODE = auto()
    HUGE_REPLY = auto()
    READ_TIMEOUT = auto()
    RESET_AFTER_SEND = auto()
    TOO_SLOW = auto()
    WORKER_DIED = auto()

    DNS_FAILED = auto()
    CONNECT_REFUSED = auto()
    CONNECT_TIMEOUT = auto()
    CONNECT_FAILED = auto()
    TLS_FAILED = auto()
    PROXY_FAILED = auto()
    ADDRESS_INVALID = auto()


class Mark(StrEnum):
    """How sure a fact about DingTalk is (docs/protocol.md)."""

    DOCUMENTED = "D"
    SEEN = "S"
    PROBED = "P"
    GUESSED = "G"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One call, judged."""

    kind: Kind
    reason: str  # a ReasonKey
    errcode: int | None
    errmsg: str  # DingTalk's own text as it came, cleaned, at most 2,000 characters; see description()
    http_status: int | None
    concerns: Concerns
    retry: bool  # whether to try again without asking anybody
    action: RobotAction
    wait_seconds: int  # at least this long before the next try; 0: the usual back-off
    clock_skew_seconds: int | None  # our clock minus DingTalk's, when it refused our timestamp and told its own time
