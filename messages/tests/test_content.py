from __future__ import annotations

import pytest
from django.utils import translation

from dingtalk.payloads import (
    ActionCard,
    At,
    FeedCard,
    FeedLink,
    Link,
    Markdown,
    Message,
    PayloadError,
    Problem,
    ProblemCode,
    Text,
    message_from_dict,
    problems,
)
from messages.rendering.contents import message_of
from messages.services.content import place, problem_text, summary


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_a_drafts_content_becomes_dingtalks_message():
    assert message_of("text", {"content": "Drill"}) == Text("Drill")
    assert message_of("markdown", {"title": "T", "text": "# T"}) == Markdown("T", "# T")
    links = {"links": [{"title": "T", "messageURL": "https://a.example", "picURL": "https://a.example/p.png"}]}
    assert message_of("feedCard", links) == FeedCard((FeedLink("T", "https://a.example", "https://a.example/p.png"),))


def test_an_incomplete_draft_is_told_field_by_field():
    with pytest.raises(PayloadError) as refusal:
        message_of("link", {})
    assert [problem_text(problem) for problem in refusal.value.problems] == [
        "Fill in the title.",
        "Fill in the text.",
        "Fill in the link's address.",
    ]


WORDED = [
    (Text(""), At(), "Fill in the text."),
    (Markdown("", "x"), At(), "Fill in the title."),
    (
        Link("T", "x", "example.com/news"),
        At(),
        "Write the link's address in full: it begins with https://, http:// or dingtalk:// and has no spaces.",
    ),
    (
        Link("T", "x", "https://a.example", "C:\\p.png"),
        At(),
        "Write the picture's address in full: it begins with https:// or http://,"
        " and DingTalk can open it from the internet.",
    ),
    (
        FeedCard((FeedLink("T", "https://a.example", "https://a.example/p"), FeedLink("T", "https://a.example", ""))),
        At(),
        "Fill in the picture's address of link 2.",
    ),
    (ActionCard("T", "x"), At(), "An action card needs a button. Add one with its title and its address."),
    (FeedCard(()), At(), "A feed card needs at least one link. Add one."),
    (
        Link("T", "x", "https://a.example"),
        At(everyone=True),
        "DingTalk mentions nobody in a message of the type “Link”. Remove the mentions, or choose another type.",
    ),
    (
        Text("x"),
        At(mobiles=tuple(f"138{number:08}" for number in range(51))),
        "51 people are mentioned, but DingTalk takes at most 50. Mention fewer people, or everyone.",
    ),
    (
        Text("x"),
        At(mobiles=("13800000001", "Li")),
        "Number 2 of the mentioned mobiles is no mobile number. Correct it.",
    ),
    (
        Text("x"),
        At(user_ids=("a b",)),
        "Number 1 of the mentioned userIds is no DingTalk userId. Correct it.",
    ),
]


@pytest.mark.parametrize(("message", "at", "sentence"), WORDED, ids=[row[2] for row in WORDED])
def test_what_a_message_lacks_is_said_in_the_words_of_its_writer(message: Message, at: At, sentence: str):
    assert sentence in [problem_text(problem) for problem in problems(message, at)]


def test_a_message_that_is_too_long_says_by_how_much():
    problem = Problem(ProblemCode.TOO_LONG, "body", {"size": 20_001, "limit": 20_000})
    assert problem_text(problem) == (
        "The message has 20,001 bytes, but DingTalk takes at most 20,000."
        " Shorten it by 1 bytes, about 1 Chinese characters."
    )


BODIES = [
    ({}, "The message does not say of which type it is."),
    ({"msgtype": "image"}, "DingTalk's robots know no message of the type “image”."),
    ({"msgtype": 3}, "“msgtype” must be a text in quotes, but it is a number."),
    ({"msgtype": "text"}, "Fill in the text."),
    ({"msgtype": "markdown", "markdown": None}, "“markdown” must be an object in { }, but it is nothing (null)."),
]


@pytest.mark.parametrize(("body", "beginning"), BODIES, ids=[row[1] for row in BODIES])
def test_a_body_of_the_wrong_shape_is_explained(body: dict[str, object], beginning: str):
    with pytest.raises(PayloadError) as refusal:
        message_from_dict(body)
    assert problem_text(refusal.value.problems[0]).startswith(beginning)


PARAMS = {
    ProblemCode.VALUE_UNKNOWN: {"allowed": "0, 1"},
    ProblemCode.MENTIONS_NOT_SUPPORTED: {"msgtype": "feedCard"},
    ProblemCode.TOO_MANY_MENTIONS: {"count": 51, "limit": 50},
    ProblemCode.MENTION_MALFORMED: {"position": 1},
    ProblemCode.TOO_LONG: {"size": 20_001, "limit": 20_000},
    ProblemCode.MSGTYPE_MISSING: {"allowed": "text, link"},
    ProblemCode.MSGTYPE_UNKNOWN: {"msgtype": "image", "allowed": "text, link"},
    ProblemCode.KEY_WRONG_CASE: {"expected": "messageUrl"},
    ProblemCode.TYPE_WRONG: {"expected": "string", "found": "array"},
}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("code", list(ProblemCode))
def test_every_problem_has_a_sentence_for_people(code: ProblemCode, language: str):
    field = "at.atMobiles" if code is ProblemCode.MENTION_MALFORMED else "links.0.title"
    with translation.override(language):
        sentence = problem_text(Problem(code, field, PARAMS.get(code, {})))
    assert sentence.endswith((".", "。"))
    assert "%(" not in sentence


def test_a_field_that_has_no_name_is_quoted():
    assert place("btns.0.title") == "the title of button 1"
    assert place("actionCard") == "“actionCard”"


def test_a_message_without_a_name_is_called_by_its_first_line():
    assert summary(Text("\n Drill at three.\nBring water.")) == "Drill at three."
    assert summary(Markdown("Drill", "# x")) == "Drill"
    assert summary(FeedCard(())) == "Message without text"
