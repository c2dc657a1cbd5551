"""The exact bytes of every type."""

import json

import pytest

from dingtalk.payloads import (
    MSG_UUID_BYTES,
    ActionCard,
    At,
    Button,
    FeedCard,
    FeedLink,
    Link,
    Markdown,
    Text,
    build,
    message_from_dict,
    message_to_dict,
    size_with_uuid,
    with_msg_uuid,
)

MSG_UUID = "00000000-0000-4000-8000-000000000001"
MOBILE, USER = "13800000000", "manager7675"
LINK = Link(title="标题", text="正文", message_url="https://example.com/a", pic_url="https://example.com/a.png")
WHOLE_CARD = ActionCard(title="标题", text="正文", single_title="阅读全文", single_url="https://example.com/a")
BUTTON_CARD = ActionCard(
    title="标题",
    text="正文",
    buttons=(Button("同意", "https://example.com/y"), Button("拒绝", "dingtalk://dingtalkclient/page/link?url=x")),
    btn_orientation="1",
    hide_avatar="1",
)
FEED = FeedCard(
    (
        FeedLink("一", "https://example.com/1", "https://example.com/1.png"),
        FeedLink("二", "https://example.com/2", "@lALPDeC2uQ_7MOHMgMyA"),
    )
)

BODIES = [
    pytest.param(Text("报警 🚨"), At(), '{"msgtype":"text","text":{"content":"报警 🚨"}}', id="case 26: text"),
    pytest.param(
        Text("报警"),
        At(mobiles=(MOBILE,), user_ids=(USER,), everyone=True),
        '{"msgtype":"text","text":{"content":"报警\\n@13800000000 @manager7675"},'
        '"at":{"atMobiles":["13800000000"],"atUserIds":["manager7675"],"isAtAll":true}}',
        id="cases 33-35: at is a sibling of msgtype and holds isAtAll",
    ),
    pytest.param(
        Text("报警"),
        At(everyone=True),
        '{"msgtype":"text","text":{"content":"报警"},"at":{"isAtAll":true}}',
        id="case 35: everyone needs nothing in the text",
    ),
    pytest.param(
        LINK,
        At(),
        '{"msgtype":"link","link":{"title":"标题","text":"正文",'
        '"messageUrl":"https://example.com/a","picUrl":"https://example.com/a.png"}}',
        id="case 27: link",
    ),
    pytest.param(
        Link(title="标题", text="正文", message_url="https://example.com/a"),
        At(),
        '{"msgtype":"link","link":{"title":"标题","text":"正文","messageUrl":"https://example.com/a"}}',
        id="case 37: link without picture, and without null",
    ),
    pytest.param(
        Markdown("标题", "# 正文\n> 引用"),
        At(user_ids=(USER,)),
        '{"msgtype":"markdown","markdown":{"title":"标题","text":"# 正文\\n> 引用\\n\\n@manager7675"},'
        '"at":{"atUserIds":["manager7675"],"isAtAll":false}}',
        id="case 28: markdown",
    ),
    pytest.param(
        WHOLE_CARD,
        At(),
        '{"msgtype":"actionCard","actionCard":{"title":"标题","text":"正文","singleTitle":"阅读全文",'
        '"singleURL":"https://example.com/a","btnOrientation":"0","hideAvatar":"0"}}',
        id="cases 29 and 31: whole card",
    ),
    pytest.param(
        BUTTON_CARD,
        At(),
        '{"msgtype":"actionCard","actionCard":{"title":"标题","text":"正文","btnOrientation":"1","hideAvatar":"1",'
        '"btns":[{"title":"同意","actionURL":"https://example.com/y"},'
        '{"title":"拒绝","actionURL":"dingtalk://dingtalkclient/page/link?url=x"}]}}',
        id="cases 30 and 31: card with buttons",
    ),
    pytest.param(
        FEED,
        At(),
        '{"msgtype":"feedCard","feedCard":{"links":[{"title":"一","messageURL":"https://example.com/1",'
        '"picURL":"https://example.com/1.png"},{"title":"二","messageURL":"https://example.com/2",'
        '"picURL":"@lALPDeC2uQ_7MOHMgMyA"}]}}',
        id="case 32: feed card",
    ),
]


