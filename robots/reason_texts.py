"""Every reason key with its two texts: what happened, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dingtalk.replies import ReasonKey

Text = str | Promise

_BUSY = _("It is tried again a few times. If it stays so for long, look at DingTalk's service notices.")
_NOT_US = _("Nothing was sent. It is tried again. If it stays so, the network of this server needs care.")
_UNCERTAIN = _("Look into the group: only there can one see whether it arrived.")
_OURS = _("This is an error of DingAdmin or of something between it and DingTalk. Tell whoever runs this installation.")
_NEW_ROBOT = _("Add a new robot to the group in DingTalk and paste its webhook here.")
_REWRITE = _("Change the message and send it again.")

UNKNOWN: tuple[Text, Text] = (
    _("DingTalk gave a reason that is not known here."),
    _("The raw answer stands in the history of the delivery."),
)

_LIMITS: Mapping[ReasonKey, tuple[Text, Text]] = {
    ReasonKey.DELIVERED: (_("DingTalk took the message."), ""),
    ReasonKey.THROTTLED: (
        _("Too many messages a minute for this robot."),
        _("DingTalk mutes the robot for ten minutes. What waits goes out by itself afterwards, in order."),
    ),
    ReasonKey.THROTTLED_EVERYWHERE: (
        _("DingTalk takes no calls for the moment."),
        _("Everything waits a little and goes out by itself."),
    ),
    ReasonKey.ADDRESS_BANNED: (
        _("DingTalk has shut out this server for some minutes: too many calls from its address."),
        _("All sending waits and goes on by itself. Other programs behind the same address count, too."),
    ),
    ReasonKey.QUOTA_EXHAUSTED: (
        _("The organisation's monthly quota is used up."),
        _("Buy more in DingTalk's admin console, then raise the quota here; or wait for the next month."),
    ),
}
_DINGTALK: Mapping[ReasonKey, tuple[Text, Text]] = {
    ReasonKey.SERVER_BUSY: (_("DingTalk was busy."), _BUSY),
    ReasonKey.SERVER_EXCEPTION: (_("DingTalk had an error of its own."), _BUSY),
    ReasonKey.SERVER_ERROR: (_("DingTalk's server answered with an error."), _BUSY),
    ReasonKey.REDIRECTED: (
        _("DingTalk sent us to another address instead of answering."),
        _("It does so to robots that send too fast. If it stays so, a proxy may be asking for a sign-in."),
    ),
}
_ROBOT: Mapping[ReasonKey, tuple[Text, Text]] = {
    ReasonKey.KEYWORD_MISSING: (
        _("The message holds none of the robot's keywords."),
        _(
            "Put one of the keywords into the message. "
            "Note the robot's keywords here, so that it is checked beforehand."
        ),
    ),
    ReasonKey.TIMESTAMP_INVALID: (
        _("DingTalk found the signature's time too old or too new."),
        _("The clock of this server is wrong by more than an hour. Whoever runs it has to set it right."),
    ),
    ReasonKey.SIGN_MISMATCH: (
        _("The signature does not fit: the signing secret is wrong or missing."),
        _("Copy the secret (SEC…) from the robot's security settings in DingTalk and set it here, then send a test."),
    ),
    ReasonKey.IP_NOT_ALLOWED: (
        _("The address of this server is not among the robot's IP ranges."),
        _("Add this server's address to the robot's security settings in DingTalk, then send a test."),
    ),
    ReasonKey.SECURITY_UNKNOWN: (
        _("One of the robot's security settings refused the message."),
        _("Compare keywords, secret and IP ranges here with those in DingTalk, then send a test."),
    ),
    ReasonKey.TOKEN_UNKNOWN: (
        _("DingTalk does not know this webhook: the robot was removed or its webhook was reset."),
        _("Copy the webhook from the robot's settings in the group again and set it here."),
    ),
    ReasonKey.TOKEN_MISSING: (_("The call had no webhook code."), _OURS),
    ReasonKey.ROBOT_STOPPED: (
        _("The robot was switched off in DingTalk."),
        _("Someone who manages the group can switch it on again. Then send a test."),
    ),
    ReasonKey.ROBOT_REMOVED: (_("The robot is no longer in the group."), _NEW_ROBOT),
    ReasonKey.GROUP_DISSOLVED: (
        _("The group was dissolved."),
        _("Delete this robot here, or add one in the group that took its place."),
    ),
}
_MESSAGE: Mapping[ReasonKey, tuple[Text, Text]] = {
    ReasonKey.TOO_LONG: (_("The message is longer than DingTalk's 20,000 bytes."), _("Shorten it and send it again.")),
    ReasonKey.JSON_MISSING: (_("DingTalk could not read the call."), _OURS),
    ReasonKey.PARAMETER_MISSING: (_("DingTalk missed something in the call."), _OURS),
    ReasonKey.PARAM_ERROR: (_("DingTalk found something wrong in the call."), _OURS),
    ReasonKey.FIELD_MISSING: (_("A part of the message is missing."), _REWRITE),
    ReasonKey.FIELD_INVALID: (_("A part of the message is not as DingTalk wants it."), _REWRITE),
    ReasonKey.MSGTYPE_UNKNOWN: (_("DingTalk does not take this type of message."), _OURS),
    ReasonKey.UNSAFE_LINK: (
        _("DingTalk holds a link in the message for unsafe."),
        _("Take the link out or use another."),
    ),
    ReasonKey.BANNED_TEXT: (_("DingTalk does not allow a word in the message."), _REWRITE),
    ReasonKey.BANNED_PICTURE: (_("DingTalk does not allow a picture in the message."), _REWRITE),
    ReasonKey.BANNED_CONTENT: (_("DingTalk does not allow something in the message."), _REWRITE),
    ReasonKey.WRONG_METHOD: (_("The call came in a wrong form (GET)."), _OURS),
    ReasonKey.WRONG_CONTENT_TYPE: (_("The call came in a wrong form (Content-Type)."), _OURS),
    ReasonKey.WRONG_PATH: (_("The call went to a wrong address."), _OURS),
    ReasonKey.REQUEST_REFUSED: (_("The call was refused before DingTalk looked at the message."), _OURS),
    ReasonKey.UNKNOWN_CODE: (
        _("DingTalk refused the message with a code that is not known here."),
        _("The raw answer stands in the history of the delivery. It is not tried again by itself."),
    ),
}
_NO_ANSWER: Mapping[ReasonKey, tuple[Text, Text]] = {
    ReasonKey.HTML_REPLY: (_("A web page came back instead of an answer; a proxy may have sent it."), _UNCERTAIN),
    ReasonKey.EMPTY_REPLY: (_("The answer was empty."), _UNCERTAIN),
    ReasonKey.BROKEN_REPLY: (_("The answer could not be read."), _UNCERTAIN),
    ReasonKey.NO_ERRCODE: (_("The answer does not say whether the message was taken."), _UNCERTAIN),
    ReasonKey.HUGE_REPLY: (_("The answer was far too long."), _UNCERTAIN),
    ReasonKey.READ_TIMEOUT: (_("The message went out, but no answer came in time."), _UNCERTAIN),
    ReasonKey.RESET_AFTER_SEND: (_("The message went out, then the connection broke."), _UNCERTAIN),
    ReasonKey.TOO_SLOW: (_("The message went out, but the answer took too long."), _UNCERTAIN),
    ReasonKey.WORKER_DIED: (_("The sending process stopped in the middle of the call."), _UNCERTAIN),
    ReasonKey.DNS_FAILED: (_("The name of DingTalk's server could not be looked up."), _NOT_US),
    ReasonKey.CONNECT_REFUSED: (_("DingTalk's server refused the connection."), _NOT_US),
    ReasonKey.CONNECT_TIMEOUT: (_("DingTalk's server could not be reached in time."), _NOT_US),
    ReasonKey.CONNECT_FAILED: (_("No connection to DingTalk's server."), _NOT_US),
    ReasonKey.TLS_FAILED: (
        _("The encrypted connection could not be trusted."),
        _(
            "Nothing was sent. A firewall may be reading along, "
            "or the clock or the certificates of this server are old."
        ),
    ),
    ReasonKey.PROXY_FAILED: (_("The proxy did not let us through."), _NOT_US),
    ReasonKey.ADDRESS_INVALID: (
        _("The address that is to be called is not valid."),
        _("Whoever runs this installation has to correct DINGTALK_BASE_URL."),
    ),
}
_ENGINE: Mapping[str, tuple[Text, Text]] = {
    "by_person": (_("Paused by a person."), _("Resume it when it may be used again.")),
    "robot_paused": (_("The robot is paused."), _("Resume it, then send again what failed.")),
    "robot_deleted": (_("The robot was deleted before its turn came."), ""),
    "simulator_off": (
        _("The robot is a demo robot, and the simulator is switched off."),
        _("Delete the demo robots, or start with DINGADMIN_SIMULATOR=1."),
    ),
    "cancelled": (_("Cancelled by a person before it went out."), ""),
    "expired": (_("Its time was over before it could go out."), _("Send it again if it is still of use.")),
    "tries_used_up": (
        _("All tries failed."),
        _("The attempts show the cause of each. Send it again when the cause is mended."),
    ),
    "key_missing": (
        _("The robot's webhook cannot be decrypted: its encryption key is missing."),
        _("Whoever runs this installation has to add the old key to DINGADMIN_ENCRYPTION_KEYS."),
    ),
    "waiting_pacing": (
        _("Its minute is full: DingTalk allows 20 messages a minute per robot."),
        _("It goes out by itself as soon as there is room."),
    ),
}

TEXTS: Mapping[str, tuple[Text, Text]] = {
    **{key.value: text for group in (_LIMITS, _DINGTALK, _ROBOT, _MESSAGE, _NO_ANSWER) for key, text in group.items()},
    **_ENGINE,
}
