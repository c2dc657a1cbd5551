import pytest

from dingtalk.payloads import (
    ActionCard,
    At,
    FeedCard,
    FeedLink,
    Link,
    Markdown,
    Text,
    has_keyword,
    place_mentions,
    searched_texts,
)

URL = "https://example.com"
AT = At(mobiles=("13800000000",), user_ids=("user1", "user2"))


def test_nobody_is_false_and_anybody_is_true():
    assert not At()
    assert At(everyone=True)
    assert At(mobiles=("1",))
    assert At(user_ids=("a",))


@pytest.mark.parametrize(
    ("message", "placed"),
    [
        pytest.param(Text("a"), Text("a\n@13800000000 @user1 @user2"), id="text"),
        pytest.param(Markdown("t", "a"), Markdown("t", "a\n\n@13800000000 @user1 @user2"), id="markdown"),
        pytest.param(ActionCard("t", "a"), ActionCard("t", "a\n\n@13800000000 @user1 @user2"), id="actionCard"),
        pytest.param(
            Text("@user2 请看，@13800000000你好"), Text("@user2 请看，@13800000000你好\n@user1"), id="some are there"
        ),
        pytest.param(Text("@user12 @user1_x"), Text("@user12 @user1_x\n@13800000000 @user1 @user2"), id="longer names"),
        pytest.param(Link("t", "a", URL), Link("t", "a", URL), id="link has none"),
    ],
)
def test_missing_marks_are_appended_once(message, placed):
    """Case 35."""
    assert place_mentions(message, AT) == placed
    assert place_mentions(placed, AT) == placed


def test_everyone_needs_no_mark():
    assert place_mentions(Text("a"), At(everyone=True)) == Text("a")


LINK = Link("标题", "正文", URL)
FEED = FeedCard((FeedLink("第一", URL, URL), FeedLink("第二", URL, URL)))


@pytest.mark.parametrize(
    ("message", "texts"),
    [
        (Text("正文"), ("正文",)),
        (LINK, ("标题", "正文")),
        (Markdown("标题", "正文"), ("标题", "正文")),
        (ActionCard("标题", "正文"), ("标题", "正文")),
        (FEED, ("第一",)),
        (FeedCard(()), ()),
    ],
)
def test_the_texts_where_a_keyword_is_safe(message, texts):
    assert searched_texts(message) == texts


@pytest.mark.parametrize(
    ("message", "keywords", "has"),
    [
        pytest.param(Text("报警了"), [], True, id="no keywords"),
        pytest.param(Text("报警了"), ["", " "], True, id="only blank keywords"),
        pytest.param(Text("报警了"), ["通知", "报警"], True, id="case 68: one of several"),
        pytest.param(Text("报警了"), ["通知"], False, id="case 68: none"),
        pytest.param(Text("Alert"), ["alert"], False, id="another case"),
        pytest.param(Text("报\x00警"), ["报警"], True, id="as it will be sent"),
        pytest.param(Markdown("报警", "正文"), ["报警"], False, id="markdown: the title alone is not safe"),
        pytest.param(Markdown("标题", "报警"), ["报警"], True, id="markdown: the text"),
        pytest.param(ActionCard("报警", "正文"), ["报警"], False, id="actionCard: the title alone is not safe"),
        pytest.param(ActionCard("标题", "报警"), ["报警"], True, id="actionCard: the text"),
        pytest.param(LINK, ["标题"], True, id="link: the title"),
        pytest.param(LINK, ["正文"], True, id="link: the text"),
        pytest.param(LINK, ["example"], False, id="link: not the URL"),
        pytest.param(FEED, ["第二"], True, id="feedCard: any title"),
        pytest.param(FEED, ["第三"], False, id="feedCard: none"),
    ],
)
def test_whether_a_message_has_a_keyword(message, keywords, has):
    assert has_keyword(message, keywords) is has