@pytest.mark.parametrize(("message", "at", "expected"), BODIES)
def test_a_message_becomes_exactly_these_bytes(message, at, expected):
    """Case 3: compact UTF-8, not ASCII-escaped."""
    assert build(message, at) == expected.encode()


@pytest.mark.parametrize("message", [Text("a"), LINK, Markdown("a", "b"), WHOLE_CARD, BUTTON_CARD, FEED])
def test_a_message_read_from_its_own_body_is_the_same(message):
    assert message_from_dict(message_to_dict(message)) == message
    assert message_from_dict(json.loads(build(message))) == message


@pytest.mark.parametrize(("message", "at", "expected"), BODIES)
def test_the_msg_uuid_is_spliced_in_and_nothing_else_changes(message, at, expected):
    body = build(message, at)
    sent = with_msg_uuid(body, MSG_UUID)
    assert sent == expected[:-1].encode() + f',"msgUuid":"{MSG_UUID}"}}'.encode()
    assert json.loads(sent) == {**json.loads(body), "msgUuid": MSG_UUID}
    assert len(sent) == size_with_uuid(body) == len(body) + MSG_UUID_BYTES


@pytest.mark.parametrize("msg_uuid", ["", "x", MSG_UUID + "0", MSG_UUID[:-1] + '"', MSG_UUID[:-1] + "é"])
def test_a_msg_uuid_of_another_form_is_refused_because_the_size_counts_on_it(msg_uuid):
    with pytest.raises(ValueError, match="36"):
        with_msg_uuid(build(Text("a")), msg_uuid)


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b'{"a":1'])
def test_only_an_object_with_members_takes_a_msg_uuid(body):
    with pytest.raises(ValueError, match="JSON object"):
        with_msg_uuid(body, MSG_UUID)


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        pytest.param("a\r\nb\rc", "a\nb\nc", id="case 39: line ends"),
        pytest.param("tab\tstays", "tab\tstays", id="case 39: tab"),
        pytest.param('"\\D:\\dir" </script> \'', '"\\D:\\dir" </script> \'', id="case 39: quotes and backslashes"),
        pytest.param("a\x00b\x07c\x1bd\x7fe\x9ff", "abcdef", id="case 40: NUL and controls"),
        pytest.param("a\ud83db", "ab", id="case 40: a lone high surrogate"),
        pytest.param("a\ude00b\ud83d", "ab", id="case 40: lone surrogates at the edges"),
        pytest.param("a\ud83d\ude00b", "a😀b", id="case 40: two halves that met"),
        pytest.param("👨‍👩‍👧 \u2028 \ufeff", "👨‍👩‍👧 \u2028 \ufeff", id="what can be read stays"),
    ],
)
def test_text_is_cleaned_and_survives_json(typed, sent):
    body = build(Markdown(title=typed, text=typed))
    assert json.loads(body)["markdown"] == {"title": sent, "text": sent}


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        pytest.param(" https://example.com/a ", "https://example.com/a", id="trimmed"),
        pytest.param(
            "https://example.com/图 片?q=中", "https://example.com/%E5%9B%BE%20%E7%89%87?q=%E4%B8%AD", id="Chinese"
        ),
        pytest.param(
            "https://example.com/%E5%9B%BE?a=1&b=2#c", "https://example.com/%E5%9B%BE?a=1&b=2#c", id="encoded before"
        ),
        pytest.param("https://example.com/100%?x=%zz", "https://example.com/100%25?x=%25zz", id="a bare per cent sign"),
        pytest.param(
            'https://example.com/"<>\\^`{|}', "https://example.com/%22%3C%3E%5C%5E%60%7B%7C%7D", id="delimiters"
        ),
        pytest.param("https://例子.中国/路", "https://xn--fsqu00a.xn--fiqs8s/%E8%B7%AF", id="a Chinese host"),
        pytest.param("HTTPS://Example.com", "HTTPS://Example.com", id="capitals"),
    ],
)
def test_special_characters_of_urls_are_encoded_once(typed, sent):
    """Case 38."""
    once = json.loads(build(Link(title="a", text="b", message_url=typed)))["link"]["messageUrl"]
    assert once == sent
    assert json.loads(build(Link(title="a", text="b", message_url=once)))["link"]["messageUrl"] == sent
