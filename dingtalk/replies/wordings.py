"""DingTalk's texts, where the code alone does not tell.

The wording of 310000 changed three times: short, with `more: [link]`, `description:…;solution:…;` and
`错误描述:…;解决方案:…`. All are alive (docs/protocol.md, section 3).
"""

import re

KEYWORD = re.compile(r"keywords?[ .]not[ .](in|match)|关键词", re.IGNORECASE)
# Before SIGN in every list: the text of a stale signature (签名过期) speaks of the sign, too.
TIMESTAMP = re.compile(
    r"invalid timestamp|timestamp\W+(is )?(invalid|expired)|签名(已)?过期|时间戳(无效|过期)", re.IGNORECASE
)
SIGN = re.compile(r"sign[ .]not[ .]match|签名不匹配", re.IGNORECASE)
IP = re.compile(r"not in (the )?white ?list|ip[ .]not[ .]match|不在.{0,4}白名单", re.IGNORECASE)

# Only for codes that are not in the table: "message too long, exceed 20000 bytes" must never count as throttling.
THROTTLING = re.compile(r"too fast|too many|exceed .*per minute|over limit|限流|太快", re.IGNORECASE)

_DESCRIPTION = re.compile(
    r"(?:description|错误描述)\s*[:：]\s*(?P<text>.*?)\s*(?:[;；]\s*(?:solution|解决方案|link|参考链接)\s*[:：]|[;；]?\s*$)",
    re.IGNORECASE | re.DOTALL,
)

# An egress IP that called too often gets a page or JSON of DingTalk's firewall instead of an answer of the API.
_BANNED = re.compile(r"punish\W{1,8}deny\b|status\W{1,8}1111\b")
_BAN_WAIT = re.compile(r"\bwait\W{1,8}([0-9]{1,5})\b")


def description(errmsg: str) -> str:
    """What went wrong, without the advice and the link that DingTalk's longer texts add."""
    found = _DESCRIPTION.search(errmsg)
    return found["text"] if found else errmsg


def ban_minutes(text: str) -> int | None:
    """For how long the firewall bans us, from its JSON or from a page around it; None when it is no ban."""
    if not _BANNED.search(text):
        return None
    wait = _BAN_WAIT.search(text)
    return min(max(int(wait[1]), 1), 24 * 60) if wait else 5
