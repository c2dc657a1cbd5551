"""Content safety. What DingTalk bans is not known; the knobs hold words and hosts to try the answers with."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from simulator.verdicts.texts import addresses, visible
from simulator.verdicts.verdict import Case, Check, Refusal
from simulator.wordings import Answer


def links(case: Case) -> Refusal | None:
    hosts = {_host(url) for _key, url in addresses(case.message)}
    return Refusal(430101, Answer.UNSAFE_LINK) if hosts & set(case.knobs.unsafe_hosts) else None


def words(case: Case) -> Refusal | None:
    texts = visible(case.message)
    banned = any(word in text for word in case.knobs.banned_words for text in texts)
    return Refusal(430102, Answer.UNSAFE_TEXT) if banned else None


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


CHECKS: Final[tuple[Check, ...]] = (links, words)
