from __future__ import annotations

import pytest
from django.utils import translation

from dingtalk.replies import ReasonKey
from robots.reasons import explain

ENGINE_KEYS = [
    "robot_paused",
    "robot_deleted",
    "simulator_off",
    "cancelled",
    "expired",
    "tries_used_up",
    "key_missing",
    "waiting_pacing",
    "by_person",
]


@pytest.mark.parametrize("key", [*ReasonKey, *ENGINE_KEYS])
def test_every_reason_has_words(key: str) -> None:
    assert str(explain(key).title)
    assert explain(key) != explain("no such key")


def test_a_pause_by_a_reply_says_why_and_what_to_do_about_it() -> None:
    with translation.override("en"):
        found = explain("robot_paused:group_dissolved")
        assert str(found.title) == "The robot is paused. The group was dissolved."
        assert found.advice == explain("group_dissolved").advice
    with translation.override("zh-hans"):
        assert "The" not in str(found.title)


@pytest.mark.parametrize("key", ["", "no such key", "310000"])
def test_an_unknown_reason_gets_a_neutral_text(key: str) -> None:
    with translation.override("en"):
        assert "not known here" in str(explain(key).title)
