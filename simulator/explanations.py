"""What a diagnosis means, in words for whoever wrote the sender."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from simulator.diagnoses import Diagnosis

TEXTS: Final[Mapping[str, Promise | str]] = {
    Diagnosis.FORM_WITH_JSON_HEADER: _("The header says JSON, the body is form-encoded."),
    Diagnosis.CHARSET_NOT_UTF8: _("The Content-Type names a charset other than UTF-8; DingTalk reads UTF-8."),
    Diagnosis.BODY_EMPTY: _("The body is empty."),
    Diagnosis.BODY_NOT_UTF8: _("The body is not UTF-8; perhaps GBK."),
    Diagnosis.BODY_WITH_BOM: _("The body begins with a byte order mark, which is no JSON."),
    Diagnosis.BODY_RAW_CONTROL: _(
        "A line end, tab or other control character stands unescaped inside a string. Let a JSON library write it."
    ),
    Diagnosis.BODY_NOT_JSON: _("The body is not JSON: perhaps an unescaped quote or backslash, or a comma too many."),
    Diagnosis.BODY_NOT_OBJECT: _("The body is JSON, but not an object."),
    Diagnosis.BODY_TOO_DEEP: _("The body is nested too deeply."),
    Diagnosis.BODY_SURROGATE: _("A string holds half of a surrogate pair: an emoji was cut in two."),
    Diagnosis.BODY_SIZE: _("The body has %(bytes)s bytes; 20,000 are allowed. Bytes count, not characters."),
    Diagnosis.DUPLICATE_KEY: _("The key “%(key)s” stands twice in one object; the last one counts."),
    Diagnosis.REPEATED_PARAMETER: _(
        "The URL has several “%(name)s”: a pair was appended to an address that was signed before. The first counts."
    ),
    Diagnosis.SECRET_AS_TOKEN: _("The access_token begins with SEC: the signing secret stands in the token's place."),
    Diagnosis.URL_AS_TOKEN: _("A whole address stands in the token's place."),
    Diagnosis.SIGNED_WITHOUT_NEED: _("The URL is signed, though this robot does not ask for it. That does no harm."),
    Diagnosis.UNSIGNED: _("The robot asks for a signature; the URL has none."),
    Diagnosis.SIGNED_IN_HEADERS: _("The signature stands in the headers or the body; it has to stand in the URL."),
    Diagnosis.TIMESTAMP_MISSING: _("The URL has a sign but no timestamp."),
    Diagnosis.TIMESTAMP_NOT_A_NUMBER: _("The timestamp is not a number of milliseconds."),
    Diagnosis.TIMESTAMP_IN_SECONDS: _("The timestamp counts seconds; DingTalk wants milliseconds."),
    Diagnosis.TIMESTAMP_STALE: _(
        "The timestamp is %(minutes)s minutes old, one hour is allowed: sign right before each call, not once at start."
    ),
    Diagnosis.TIMESTAMP_AHEAD: _("The timestamp lies %(minutes)s minutes in the future: the sender's clock is wrong."),
    Diagnosis.TIMESTAMP_ZONE: _(
        "The timestamp is off by exactly %(hours)s hours: local time was taken for UTC, or the other way round."
    ),
    Diagnosis.SIGN_SECONDS: _("The signature was made over seconds; the timestamp has to be in milliseconds."),
    Diagnosis.SIGN_SWAPPED: _(
        "Key and message are swapped: the secret is the key, timestamp + line feed + secret the message."
    ),
    Diagnosis.SIGN_FEISHU: _("This is Feishu's algorithm: there the message is empty. DingTalk's is another one."),
    Diagnosis.SIGN_LITERAL_NEWLINE: _(
        "A backslash and an n stand between timestamp and secret instead of a line feed."
    ),
    Diagnosis.SIGN_SEC_STRIPPED: _("The secret was used without its SEC; it belongs to it."),
    Diagnosis.SIGN_HEX: _("The digest was written in hex; it has to be Base64 of its 32 bytes."),
    Diagnosis.SIGN_DOUBLE_ENCODED: _("The sign is URL-encoded twice (%%252B): encode it once only."),
    Diagnosis.SIGN_NOT_ENCODED: _("The sign is not URL-encoded: its + arrived as a space. It fails only sometimes."),
    Diagnosis.SIGN_URL_SAFE: _("The sign is in URL-safe Base64 (- and _); the standard alphabet is wanted."),
    Diagnosis.SIGN_UNPADDED: _("The = at the end of the sign is missing."),
    Diagnosis.SIGN_SECRET_SPACES: _("The secret was used with a space or line end around it."),
    Diagnosis.SIGN_OTHER_TIMESTAMP: _("The sign belongs to another timestamp that also stands in the URL."),
    Diagnosis.SIGN_UNKNOWN: _(
        "The sign does not follow from this secret by any known mistake: probably the secret of another robot."
    ),
    Diagnosis.UNKNOWN_KEY: _("DingTalk knows no key “%(key)s” in this place."),
    Diagnosis.WRONG_CASE: _("“%(key)s” should be written “%(right)s”."),
    Diagnosis.AT_ALL_AT_TOP: _("“%(key)s” belongs inside “at”; in this place it does nothing."),
    Diagnosis.NULL: _("“%(key)s” is null. Leave out what is not used."),
    Diagnosis.NOT_A_STRING: _("“%(key)s” has to hold strings."),
    Diagnosis.NOT_AN_OBJECT: _("“%(key)s” has to be an object."),
    Diagnosis.NOT_A_LIST: _("“%(key)s” has to be a list."),
    Diagnosis.NOT_A_BOOLEAN: _("“%(key)s” has a value that it cannot have."),
    Diagnosis.AT_NOT_HONOURED: _("Messages of the type %(type)s mention nobody; “at” is ignored."),
    Diagnosis.AT_TOO_MANY: _("People mentioned: %(count)s; 50 are allowed."),
    Diagnosis.ASCII_ESCAPED: _(
        "Characters are written as \\uXXXX: each takes six bytes of the 20,000 instead of three."
    ),
    Diagnosis.NOT_AN_ADDRESS: _(
        "“%(key)s” is not a whole address beginning with http, https or dingtalk, or is not URL-encoded."
    ),
    Diagnosis.MSG_UUID_NOT_TEXT: _("msgUuid has to be a string that is not empty."),
    Diagnosis.EMPTY_FIELD: _("“%(key)s” is empty and could be left out."),
    Diagnosis.MENTION_NOT_IN_TEXT: _(
        "The mention number %(number)s will not notify: its @… does not stand in the text."
    ),
    Diagnosis.MENTION_NOT_A_MEMBER: _("Mentioned but not in the group, so that they are not notified: %(count)s."),
    Diagnosis.MENTION_EXTERNAL: _("In an external group a userId mentions nobody; use the mobile."),
    Diagnosis.MENTION_IN_CARD: _("In an action card only @userId in its text is documented to mention anybody."),
    Diagnosis.NO_MSG_UUID: _("Without a msgUuid a retry after a time-out can make a second message."),
    Diagnosis.SECOND_COPY: _("A message with this msgUuid stands in the chat already; this copy was dropped."),
    Diagnosis.BUTTONS_IGNORED: _("singleTitle and singleURL are set, so “btns” is ignored."),
    Diagnosis.FORM_ENCODED: _("The body is form-encoded, as DingTalk's own SDK sends it. That is accepted."),
}


def explain(notes: Iterable[tuple[str, Mapping[str, str]]]) -> list[str]:
    """Sentences in the language of the moment; a code that is not known any more stands for itself."""
    return [str(TEXTS.get(code, code)) % params for code, params in notes]
