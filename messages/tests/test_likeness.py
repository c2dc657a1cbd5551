"""How much texts are alike: sound for any text, and bounded for long ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.rendering.likeness import LONGEST, grams_of, likeness


def share(one: str, other: str) -> float:
    return likeness(grams_of(one), grams_of(other))


@given(st.text(), st.text())
def test_it_lies_between_nothing_and_all_and_looks_the_same_from_both_sides(one: str, other: str) -> None:
    assert 0 <= share(one, other) <= 1
    assert share(one, other) == share(other, one)


@given(st.text(alphabet="一二三四五abc123", min_size=1))
def test_a_text_is_like_itself_whatever_its_spaces_case_and_punctuation(text: str) -> None:
    assert share(text, f" {text.upper()} ！") == 1


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("请各店周一下午三点进行消防演练，走安全通道。", "请各店周一下午四点进行消防演练，走安全通道！", True),
        ("The fire drill is on Monday at three.", "The fire drill is on Tuesday at three.", True),
        ("The fire drill is on Monday at three.", "The canteen is closed on Monday until three.", False),
        ("请各店周一下午三点进行消防演练。", "食堂本周三起供应夏季菜单，欢迎品尝。", False),
        ("", "", False),
    ],
    ids=["another hour", "another day", "another matter on the same day", "another matter", "nothing"],
)
def test_nearly_the_same_is_told_from_something_else(one: str, other: str, alike: bool) -> None:
    assert (share(one, other) >= 0.75) == alike


def test_what_follows_a_long_beginning_is_not_read() -> None:
    assert len(grams_of("".join(chr(0x4E00 + number) for number in range(20_000)))) <= LONGEST
    beginning = "".join(chr(0x4E00 + number) for number in range(2 * LONGEST))
    assert share(beginning, beginning + "x" * 10_000) == 1
