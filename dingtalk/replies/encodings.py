"""The text of a reply, in whatever encoding. DingTalk writes UTF-8; what stands between it and us often writes GBK."""

import codecs
import json
import re
from collections.abc import Iterator, Mapping

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_DECLARED = {"gbk", "gb2312", "gb18030", "big5", "big5hkscs", "utf-16-le", "utf-16-be"}


def read_text(body: bytes, headers: Mapping[str, str]) -> str:
    """Never fails: what is no text in any of them is replaced. A body that is cut within a letter loses that letter."""
    wide = json.detect_encoding(body)  # by its byte order mark, or by the zeros between its first letters
    if not wide.startswith("utf-8"):
        return body.decode(wide, "replace")
    return next(_readings(body, headers), body.decode("utf-8-sig", "replace"))


def _readings(body: bytes, headers: Mapping[str, str]) -> Iterator[str]:
    # UTF-8 first, whatever is declared: other bytes are hardly ever valid UTF-8.
    for encoding in ("utf-8-sig", *_declared(headers), "gb18030"):
        text = _strictly(body, encoding)
        # A letter of two bytes may swallow what is none: where there are zeros it is another encoding.
        if text is not None and (encoding == "utf-8-sig" or "\x00" not in text):
            yield text


def _strictly(body: bytes, encoding: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(body)
    except UnicodeDecodeError:
        return None


def _declared(headers: Mapping[str, str]) -> Iterator[str]:
    content_type = next((value for key, value in headers.items() if key.lower() == "content-type"), "")
    if found := _CHARSET.search(content_type):
        try:
            name = codecs.lookup(found[1]).name
        except LookupError:
            return
        if name in _DECLARED:
            yield name
