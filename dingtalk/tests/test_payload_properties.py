"""Properties that hold for whatever people type."""

import contextlib
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dingtalk.payloads import (
    MAX_BODY_BYTES,
    At,
    FeedCard,
    FeedLink,
    Markdown,
    PayloadError,
    Text,
    build,
    cleaned,
    message_from_dict,
    message_to_dict,
    place_mentions,
    problems,
    size_with_uuid,
    with_msg_uuid,
)
from dingtalk.text import clean_text

# Everything Python can hold, lone surrogates and controls included.
ANY_TEXT = st.text(st.characters(), max_size=300) | st.text(
    st.sampled_from('\ud83d\ude00\x00\r\n\t"\\@1中'), max_size=50
)
NAMES = st.lists(st.text("abcdXYZ019_-", min_size=1, max_size=12), max_size=5).map(tuple)
MESSAGES = st.builds(Text, ANY_TEXT) | st.builds(Markdown, ANY_TEXT, ANY_TEXT)
FEEDS = st.lists(st.builds(FeedLink, ANY_TEXT, ANY_TEXT, ANY_TEXT), max_size=3).map(tuple).map(FeedCard)
ATS = st.builds(At, user_ids=NAMES, everyone=st.booleans())
FEW = settings(max_examples=150, deadline=None)


@FEW
@given(ANY_TEXT)
def test_cleaned_text_is_valid_utf8_without_controls_and_stays_as_it_is(text):
    clean = clean_text(text)
    clean.encode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f]", clean)
    assert clean_text(clean) == clean


@FEW
@given(MESSAGES | FEEDS)
def test_cleaning_twice_is_cleaning_once(message):
    assert cleaned(cleaned(message)) == cleaned(message)


@FEW
@given(MESSAGES, ATS)
def test_a_body_that_is_built_round_trips_and_its_size_is_exact(message, at):
    if found := problems(message, at):
        with pytest.raises(PayloadError) as refused:
            build(message, at)
        assert refused.value.problems == found
        return
    body = build(message, at)
    sent = with_msg_uuid(body, "0" * 36)
    assert len(sent) == size_with_uuid(body) <= MAX_BODY_BYTES
    parsed = json.loads(sent)
    assert json.dumps(parsed, ensure_ascii=False, separators=(",", ":")).encode() == sent
    assert parsed.get("at", {}).get("isAtAll", False) is at.everyone
    del parsed["msgUuid"]
    parsed.pop("at", None)
    assert message_from_dict(parsed) == place_mentions(cleaned(message), at)


@FEW
@given(MESSAGES, ATS)
def test_placing_mentions_is_idempotent_and_complete(message, at):
    placed = place_mentions(message, at)
    assert place_mentions(placed, at) == placed
    text = placed.content if isinstance(placed, Text) else placed.text
    assert all(f"@{name}" in text for name in at.user_ids)


@FEW
@given(MESSAGES | FEEDS)
def test_whatever_the_message_reading_its_dict_gives_it_back(message):
    assert message_from_dict(message_to_dict(message)) == message


@FEW
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | ANY_TEXT,
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(["msgtype", "text", "markdown", "feedCard", "links", "content", "title", "TEXT", "x"]),
                inner,
            )
        ),
    )
)
def test_reading_any_json_gives_a_message_or_a_payload_error(value):
    body = value if isinstance(value, dict) else {"msgtype": "feedCard", "feedCard": {"links": value}}
    with contextlib.suppress(PayloadError):
        problems(message_from_dict(body))
