"""Mistakes in a draft that one press mends: pure functions of what was saved."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from messages.preview import markdown
from messages.preview.addresses import is_public, scheme_of
from messages.rendering.chips import in_plain_words, wanted, with_other_chips
from messages.services.checks.findings import Finding
from messages.services.snapshots import Snapshot

LONGEST_TITLE: Final = 60
_MARKDOWN: Final = ("markdown", "actionCard")
_PICTURES: Final = ("picUrl", "picURL")
_LINKS: Final = ("messageUrl", "messageURL", "singleURL", "actionURL")
_MARKED_PICTURE: Final = re.compile(r"(!\[[^\]\n]*\]\()(http://[^\s)]+)")
_MARKED_LINK: Final = re.compile(r"(\]\()([^\s()<>:#/@{][^\s()<>{]*)")
# A name of a host, as people type it from memory: with a dot, and something after it that is no file's ending.
_HOST: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}(:\d+)?(/.*)?", re.IGNORECASE)

Change = Callable[[str, str], str]  # of a key and its text


def mended(snapshot: Snapshot, finding: Finding) -> Snapshot:
    """The draft as it would be; the snapshot itself where there is nothing that could safely be done."""
    mend = _MENDS.get(mend_of(finding))
    return mend(snapshot, finding.value) if mend else snapshot


def mend_of(finding: Finding) -> str:
    """Which mend there is for it; "" for none."""
    if finding.code == "empty":
        return "title_from_text" if finding.place == "title" else ""
    return _OF_CODES.get(finding.code, "")


def _https_pictures(snapshot: Snapshot, _value: str) -> Snapshot:
    def change(key: str, text: str) -> str:
        if key in _PICTURES:
            return _secure(text)
        if key == "text" and snapshot.msgtype in _MARKDOWN:
            return _MARKED_PICTURE.sub(lambda found: found[1] + _secure(found[2]), text)
        return text

    return _changed(snapshot, change)


def _add_scheme(snapshot: Snapshot, _value: str) -> Snapshot:
    def change(key: str, text: str) -> str:
        if key in _LINKS or key in _PICTURES:
            return _with_scheme(text)
        if key == "text" and snapshot.msgtype in _MARKDOWN:
            return _MARKED_LINK.sub(lambda found: found[1] + _with_scheme(found[2]), text)
        return text

    return _changed(snapshot, change)


def _title_from_text(snapshot: Snapshot, _value: str) -> Snapshot:
    content = snapshot.content
    if str(content.get("title", "")).strip():
        return snapshot
    lines = (markdown.read(line).plain() for line in str(content.get("text", "")).splitlines())
    title = next((line for line in lines if line), "")[:LONGEST_TITLE]
    return replace(snapshot, content={**content, "title": title}) if title else snapshot


def _title_into_text(snapshot: Snapshot, _value: str) -> Snapshot:
    """Own words of groups get their own title, or else that of all."""
    title, text = (str(snapshot.content.get(key, "")) for key in ("title", "text"))
    content = {**snapshot.content, "text": _headed(title, text)}
    overrides = [
        {**own, "text": _headed(own.get("title") or title, own["text"])} if own.get("text") else own
        for own in snapshot.overrides
    ]
    return replace(snapshot, content=content, overrides=overrides)


def _drop_mentions(snapshot: Snapshot, _value: str) -> Snapshot:
    bare = replace(snapshot, mention_everyone=False, mention_recipients=(), mention_lists=())
    return _changed(bare, lambda _key, text: in_plain_words(text))


def _share_people(snapshot: Snapshot, _value: str) -> Snapshot:
    return replace(snapshot, mention_sharing=True)


def _nearest_chip(snapshot: Snapshot, value: str) -> Snapshot:
    """`value`: what stands between the brackets, and the name that there is."""
    written, _sign, nearest = value.partition(">")
    if not (written and nearest):
        return snapshot
    chip = f"@[{nearest}]"
    return _changed(
        snapshot, lambda _key, text: with_other_chips(text, means=lambda who: who == wanted(written), new=chip)
    )


def _nearest_name(snapshot: Snapshot, value: str) -> Snapshot:
    """`value`: the name as it was written, and the one that there is."""
    written, _sign, nearest = value.partition(">")
    if not (written and nearest):
        return snapshot
    name = re.compile(rf"(\{{\{{\s*|default:\s*){re.escape(written)}(?=\s*[|}}])")
    return _changed(snapshot, lambda _key, text: name.sub(lambda found: found[1] + nearest, text))


def _headed(title: str, text: str) -> str:
    title = title.strip()
    return f"### {title}\n\n{text}" if title and text.strip() and title not in markdown.read(text).plain() else text


def _secure(url: str) -> str:
    """By https where the host may have it: a public one, at the usual port."""
    rest = url[len("http://") :]
    safe = scheme_of(url) == "http" and is_public(url) and ":" not in rest.partition("/")[0]
    return f"https://{rest}" if safe else url


def _with_scheme(url: str) -> str:
    return f"https://{url}" if not scheme_of(url) and _HOST.fullmatch(url) else url


def _changed(snapshot: Snapshot, change: Change) -> Snapshot:
    content = _mapped(snapshot.content, "", change)
    overrides = [{**own, **_mapped(_words(own), "", change)} for own in snapshot.overrides]
    return replace(snapshot, content=content, overrides=overrides)


def _words(own: Mapping[str, Any]) -> dict[str, Any]:
    return {key: own[key] for key in ("title", "text") if key in own}


def _mapped(value: Any, key: str, change: Change) -> Any:
    match value:
        case str():
            return change(key, value)
        case Mapping():
            return {inner: _mapped(each, inner, change) for inner, each in value.items()}
        case list() | tuple():
            return [_mapped(each, key, change) for each in value]
        case _:
            return value


_MENDS: Final[Mapping[str, Callable[[Snapshot, str], Snapshot]]] = {
    "https_pictures": _https_pictures,
    "add_scheme": _add_scheme,
    "title_from_text": _title_from_text,
    "title_into_text": _title_into_text,
    "drop_mentions": _drop_mentions,
    "nearest_name": _nearest_name,
    "nearest_chip": _nearest_chip,
    "share_people": _share_people,
}
_OF_CODES: Final[Mapping[str, str]] = {
    "picture_insecure": "https_pictures",
    "link_without_scheme": "add_scheme",
    "url_not_absolute": "add_scheme",
    "picture_not_absolute": "add_scheme",
    "title_not_in_text": "title_into_text",
    "mentions_not_supported": "drop_mentions",
    "variable_unknown": "nearest_name",
    "mention_unknown": "nearest_chip",
    "mentions_left_out": "share_people",
}
