import pytest

from dingtalk.payloads import (
    ActionCard,
    Button,
    FeedCard,
    FeedLink,
    Link,
    Markdown,
    PayloadError,
    Text,
    message_from_dict,
)

URL = "https://example.com"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"msgtype": "text", "text": {"content": "a"}}, Text("a")),
        ({"msgtype": "link", "link": {"title": "a", "text": "b", "messageUrl": URL}}, Link("a", "b", URL)),
        ({"msgtype": "markdown", "markdown": {"text": "b", "title": "a"}}, Markdown("a", "b")),
        (
            {
                "msgtype": "actionCard",
                "actionCard": {"title": "a", "text": "b", "btns": [{"title": "c", "actionURL": URL}]},
            },
            ActionCard("a", "b", buttons=(Button("c", URL),)),
        ),
        (
            {"msgtype": "feedCard", "feedCard": {"links": [{"title": "a", "messageURL": URL, "picURL": URL}]}},
            FeedCard((FeedLink("a", URL, URL),)),
        ),
        ({"msgtype": "feedCard", "feedCard": {"links": []}}, FeedCard(())),
        ({"msgtype": "text", "text": {"content": ""}}, Text("")),
    ],
    ids=["text", "link", "markdown", "actionCard", "feedCard", "no links: for problems() to say", "empty: likewise"],
)
def test_a_body_as_dingtalk_takes_it_is_read(body, message):
    assert message_from_dict(body) == message


def card(**keys):
    return {"msgtype": "actionCard", "actionCard": {"title": "a", "text": "b", **keys}}


def feed(links):
    return {"msgtype": "feedCard", "feedCard": {"links": links}}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({}, [("msgtype_missing", "msgtype")], id="nothing"),
        pytest.param({"msgtype": None}, [("type_wrong", "msgtype")], id="msgtype null"),
        pytest.param(
            {"msgtype": "image", "image": {}}, [("msgtype_unknown", "msgtype")], id="a type of robots with an app"
        ),
        pytest.param({"msgtype": "actioncard"}, [("msgtype_unknown", "msgtype")], id="msgtype in wrong case"),
        pytest.param({"msgtype": "text"}, [("key_missing", "text")], id="no text object"),
        pytest.param(
            {"msgtype": "text", "markdown": {"title": "a", "text": "b"}},
            [("key_unknown", "markdown"), ("key_missing", "text")],
            id="case 28: msgtype text with a markdown object",
        ),
        pytest.param({"msgtype": "text", "Text": {}}, [("key_wrong_case", "Text")], id="the object in wrong case"),
        pytest.param({"msgtype": "text", "text": "a"}, [("type_wrong", "text")], id="a string for the object"),
        pytest.param({"msgtype": "text", "text": {}}, [("key_missing", "content")], id="no content"),
        pytest.param({"msgtype": "text", "text": {"content": None}}, [("type_wrong", "content")], id="null content"),
        pytest.param(
            {"msgtype": "markdown", "markdown": {"title": "a", "text": ["b"]}},
            [("type_wrong", "text")],
            id="case 28: a list for the text",
        ),
        pytest.param(
            {"msgtype": "text", "text": {"content": "a"}, "at": {}, "msgUuid": "x"},
            [("key_elsewhere", "at"), ("key_elsewhere", "msgUuid")],
            id="at and msgUuid",
        ),
        pytest.param(
            {"msgtype": "text", "text": {"content": "a"}, "isAtAll": True, "atMobiles": []},
            [("key_unknown", "isAtAll"), ("key_unknown", "atMobiles")],
            id="case 33: isAtAll beside msgtype",
        ),
        pytest.param(
            {"msgtype": "text", "text": {"content": "a"}, "link": None}, [("key_unknown", "link")], id="case 37: null"
        ),
        pytest.param(
            {"msgtype": "link", "link": {"title": "a", "text": "b", "messageURL": URL}},
            [("key_wrong_case", "messageURL")],
            id="case 27: messageURL in link",
        ),
        pytest.param(card(singleUrl=URL, singleTitle="c"), [("key_wrong_case", "singleUrl")], id="case 29: singleUrl"),
        pytest.param(card(btnOrientation=0), [("type_wrong", "btnOrientation")], id="case 31: a number"),
        pytest.param(card(btns={}), [("type_wrong", "btns")], id="buttons that are no list"),
        pytest.param(
            card(btns=[{"title": "c", "actionUrl": URL}, 1]),
            [("key_wrong_case", "btns.0.actionUrl"), ("type_wrong", "btns.1")],
            id="case 30: actionUrl",
        ),
        pytest.param(
            feed([{"title": "a", "messageURL": URL, "picURL": URL}, {"title": 1, "messageUrl": URL, "x": 1}]),
            [
                ("key_wrong_case", "links.1.messageUrl"),
                ("key_unknown", "links.1.x"),
                ("key_missing", "links.1.picURL"),
                ("type_wrong", "links.1.title"),
            ],
            id="case 32: a bad second link",
        ),
        pytest.param({"msgtype": "feedCard", "feedCard": {}}, [("key_missing", "links")], id="case 32: no links"),
        pytest.param(
            {"msgtype": "text", "text": {"content": "a", 5: 1}}, [("key_unknown", "5")], id="a key of no text"
        ),
    ],
)
def test_each_mistake_of_shape_is_named_with_its_place(body, expected):
    with pytest.raises(PayloadError) as refused:
        message_from_dict(body)
    assert [(problem.code, problem.field) for problem in refused.value.problems] == expected


def test_a_wrong_case_says_the_right_one_and_a_wrong_type_both():
    with pytest.raises(PayloadError) as refused:
        message_from_dict({"msgtype": "link", "link": {"title": True, "text": 1.5, "messageURL": URL, "picUrl": []}})
    assert [dict(problem.params) for problem in refused.value.problems] == [
        {"expected": "messageUrl"},
        {"expected": "string", "found": "boolean"},
        {"expected": "string", "found": "number"},
        {"expected": "string", "found": "array"},
    ]
