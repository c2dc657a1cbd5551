"""What a break would cut, found out around its place alone, is what reading the whole text finds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messages.rendering.around import Around, Spans
from messages.rendering.blocks import is_dressed, items
from messages.rendering.spans import markdown_spans, plain_spans

BITS = ["公告。", "word ", "\n\n", "\n \t\n", "\n", "**", "*", "_", "[x](https://e.cn/y)", "[", "](", ")", "!"]
BITS += ["@13800001234 ", "https://e.cn/a?b=1 ", "<b>", "&amp;", "~~", "1、", "> quote", "   ", "12. twelve"]
TEXTS = st.lists(st.sampled_from(BITS), max_size=60).map("".join)
MARKS = ("@13800001234",)


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.booleans())
def test_it_is_what_the_whole_text_tells(text, markdown):
    """Texts whose lines are no bullets: there emphasis ends, as markdown has it."""
    around = Around(text, marks=MARKS, markdown=markdown)
    single, _nested = items(text)
    whole = Spans([*plain_spans(text, MARKS), *single, *(markdown_spans(text) if markdown else ())])
    for place in range(len(text) + 1):
        assert (around.whole(place) is None) == (whole.around(place) is None), place


def test_emphasis_that_nobody_closes_ends_with_its_list_item():
    text = "- five **stars\n- and ** more"
    assert Around(text, marks=(), markdown=True).whole(text.index("\n") + 1) is None
    text = "five **stars\nand** more"
    assert Around(text, marks=(), markdown=True).whole(text.index("\n") + 1)


@pytest.mark.parametrize(
    ("text", "broken_at", "dressed"),
    [
        ("# Head\nText", 3, True),
        ("# Head\nText", 7, True),
        ("# Head\nText", 9, False),
        ("# Head\n \n  Text", 9, True),
        ("Text\n# Head", 5, False),
        ("Text\n# Head\n\n", 12, False),
        ("> quote\nText", 4, True),
        ("> quote\nText", 8, False),
        ("| a | b |", 4, True),
        ("Text", 2, False),
        ("", 0, False),
    ],
)
def test_a_heading_stays_with_what_it_heads_and_a_quote_is_whole(text, broken_at, dressed):
    assert is_dressed(text, broken_at) is dressed
