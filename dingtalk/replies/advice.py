"""What each reason means for whoever sent: as data."""

from collections.abc import Mapping
from dataclasses import dataclass

from dingtalk.replies.vocabulary import Concerns, Kind, ReasonKey, RobotAction

# 20 messages a minute; beyond it the robot is mute for ten minutes (documented).
MUTE_SECONDS = 600
# For a call everybody is held up by, DingTalk's documentation says to back off by 1, 2, 4 seconds: this is the first.
GLOBAL_BACKOFF_SECONDS = 1


@dataclass(frozen=True, slots=True)
class Advice:
    kind: Kind
    concerns: Concerns
    retry: bool = False
    action: RobotAction = RobotAction.NOTHING
    wait_seconds: int = 0


_MUTED = Advice(Kind.THROTTLED, Concerns.ROBOT, True, RobotAction.SILENCE, MUTE_SECONDS)
_TRANSIENT = Advice(Kind.TRANSIENT, Concerns.NOBODY, True)
_SECURITY = Advice(Kind.REFUSED_ROBOT, Concerns.ROBOT, action=RobotAction.COUNT_FAILURE)
_DEAD_ROBOT = Advice(Kind.REFUSED_ROBOT, Concerns.ROBOT, action=RobotAction.PAUSE)
_BAD_MESSAGE = Advice(Kind.REFUSED_CONTENT, Concerns.AUTHOR)
_BAD_CALL = Advice(Kind.REFUSED_CONTENT, Concerns.OPERATOR)
_UNKNOWN_FATE = Advice(Kind.UNCERTAIN, Concerns.AUTHOR)
_NOT_REACHED = Advice(Kind.UNREACHABLE, Concerns.OPERATOR, True)

ADVICE: Mapping[ReasonKey, Advice] = {
    ReasonKey.DELIVERED: Advice(Kind.DELIVERED, Concerns.NOBODY),
    ReasonKey.THROTTLED: _MUTED,
    ReasonKey.THROTTLED_EVERYWHERE: Advice(
        Kind.THROTTLED, Concerns.EVERYONE, True, RobotAction.PAUSE_ALL, GLOBAL_BACKOFF_SECONDS
    ),
    # The wait of a ban comes with the reply; this is the documented five minutes.
    ReasonKey.ADDRESS_BANNED: Advice(Kind.THROTTLED, Concerns.EVERYONE, True, RobotAction.PAUSE_ALL, 300),
    ReasonKey.QUOTA_EXHAUSTED: Advice(Kind.QUOTA, Concerns.ORGANISATION, action=RobotAction.STOP_ORGANISATION),
    ReasonKey.SERVER_BUSY: _TRANSIENT,
    ReasonKey.SERVER_EXCEPTION: _TRANSIENT,
    # No errcode, so perhaps it was taken; the documentation tells senders to retry under the same msgUuid.
    ReasonKey.SERVER_ERROR: _TRANSIENT,
    # Seen as the answer to senders that went on after a throttle. It counts as a try, because a redirect that never
    # ends has another cause: a proxy's sign-in page.
    ReasonKey.REDIRECTED: Advice(Kind.TRANSIENT, Concerns.ROBOT, True, RobotAction.SILENCE, MUTE_SECONDS),
    ReasonKey.KEYWORD_MISSING: _BAD_MESSAGE,
    # Our clock or our signature is at fault, not the robot; a second one alike makes it sure.
    ReasonKey.TIMESTAMP_INVALID: Advice(Kind.REFUSED_ROBOT, Concerns.OPERATOR, action=RobotAction.COUNT_FAILURE),
    ReasonKey.SIGN_MISMATCH: _SECURITY,
    ReasonKey.IP_NOT_ALLOWED: _SECURITY,
    ReasonKey.SECURITY_UNKNOWN: _SECURITY,
    ReasonKey.TOKEN_UNKNOWN: _DEAD_ROBOT,
    ReasonKey.TOKEN_MISSING: _SECURITY,
    ReasonKey.ROBOT_STOPPED: _DEAD_ROBOT,
    ReasonKey.ROBOT_REMOVED: _DEAD_ROBOT,
    ReasonKey.GROUP_DISSOLVED: _DEAD_ROBOT,
    ReasonKey.TOO_LONG: _BAD_MESSAGE,
    ReasonKey.JSON_MISSING: _BAD_CALL,
    ReasonKey.PARAMETER_MISSING: _BAD_CALL,
    ReasonKey.PARAM_ERROR: _BAD_CALL,
    ReasonKey.FIELD_MISSING: _BAD_MESSAGE,
    ReasonKey.FIELD_INVALID: _BAD_MESSAGE,
    ReasonKey.MSGTYPE_UNKNOWN: _BAD_CALL,
    ReasonKey.UNSAFE_LINK: _BAD_MESSAGE,
    ReasonKey.BANNED_TEXT: _BAD_MESSAGE,
    ReasonKey.BANNED_PICTURE: _BAD_MESSAGE,
    ReasonKey.BANNED_CONTENT: _BAD_MESSAGE,
    ReasonKey.WRONG_METHOD: _BAD_CALL,
    ReasonKey.WRONG_CONTENT_TYPE: _BAD_CALL,
    ReasonKey.WRONG_PATH: _BAD_CALL,
    ReasonKey.REQUEST_REFUSED: _BAD_CALL,
    ReasonKey.UNKNOWN_CODE: _BAD_MESSAGE,
    ReasonKey.HTML_REPLY: _UNKNOWN_FATE,
    ReasonKey.EMPTY_REPLY: _UNKNOWN_FATE,
    ReasonKey.BROKEN_REPLY: _UNKNOWN_FATE,
    ReasonKey.NO_ERRCODE: _UNKNOWN_FATE,
    ReasonKey.HUGE_REPLY: _UNKNOWN_FATE,
    ReasonKey.READ_TIMEOUT: _UNKNOWN_FATE,
    ReasonKey.RESET_AFTER_SEND: _UNKNOWN_FATE,
    ReasonKey.TOO_SLOW: _UNKNOWN_FATE,
    ReasonKey.WORKER_DIED: _UNKNOWN_FATE,
    ReasonKey.DNS_FAILED: _NOT_REACHED,
    ReasonKey.CONNECT_REFUSED: _NOT_REACHED,
    ReasonKey.CONNECT_TIMEOUT: _NOT_REACHED,
    ReasonKey.CONNECT_FAILED: _NOT_REACHED,
    ReasonKey.TLS_FAILED: _NOT_REACHED,
    ReasonKey.PROXY_FAILED: _NOT_REACHED,
    # A base URL that is no URL stays none: trying again is of no use.
    ReasonKey.ADDRESS_INVALID: Advice(Kind.UNREACHABLE, Concerns.OPERATOR),
}
