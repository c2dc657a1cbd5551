import pytest

from dingtalk.payloads import (
    MAX_BODY_BYTES,
    MSG_UUID_BYTES,
    NOBODY,
    ActionCard,
    At,
    Button,
    FeedCard,
    FeedLink,
    Link,
    Markdown,
    PayloadError,
    Problem,
    Text,
    build,
    message_to_dict,
    problems,
    with_msg_uuid,
)

URL, PICTURE = "https://example.com/a", "https://example.com/a.png"
LINK = Link(title="a", text="b", message_url=URL)
FEED = FeedCard((FeedLink("a", URL, PICTURE),))
BUTTONS = (Button("a", URL),)
FRAME = len(build(Text("x"))) - 1 + MSG_UUID_BYTES


def found(message, at=NOBODY):
    return [(problem.code, problem.field) for problem in problems(message, at)]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        pytest.param(Text(""), [("empty", "content")], id="case 26: no text"),
        pytest.param(Text(" \n\x00"), [("empty", "content")], id="case 26: only white space and controls"),
        pytest.param(Markdown("", ""), [("empty", "title"), ("empty", "text")], id="case 28: markdown without both"),
        pytest.param(Link("", "", ""), [("empty", "title"), ("empty", "text"), ("empty", "messageUrl")], id="link"),
        pytest.param(ActionCard("", "", buttons=BUTTONS), [("empty", "title"), ("empty", "text")], id="card"),
        pytest.param(
            ActionCard("a", "b", buttons=(Button("", ""), *BUTTONS)),
            [("empty", "btns.0.title"), ("empty", "btns.0.actionURL")],
            id="case 30: an empty button",
        ),
        pytest.param(ActionCard("a", "b"), [("card_without_action", "singleTitle")], id="case 29: no action"),
        pytest.param(ActionCard("a", "b", " "), [("card_without_action", "singleTitle")], id="a blank single title"),
        pytest.param(ActionCard("a", "b", "read"), [("empty", "singleURL")], id="case 29: single without URL"),
        pytest.param(ActionCard("a", "b", "", URL), [("empty", "singleTitle")], id="case 29: single without title"),
        pytest.param(ActionCard("a", "b", "c", URL, BUTTONS), [("card_with_both", "btns")], id="cases 29, 30: both"),
        pytest.param(ActionCard("a", "b", "c", buttons=BUTTONS), [("card_with_both", "btns")], id="half of both"),
        pytest.param(
            ActionCard("a", "b", buttons=BUTTONS, btn_orientation="2", hide_avatar="yes"),
            [("value_unknown", "btnOrientation"), ("value_unknown", "hideAvatar")],
            id="case 31: switches",
        ),
        pytest.param(FeedCard(()), [("links_empty", "links")], id="case 32: no links"),
        pytest.param(
            FeedCard((FeedLink("a", URL, PICTURE), FeedLink("", "x", ""))),
            [("empty", "links.1.title"), ("url_not_absolute", "links.1.messageURL"), ("empty", "links.1.picURL")],
            id="case 32: a bad second link",
        ),
    ],
)
def test_what_dingtalk_would_refuse_is_found_with_its_place(message, expected):
    assert found(message) == expected


@pytest.mark.parametrize(
    "url",
    [
        "example.com",
        "/a",
        "//example.com",
        "ftp://example.com",
        "javascript:alert(1)",
        "https://",
        "https:///a",
        "data:,x",
        "https://exa mple.com",
        "https://example.com/a\nb",
        "https://example.com:port",
        "http:example.com",
    ],
)
def test_a_url_must_be_absolute(url):
    """Case 38."""
    assert found(Link("a", "b", url)) == [("url_not_absolute", "messageUrl")]


@pytest.mark.parametrize("url", ["dingtalk://page/link", "data:image/png;base64,x", "a.png", "@", "C:\\a.png"])
def test_a_picture_must_be_on_the_web_or_a_media_id(url):
    assert found(Link("a", "b", URL, url)) == [("picture_not_absolute", "picUrl")]


@pytest.mark.parametrize(
    "url", ["dingtalk://dingtalkclient/page/link?url=x", "http://example.com", "HTTPS://EXAMPLE.COM"]
)
def test_these_urls_are_taken(url):
    assert found(Link("a", "b", url)) == []


@pytest.mark.parametrize(("message", "msgtype"), [(LINK, "link"), (FEED, "feedCard")])
@pytest.mark.parametrize("at", [At(everyone=True), At(mobiles=("13800000000",)), At(user_ids=("user1",))])
def test_mentions_in_a_type_without_them_are_an_error_and_never_dropped(message, msgtype, at):
    """Cases 27 and 32."""
    assert problems(message, at) == (Problem("mentions_not_supported", "at", {"msgtype": msgtype}),)


def test_fifty_people_can_be_mentioned_and_one_more_cannot():
    """Case 36."""
    mobiles = tuple(f"138000000{n:02}" for n in range(49))
    assert found(Text("a"), At(mobiles=mobiles, user_ids=("u1",))) == []
    assert found(Text("a"), At(mobiles=mobiles + mobiles, user_ids=("u1", "u1"), everyone=True)) == []
    too_many = problems(Text("a"), At(mobiles=mobiles, user_ids=("u1", "u2")))
    assert too_many == (Problem("too_many_mentions", "at", {"count": 51, "limit": 50}),)


@pytest.mark.parametrize(
    ("at", "place"),
    [
        (At(mobiles=("13800000000", "张三")), "at.atMobiles"),
        (At(mobiles=("13800000000", "")), "at.atMobiles"),
        (At(user_ids=("u1", "u 2")), "at.atUserIds"),
        (At(user_ids=("u1", " ")), "at.atUserIds"),
    ],
)
def test_a_mention_that_is_no_name_is_found_by_its_position(at, place):
    assert problems(Text("a"), at) == (Problem("mention_malformed", place, {"position": 2}),)


@pytest.mark.parametrize("character", ["a", "中", "😀", '"'], ids=["one byte", "three", "four", "escaped"])
def test_the_size_is_counted_in_bytes_of_exactly_what_is_sent(character):
    """Cases 41 and 42: 20,000 bytes go out, 20,001 never."""
    room = MAX_BODY_BYTES - FRAME
    width = len(build(Text("x" + character))) - len(build(Text("x")))
    text = character * (room // width) + "x" * (room % width)
    assert len(with_msg_uuid(build(Text(text)), "0" * 36)) == MAX_BODY_BYTES
    assert problems(Text(text + "x")) == (Problem("too_long", "body", {"size": 20_001, "limit": 20_000}),)


def test_mentions_count_towards_the_size():
    text = "x" * (MAX_BODY_BYTES - FRAME)
    assert found(Text(text)) == []
    assert found(Text(text), At(user_ids=("u1",))) == [("too_long", "body")]


def test_build_raises_every_problem_at_once():
    with pytest.raises(PayloadError) as refused:
        build(FeedCard((FeedLink("", "x", "y"),)), At(everyone=True))
    assert [problem.code for problem in refused.value.problems] == [
        "empty",
        "url_not_absolute",
        "picture_not_absolute",
        "mentions_not_supported",
    ]
    assert str(refused.value).startswith("links.0.title: empty; ")


def test_a_message_with_problems_can_still_be_shown():
    assert message_to_dict(Markdown("", "x")) == {"msgtype": "markdown", "markdown": {"title": "", "text": "x"}}
