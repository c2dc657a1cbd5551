"""What a launch freezes for one group, as it is stored in its target, and how it is read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from dingtalk.payloads import At
from messages.rendering.endings import Ending


def store_ending(ending: Ending | None) -> dict[str, Any] | None:
    return asdict(ending) if ending else None


def stored_ending(kept: Mapping[str, Any] | None) -> Ending | None:
    return Ending(tuple(kept["keywords"]), kept["text"]) if kept else None


def store_mentions(at: At, everybody: At) -> dict[str, list[str]] | None:
    """None for a group whose message mentions everybody whom the broadcast does."""
    return None if at == everybody else {"mobiles": list(at.mobiles), "user_ids": list(at.user_ids)}


def stored_mentions(kept: Mapping[str, Sequence[str]] | None, everybody: At) -> At:
    if kept is None:
        return everybody
    return replace(everybody, mobiles=tuple(kept["mobiles"]), user_ids=tuple(kept["user_ids"]))
