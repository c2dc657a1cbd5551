"""Messages beyond the limit, as parts that keep to it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dingtalk.payloads import (
    MAX_BODY_BYTES,
    NOBODY,
    At,
    Markdown,
    Text,
    build,
    cleaned,
    has_keyword,
    problems,
    size_with_uuid,
    with_msg_uuid,
)
from dingtalk.payloads.wire import body_bytes
from messages.rendering.clusters import is_boundary
from messages.rendering.endings import Ending
from messages.rendering.parts import MOST_PARTS, Part, ending_for_parts, is_too_big, split
from messages.rendering.spans import Unit

UUID = "0b9f4b0e-5a2d-4d62-9a39-3c5a5f0a7f11"
FAMILY, FLAG, SKIN, ACCENT, KEYCAP = "👩‍👩‍👧‍👦", "🇨🇳", "👍🏽", "e\u0301", "1\ufe0f\u20e3"
CLUSTERS = (FAMILY, FLAG, SKIN, ACCENT, KEYCAP, "각", "\u1100\u1161\u11a8", "🏴\U000e0067\U000e0062\U000e007f", "𠮷")
LINKS = (
    "[看板 A](https://example.com/a_b?x=1&y=2)",
    "![图](https://example.com/p.png)",
    "[![图](http://e.cn/p)](http://e.cn)",
)
BARE = "https://example.com/very/long/path?query=value#part"
BOLD = ("**重要 notice**", "*斜体 here*", "***both of them***", "__also bold__")
MOBILE, USER = "13800001234", "manager7675"
AT = At(mobiles=(MOBILE,), user_ids=(USER,))

WORDS = st.sampled_from(
    ["公告", "各位同事", "word", "  ", "，", "。", "sentence. ", '"', "\\", "\t", "、", "*", "[", "](", "_", "`", "("]
)
ATOMS = st.sampled_from([*CLUSTERS, *LINKS, BARE, *BOLD, f"@{MOBILE}", f"@{USER}"])
INLINE = st.lists(WORDS | ATOMS | st.text(max_size=6), min_size=1, max_size=30).map(" ".join)
TAME = st.lists(st.sampled_from(["公告，", "请看。", "word "]) | ATOMS, min_size=1, max_size=30).map(" ".join)
ITEM = st.builds(lambda mark, words: f"{mark} {words}", st.sampled_from(["-", "1.", "  -", "12."]), TAME)
BLOCK = INLINE | ITEM | st.builds("# {}".format, TAME) | st.builds("> {}".format, TAME)
TEXTS = st.builds(
    lambda blocks, gap, times: gap.join(blocks * times),
    st.lists(BLOCK, min_size=1, max_size=10),
    st.sampled_from(["\n", "\n\n", "\n \n\n"]),
    st.integers(1, 6),
)
TAME_TEXTS = st.builds(
    lambda blocks, times: "\n\n".join(blocks * times),
    st.lists(TAME | ITEM, min_size=1, max_size=10),
    st.integers(1, 6),
)
MESSAGES = st.builds(Text, TEXTS) | st.builds(Markdown, st.text(max_size=20), TEXTS)
TAME_MESSAGES = st.builds(Text, TAME_TEXTS) | st.builds(Markdown, st.just("Plan"), TAME_TEXTS)
ATS = st.sampled_from([NOBODY, AT, At(everyone=True)])
ENDINGS = st.sampled_from([None, Ending(("通知",), "通知"), Ending(("ops", "通知"), "— ops")])
LIMITS = st.integers(700, 1_500)
MANY = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def text_in(message: Text | Markdown) -> str:
    return message.content if isinstance(message, Text) else message.text


def sent(part: Part) -> dict[str, object]:
    """The body as it leaves."""
    body = with_msg_uuid(body_bytes(part.message, part.at), UUID)
    decoded: dict[str, object] = json.loads(body.decode("utf-8"))
    return decoded


def sizes(parts: Sequence[Part]) -> list[int]:
    return [len(with_msg_uuid(body_bytes(part.message, part.at), UUID)) for part in parts]


@MANY
@given(MESSAGES, ATS, ENDINGS, LIMITS)
def test_every_part_fits_the_exact_bytes_is_numbered_and_holds_the_keyword(message, at, ending, limit):
    assume(is_too_big(message, at, limit=limit))
    done = split(message, at=at, ending=ending, limit=limit)
    assert max(sizes(done.parts), default=0) <= limit
    for number, part in enumerate(done.parts, start=1):
        assert (part.number, part.count) == (number, len(done.parts))
        assert text_in(part.message).startswith(f"({number}/{len(done.parts)})\n")
        if isinstance(part.message, Markdown):
            assert part.message.title.endswith(f"({number}/{len(done.parts)})")
        assert ending is None or has_keyword(part.message, ending.keywords)


@MANY
@given(MESSAGES, ATS, ENDINGS, LIMITS)
def test_the_pieces_joined_are_the_text_and_stand_in_the_parts_in_order(message, at, ending, limit):
    done = split(message, at=at, ending=ending, limit=limit)
    assume(done.parts)
    assert "".join(part.piece for part in done.parts) == text_in(cleaned(message))
    for part in done.parts:
        piece = part.piece.strip("\n").rstrip()
        if part.at or not at or not any(mark in piece for mark in (f"@{MOBILE}", f"@{USER}")):
            assert piece in text_in(part.message)


@MANY
@given(MESSAGES, ENDINGS, LIMITS)
def test_the_last_part_alone_mentions_people(message, ending, limit):
    done = split(message, at=AT, ending=ending, limit=limit)
    assume(len(done.parts) > 1)
    *others, last = done.parts
    for part in others:
        body = sent(part)
        assert "at" not in body
        assert not re.search(rf"@{MOBILE}(?![\w-])", json.dumps(body))
        assert not re.search(rf"@{USER}(?![\w-])", json.dumps(body))
    body = sent(last)
    assert body["at"] == {"atMobiles": [MOBILE], "atUserIds": [USER], "isAtAll": False}
    assert f"@{MOBILE}" in json.dumps(body)
    assert f"@{USER}" in json.dumps(body)


@MANY
@given(MESSAGES, LIMITS)
def test_no_break_is_inside_what_people_see_as_one_character(message, limit):
    done = split(message, at=NOBODY, ending=None, limit=limit)
    text = text_in(cleaned(message))
    assert all(is_boundary(text, place) for place in breaks(done.parts))
    assert all(not part.piece.startswith(("\u200d", "\ufe0f", "\u0301", "🏽")) for part in done.parts[1:])


def breaks(parts: Sequence[Part]) -> list[int]:
    places, done = [], 0
    for part in parts[:-1]:
        done += len(part.piece)
        places.append(done)
    return places


@MANY
@given(TAME_MESSAGES, LIMITS)
def test_no_break_is_inside_a_link_a_mention_emphasis_or_a_character(message, limit):
    done = split(message, at=AT, ending=None, limit=limit)
    assume(len(done.parts) > 1)
    text = text_in(cleaned(message))
    whole = [*CLUSTERS, BARE, *LINKS, f"@{MOBILE}", f"@{USER}"] + (list(BOLD) if isinstance(message, Markdown) else [])
    for place in breaks(done.parts):
        for atom in whole:
            start = text.find(atom, max(0, place - len(atom) + 1))
            assert start < 0 or start >= place or start + len(atom) <= place, (atom, text[place - 30 : place + 30])


@MANY
@given(TAME_MESSAGES, LIMITS)
def test_no_break_is_inside_a_list_item(message, limit):
    done = split(message, at=NOBODY, ending=None, limit=limit)
    assume(len(done.parts) > 1)
    text = text_in(cleaned(message))
    for place in breaks(done.parts):
        line = text[text.rfind("\n", 0, place) + 1 : place]
        assert not re.match(r"\s*(-|\d+\.) ", line), line


def test_size_41_a_body_of_exactly_the_limit_is_one_message_and_one_byte_more_is_split():
    room = MAX_BODY_BYTES - size_with_uuid(body_bytes(Text("x"), NOBODY)) + 1
    assert len(with_msg_uuid(build(Text("x" * room)), UUID)) == MAX_BODY_BYTES
    assert not is_too_big(Text("x" * room), NOBODY)
    one_more = Text("x" * (room + 1))
    assert [problem.code for problem in problems(one_more)] == ["too_long"]
    assert is_too_big(one_more, NOBODY)
    done = split(one_more, at=NOBODY, ending=None)
    assert len(done.parts) == 2
    assert max(sizes(done.parts)) <= MAX_BODY_BYTES


def test_size_42_chinese_is_counted_in_bytes_of_the_final_body():
    fits = Text("群" * 6_600)
    assert not is_too_big(fits, NOBODY)
    done = split(Text("群" * 6_700), at=NOBODY, ending=None)
    assert sum(len(part.piece) for part in done.parts) == 6_700
    assert sizes(done.parts)[0] <= MAX_BODY_BYTES < sizes(done.parts)[0] + len("群".encode())


def test_size_43_parts_keep_the_limit_carry_keyword_and_number_cut_nothing_and_mention_once_in_order():
    day = (
        "## 第{0}天\n\n请 @13800001234 查看 [安排 {0}](https://example.com/plan/{0}) 和 **重点 {0}**。\n\n"
        "- 早上集合，带好证件；\n  别迟到 👩‍👩‍👧‍👦\n- 下午参观"
    )
    text = "\n\n".join(day.format(number) for number in range(1, 401))
    done = split(Markdown("行程", text), at=AT, ending=Ending(("通知",), "通知"))
    assert len(done.parts) > 2
    assert max(sizes(done.parts)) <= MAX_BODY_BYTES
    assert "".join(part.piece for part in done.parts) == text
    for part in done.parts:
        assert part.piece.startswith("## 第")
        assert text_in(part.message).endswith("通知")
        assert f"({part.number}/{len(done.parts)})" in text_in(part.message)
    bodies = "".join(json.dumps(sent(part), ensure_ascii=False) for part in done.parts[:-1])
    assert "@13800001234" not in bodies
    assert "138****1234" in bodies
    assert [bool(part.at) for part in done.parts] == [False] * (len(done.parts) - 1) + [True]


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_a_character_of_several_signs_is_never_cut(cluster):
    for shift in range(30):
        done = split(Text("x" * shift + cluster * 400), at=NOBODY, ending=None, limit=700)
        for part in done.parts:
            assert part.piece.lstrip("x") == cluster * (len(part.piece.lstrip("x")) // len(cluster))


def test_paragraphs_are_preferred_to_lines_and_lines_to_sentences():
    sentence = "一个句子在这里。"
    text = "\n\n".join("\n".join([sentence * 3] * 4) for _ in range(10))
    done = split(Text(text), at=NOBODY, ending=None, limit=1_000)
    assert all(part.piece.endswith("\n\n") for part in done.parts[:-1])
    done = split(Text("\n".join([sentence * 3] * 40)), at=NOBODY, ending=None, limit=1_000)
    assert all(part.piece.endswith("\n") for part in done.parts[:-1])
    done = split(Text(sentence * 120), at=NOBODY, ending=None, limit=1_000)
    assert all(part.piece.endswith("。") for part in done.parts[:-1])


def test_a_heading_is_never_the_last_of_its_part():
    text = "\n\n".join(f"# 第{number}章\n\n{'内容。' * 60}" for number in range(12))
    for limit in range(800, 1_200, 20):
        done = split(Markdown("书", text), at=NOBODY, ending=None, limit=limit)
        assert not any(part.piece.rstrip().split("\n")[-1].startswith("#") for part in done.parts)


def test_an_outer_item_is_cut_between_its_inner_ones_only_where_it_does_not_fit():
    short = "\n".join(f"- 组{number}\n  - 甲{number}\n  - 乙{number}" for number in range(60))
    done = split(Markdown("组", short), at=NOBODY, ending=None, limit=700)
    assert all(part.piece.startswith("- 组") for part in done.parts)
    long = "- 组\n" + "\n".join(f"  - 成员 {number} {'很' * 30}" for number in range(40))
    done = split(Markdown("组", long), at=NOBODY, ending=None, limit=700)
    assert len(done.parts) > 1
    assert all(part.piece.startswith(("- 组", "  - 成员")) for part in done.parts)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("好。\n\n- " + "长条目。" * 100, Unit.LIST_ITEM),
        ("好。\n\n[" + "字" * 400 + "](https://example.com)", Unit.LINK),
        ("好。\n\n**" + "粗，" * 300 + "完**", Unit.EMPHASIS),
    ],
)
def test_what_alone_is_beyond_the_limit_is_named(text, unit):
    done = split(Markdown("长", text), at=NOBODY, ending=None, limit=800)
    assert not done.parts
    assert done.unit == unit


def test_more_parts_than_anybody_reads_are_refused():
    done = split(Text("word " * 4_000), at=NOBODY, ending=None, limit=700)
    assert done.too_many
    assert not done.parts
    ten = split(Text("word " * 1_300), at=NOBODY, ending=None, limit=700)
    assert 9 < len(ten.parts) <= MOST_PARTS
    assert max(sizes(ten.parts)) <= 700


def test_a_title_that_fills_the_body_leaves_no_room():
    done = split(Markdown("题" * 300, "text " * 100), at=NOBODY, ending=None, limit=800)
    assert (done.parts, done.unit, done.too_many) == ((), None, False)


def test_a_part_without_the_keyword_that_the_whole_text_has_gets_it():
    text = "通知：开会。\n\n" + "内容。" * 300
    ending = ending_for_parts(Text(text), None, ["ops", "通知"])
    assert ending == Ending(("ops", "通知"), "通知")
    done = split(Text(text), at=NOBODY, ending=ending, limit=1_000)
    assert [text_in(part.message).count("通知") for part in done.parts] == [1] * len(done.parts)
    assert text_in(done.parts[1].message).endswith("\n通知")
    assert ending_for_parts(Text("内容"), None, ["通知"]) is None


def test_four_hundred_thousand_brackets_and_stars_take_no_time():
    for sign in ("[", "](", "**a ", "(", "*", "- ", "\n", "<font>", "@", "👩‍", "🇨"):
        split(Markdown("x", sign * (390_000 // len(sign))), at=NOBODY, ending=None)
