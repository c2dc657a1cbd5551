"""The errcodes of /robot/send, as data (docs/protocol.md, section 4): a row with a wording goes before one without."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from dingtalk.replies.vocabulary import Mark, ReasonKey
from dingtalk.replies.wordings import IP, KEYWORD, SIGN, TIMESTAMP

D, S, P, G = Mark.DOCUMENTED, Mark.SEEN, Mark.PROBED, Mark.GUESSED


@dataclass(frozen=True, slots=True)
class Row:
    errcode: int
    reason: ReasonKey
    mark: Mark
    seen: str  # the text it comes with, or what it stands for where none was ever seen
    wording: re.Pattern[str] | None = None  # only this wording; None: any


def _word(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


ROWS: tuple[Row, ...] = (
    Row(0, ReasonKey.DELIVERED, D, "ok"),
    Row(-1, ReasonKey.SERVER_BUSY, D, "系统繁忙"),
    Row(500100, ReasonKey.SERVER_EXCEPTION, S, "description:系统异常，请稍后再试;"),
    # Too fast for this robot: four codes for one meaning.
    Row(130101, ReasonKey.THROTTLED, S, "send too fast, exceed 20 times per minute"),
    Row(660026, ReasonKey.THROTTLED, P, "sending too many messages per minute"),
    Row(410100, ReasonKey.THROTTLED, D, "发送速度太快而限流"),
    Row(450101, ReasonKey.THROTTLED, S, "(listed as a limit code by one sender)"),
    # Too fast altogether.
    Row(90002, ReasonKey.THROTTLED_EVERYWHERE, D, "当前接口的所有请求都被暂时禁用了"),
    Row(90018, ReasonKey.THROTTLED_EVERYWHERE, D, "(calls per second of an app; not of robots)"),
    Row(90030, ReasonKey.QUOTA_EXHAUSTED, S, "webhook over limit"),
    Row(90020, ReasonKey.QUOTA_EXHAUSTED, D, "(monthly quota of API calls)"),
    Row(20001, ReasonKey.QUOTA_EXHAUSTED, D, "受调用量超量影响"),
    # One code for four refusals; the documentation's advice to trust the code alone does not work here.
    Row(310000, ReasonKey.KEYWORD_MISSING, D, "keywords not in content", KEYWORD),
    Row(310000, ReasonKey.TIMESTAMP_INVALID, D, "invalid timestamp", TIMESTAMP),
    Row(310000, ReasonKey.SIGN_MISMATCH, D, "sign not match", SIGN),
    Row(310000, ReasonKey.IP_NOT_ALLOWED, D, "ip 1.2.3.4 not in whitelist", IP),
    Row(310000, ReasonKey.SECURITY_UNKNOWN, G, "(a wording not known yet)"),
    # The robot is not there any more.
    Row(300005, ReasonKey.TOKEN_UNKNOWN, P, "token is not exist"),
    Row(300001, ReasonKey.TOKEN_UNKNOWN, S, "token is not exist", _word("token")),
    Row(300001, ReasonKey.PARAM_ERROR, S, "param error"),
    Row(400101, ReasonKey.TOKEN_UNKNOWN, D, "access_token不存在"),
    Row(400102, ReasonKey.ROBOT_STOPPED, D, "机器人已停用"),
    Row(400106, ReasonKey.ROBOT_REMOVED, D, "机器人不存在"),
    Row(400013, ReasonKey.GROUP_DISSOLVED, D, "群已被解散"),
    # The call itself was wrong.
    Row(40035, ReasonKey.TOKEN_MISSING, P, "缺少参数 access_token", _word("access_token")),
    Row(40035, ReasonKey.JSON_MISSING, D, "缺少参数 json", _word("json")),
    Row(40035, ReasonKey.PARAMETER_MISSING, G, "缺少参数"),
    Row(43002, ReasonKey.WRONG_METHOD, P, "需要POST请求"),
    Row(43004, ReasonKey.WRONG_CONTENT_TYPE, D, "无效的HTTP HEADER Content-Type"),
    Row(404, ReasonKey.WRONG_PATH, P, "请求的URI地址不存在"),
    Row(400105, ReasonKey.MSGTYPE_UNKNOWN, D, "不支持的消息类型"),
    # Fields: the numbers that were seen lie on one pattern with the documented order of checks; the rest follow it.
    Row(400201, ReasonKey.FIELD_MISSING, S, "miss param : text"),
    Row(400202, ReasonKey.FIELD_MISSING, G, "miss param : text->content"),
    Row(400301, ReasonKey.FIELD_MISSING, G, "miss param : link"),
    Row(400302, ReasonKey.FIELD_MISSING, G, "miss param : link->text"),
    Row(400303, ReasonKey.FIELD_MISSING, G, "miss param : link->title"),
    Row(400304, ReasonKey.FIELD_MISSING, G, "miss param : link->messageUrl"),
    Row(400401, ReasonKey.FIELD_MISSING, S, "miss param : markdown"),
    Row(400402, ReasonKey.FIELD_MISSING, S, "miss param : markdown->title"),
    Row(400403, ReasonKey.FIELD_MISSING, S, "miss param : markdown->text"),
    Row(400501, ReasonKey.FIELD_MISSING, G, "miss param : actionCard"),
    Row(400502, ReasonKey.FIELD_MISSING, G, "miss param : actionCard->title"),
    Row(400503, ReasonKey.FIELD_MISSING, S, "miss param : actionCard->text"),
    Row(400504, ReasonKey.FIELD_MISSING, G, "miss param : actionCard->singleTitle"),
    Row(400505, ReasonKey.FIELD_MISSING, G, "miss param : actionCard->singleURL"),
    Row(400506, ReasonKey.FIELD_MISSING, G, "miss param : actionCard->btns"),
    Row(400507, ReasonKey.FIELD_MISSING, G, "miss param : actionCard->btns->title"),
    Row(400508, ReasonKey.FIELD_MISSING, G, "miss param : actionCard->btns->actionURL"),
    Row(400509, ReasonKey.FIELD_INVALID, G, "(btnOrientation)"),
    Row(400510, ReasonKey.FIELD_INVALID, G, "(canForward)"),
    Row(400601, ReasonKey.FIELD_MISSING, G, "miss param : feedCard"),
    Row(400602, ReasonKey.FIELD_MISSING, S, "miss param : feedCard->links"),
    Row(400603, ReasonKey.FIELD_MISSING, G, "miss param : feedCard->links->title"),
    Row(400604, ReasonKey.FIELD_MISSING, G, "miss param : feedCard->links->messageURL"),
    Row(400605, ReasonKey.FIELD_MISSING, G, "miss param : feedCard->links->picURL"),
    Row(401104, ReasonKey.FIELD_MISSING, S, "miss param : file->fileType"),
    # What the message says is not allowed.
    Row(430101, ReasonKey.UNSAFE_LINK, D, "含有不安全的外链"),
    Row(430102, ReasonKey.BANNED_TEXT, D, "含有不合适的文本"),
    Row(430103, ReasonKey.BANNED_PICTURE, D, "含有不合适的图片"),
    Row(430104, ReasonKey.BANNED_CONTENT, D, "含有不合适的内容"),
    Row(460101, ReasonKey.TOO_LONG, S, "message too long, exceed 20000 bytes"),
    Row(101002, ReasonKey.TOO_LONG, S, "message is too long"),
    # Of other interfaces of the same host; listed so that nobody takes them for throttling by their wording.
    Row(88, ReasonKey.UNKNOWN_CODE, P, "ding talk error[subcode=40014,submsg=不合法的access_token]"),
    Row(33001, ReasonKey.UNKNOWN_CODE, D, "无效的企业ID"),
    Row(34001, ReasonKey.UNKNOWN_CODE, D, "无效的会话id"),
    Row(34014, ReasonKey.UNKNOWN_CODE, D, "(other message interfaces)"),
    Row(34015, ReasonKey.UNKNOWN_CODE, D, "(other message interfaces)"),
    Row(34016, ReasonKey.UNKNOWN_CODE, D, "(other message interfaces: a length)"),
)

ROWS_BY_ERRCODE: Mapping[int, tuple[Row, ...]] = {
    errcode: tuple(rows)
    for errcode, rows in groupby(sorted(ROWS, key=lambda row: row.errcode), key=lambda row: row.errcode)
}
