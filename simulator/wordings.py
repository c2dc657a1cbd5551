"""The texts of DingTalk's answers, in the four wordings that are met (docs/simulator.md says how sure each one is)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from simulator.models import Wording

MORE: Final = ", more: [https://ding-doc.dingtalk.com/doc#/serverapi2/qf2nxq]"
# Two spaces before the last word, as in the replies that were seen.
PARAMETER_LINK: Final = "请参考本接口对应文档查看参数获取方式，或者在https://open.dingtalk.com/document/  搜索对应文档;"
SIGN_SOLUTION: Final = "请确认签名和生成签名的时间戳必须都放在调用的网址中，请确认机器人的密钥加密和填写正确"
SIGN_LINK: Final = "请参考本接口对应文档获得具体要求，或者在https://open.dingtalk.com/document/  搜索相关文档;"
KEYWORD_SOLUTION: Final = "请联系群管理员查看此机器人的关键词，并在发送的信息中包含此关键词;"
TYPE_LINK: Final = "请参考本接口对应文档查看支持的消息类型，或者在https://open.dingtalk.com/document/ 搜索对应文档;"
TIME_SOLUTION: Final = "签名生成时间和发送时间请保持在 timestampms 以内;"


class Answer(StrEnum):
    """What an answer is about; the wording knob decides how it is said."""

    OK = "ok"
    NOT_POST = "not_post"
    CONTENT_TYPE = "content_type"
    NO_TOKEN = "no_token"  # noqa: S105 - a name, not a password
    NO_JSON = "no_json"
    NO_SUCH_PATH = "no_such_path"
    TOO_LONG = "too_long"
    TOO_FAST_130101 = "too_fast_130101"
    TOO_FAST_660026 = "too_fast_660026"
    TOO_FAST_410100 = "too_fast_410100"
    TOKEN_UNKNOWN = "token_unknown"  # noqa: S105
    STOPPED = "stopped"
    REMOVED = "removed"
    DISSOLVED = "dissolved"
    QUOTA = "quota"
    IP = "ip"
    TIMESTAMP = "timestamp"
    SIGN = "sign"
    KEYWORDS = "keywords"
    MSGTYPE = "msgtype"
    MISSING = "missing"
    MISSING_OBJECT = "missing_object"
    PARAM_ERROR = "param_error"
    UNSAFE_LINK = "unsafe_link"
    UNSAFE_TEXT = "unsafe_text"


@dataclass(frozen=True, slots=True)
class Texts:
    """`{names}` in braces are filled in. An empty form falls back to the short one."""

    short: str
    description: str = ""
    label: str = ""
    with_link: bool = False  # the `more:` form existed

    def text(self, wording: str) -> str:
        match wording:
            case Wording.MORE if self.with_link:
                return self.short + MORE
            case Wording.DESCRIPTION:
                return self.description or self.short
            case Wording.LABEL:
                return self.label or self.short
            case _:
                return self.short


TEXTS: Final[Mapping[Answer, Texts]] = {
    Answer.OK: Texts("ok"),
    Answer.NOT_POST: Texts("需要POST请求"),
    Answer.CONTENT_TYPE: Texts("无效的HTTP HEADER Content-Type"),
    Answer.NO_TOKEN: Texts("缺少参数 access_token"),
    Answer.NO_JSON: Texts("缺少参数 json"),
    Answer.NO_SUCH_PATH: Texts("请求的URI地址不存在"),
    Answer.TOO_LONG: Texts(
        "message too long, exceed 20000 bytes",
        "description: body 大小不合法;solution:请保持大小在 20000bytes 以内;",
        "错误描述: body 大小不合法;解决方案:请保持大小在 20000bytes 以内。",
    ),
    Answer.TOO_FAST_130101: Texts("send too fast, exceed 20 times per minute"),
    Answer.TOO_FAST_660026: Texts("sending too many messages per minute"),
    Answer.TOO_FAST_410100: Texts("发送速度太快而限流"),
    Answer.TOKEN_UNKNOWN: Texts("token is not exist"),
    Answer.STOPPED: Texts("机器人已停用"),
    Answer.REMOVED: Texts("机器人不存在"),
    Answer.DISSOLVED: Texts("群已被解散"),
    Answer.QUOTA: Texts("webhook over limit"),
    Answer.IP: Texts(
        "ip {ip} not in whitelist",
        "description:ip 不在白名单中;solution:请联系对应群的管理员，设置机器人安全ip地址段",
        "错误描述:ip 不在白名单中;解决方案:请联系对应群的管理员，设置机器人安全ip地址段",
        with_link=True,
    ),
    Answer.TIMESTAMP: Texts(
        "invalid timestamp",
        f"description:机器人发送签名过期;solution:{TIME_SOLUTION}",
        f"错误描述:机器人发送签名过期;解决方案:{TIME_SOLUTION}",
        with_link=True,
    ),
    Answer.SIGN: Texts(
        "sign not match",
        f"description:机器人发送签名不匹配;solution:{SIGN_SOLUTION};link:{SIGN_LINK}",
        f"错误描述:机器人发送签名不匹配;解决方案:{SIGN_SOLUTION}",
        with_link=True,
    ),
    Answer.KEYWORDS: Texts(
        "keywords not in content",
        f"description:关键词不匹配;solution:{KEYWORD_SOLUTION}",
        f"错误描述:关键词不匹配;解决方案:{KEYWORD_SOLUTION}",
        with_link=True,
    ),
    Answer.MSGTYPE: Texts(
        "unsupported msgtype",
        "不支持的消息类型",
        f"错误描述: 不支持类型 msgType:{{msgtype}} ;解决方案:请使用支持的类型;参考链接:{TYPE_LINK}",
    ),
    Answer.MISSING: Texts(
        "miss param : {parent}->{name}",
        f"description:参数 {{parent}} --》 {{name}} 缺失，或者参数格式不正确; "
        f"solution:请填充上对应参数;link:{PARAMETER_LINK}",
        f"错误描述:参数 {{parent}} --》 {{name}} 缺失，或者参数格式不正确; "
        f"解决方案:请填充上对应参数;参考链接:{PARAMETER_LINK}",
    ),
    Answer.MISSING_OBJECT: Texts(
        "miss param : {name}",
        f"description:参数 {{name}} 缺失，或者参数格式不正确; solution:请填充上对应参数;link:{PARAMETER_LINK}",
        f"错误描述:参数 {{name}} 缺失，或者参数格式不正确; 解决方案:请填充上对应参数;参考链接:{PARAMETER_LINK}",
    ),
    Answer.PARAM_ERROR: Texts("param error"),
    Answer.UNSAFE_LINK: Texts("含有不安全的外链"),
    Answer.UNSAFE_TEXT: Texts("含有不合适的文本"),
}


def errmsg(answer: Answer, params: Mapping[str, str], *, wording: str) -> str:
    return TEXTS[answer].text(wording).format_map(params)
