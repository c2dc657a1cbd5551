import re
from html import unescape
from html.parser import HTMLParser

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from dingtalk.payloads import (
    MAX_BODY_BYTES,
    ActionCard,
    At,
    Button,
    FeedCard,
    FeedLink,
    Link,
    Markdown,
    Text,
    build,
    size_with_uuid,
)
from messages.preview import markdown
from messages.preview.addresses import is_public
from messages.preview.bubbles import Jump, bubble_of, line_of
from messages.preview.hints import hints
from messages.preview.markdown import Unsupported
from messages.preview.mentions import NO_MARKS, marks_of
from messages.preview.preview import Preview, PutIn, preview_of
from messages.preview.size import Size
from messages.rendering import marks

ZHANG = At(mobiles=("13800001234",), user_ids=("manager7675",))
NAMES = {"13800001234": "张三"}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def size_of(preview: Preview) -> Size:
    return Size(preview.size, MAX_BODY_BYTES)


def codes(message) -> list[tuple[str, str]]:
    return [(hint.code, hint.place) for hint in hints(message)]


class Elements(HTMLParser):
    """Every tag with its attributes, as a browser reads them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def elements(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Elements()
    parser.feed(html)
    return parser.found


# --- markdown ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "html"),
    [
        pytest.param("# One", "<h1>One</h1>", id="heading"),
        pytest.param("###### Six", "<h6>Six</h6>", id="sixth heading"),
        pytest.param("> said", "<blockquote>\n<p>said</p>\n</blockquote>", id="quote"),
        pytest.param("**b** *i*", "<p><strong>b</strong> <em>i</em></p>", id="bold and italic"),
        pytest.param("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>", id="list"),
        pytest.param("3. a", '<ol start="3">\n<li>a</li>\n</ol>', id="numbered list"),
        pytest.param("a&nbsp;b", "<p>a&nbsp;b</p>", id="space as an entity"),
    ],
)
def test_the_documented_part_of_markdown_is_shown(text, html):
    assert markdown.read(text).html().strip() == html


def test_a_link_opens_elsewhere_and_a_picture_tells_nobody_where_it_is_shown():
    found = dict(elements(markdown.read("[more](https://a.example/x) ![pic](https://a.example/p.png)").html()))
    assert found["a"] == {"href": "https://a.example/x", "target": "_blank", "rel": "noopener noreferrer nofollow"}
    assert found["img"]["src"] == "https://a.example/p.png"
    assert found["img"]["referrerpolicy"] == "no-referrer"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("| a | b |\n|---|---|\n| 1 | 2 |", Unsupported.TABLE, id="table"),
        pytest.param("```\ncode\n```", Unsupported.CODE, id="fenced code"),
        pytest.param("say\n\n    code", Unsupported.CODE, id="indented code"),
        pytest.param("a `code` b", Unsupported.CODE, id="code in a line"),
        pytest.param("~~gone~~", Unsupported.STRIKETHROUGH, id="strikethrough"),
        pytest.param("<b>bold</b>", Unsupported.HTML, id="HTML in a line"),
        pytest.param("<div>\nx\n</div>", Unsupported.HTML, id="HTML block"),
        pytest.param("a\n\n---\n\nb", Unsupported.RULE, id="rule"),
        pytest.param("One\n===", Unsupported.UNDERLINED_HEADING, id="underlined heading"),
        pytest.param("<https://a.example>", Unsupported.BARE_LINK, id="bare link"),
        pytest.param("[a][r]\n\n[r]: https://a.example", Unsupported.REFERENCE, id="link reference"),
        pytest.param("one\ntwo", Unsupported.JOINED_LINES, id="lines without a gap"),
    ],
)
def test_what_dingtalk_does_not_know_is_named_and_stays_as_it_was_typed(text, kind):
    assert kind in [found.kind for found in markdown.read(text).unsupported()]
    html = markdown.read(text).html()
    assert not any(tag in html for tag in ("<table", "<code", "<pre", "<s>", "<del", "<hr", "<b>", "<h1", "<a "))
    words = re.sub(r"<[^>]*>| ?\(?DingTalk will not show this\)?", "", html)
    assert unescape(words).split() == text.split()
    assert ("DingTalk will not show this" in html) == (kind != Unsupported.JOINED_LINES)


def test_what_is_marked_is_the_piece_that_dingtalk_does_not_know_and_no_more():
    html = markdown.read("Say `code` and **bold**\n\n|a|b|\n|-|-|\n|1|2|\n\nend").html()
    said = '<span class="visually-hidden"> (DingTalk will not show this)</span>'
    assert f'Say <mark class="dt-unshown" title="DingTalk will not show this">`code`{said}</mark> and' in html
    assert "<strong>bold</strong>" in html
    assert '<div class="dt-unshown-words">|a|b|\n|-|-|\n|1|2|</div>' in html
    assert html.endswith("<p>end</p>\n")


def test_each_mistake_is_named_with_the_line_that_it_stands_on():
    text = "# One\n\ntwo  \n[x](a.example)\n\n> ~~three~~\n\n![p](http://10.0.0.1/p.png)\n\n```\ncode\n```"
    found = {hint.code: hint.line for hint in hints(Markdown("One", text))}
    assert found == {
        "link_without_scheme": 4,
        "strikethrough": 6,
        "picture_insecure": 8,
        "picture_not_public": 8,
        "code": 10,
    }


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("[x](a.example)", "[x](a.example)", id="link that leads nowhere"),
        pytest.param("[**x**](a.example/@b)", "[x](a.example/@b)", id="with words in bold"),
        pytest.param("![p](http://a.example/p.png)", "![p](http://a.example/p.png)", id="picture over http"),
        pytest.param("![p](https://10.0.0.1/p.png)", "![p](https://10.0.0.1/p.png)", id="picture in an intranet"),
        pytest.param(f"![p](data:image/png;base64,{'A' * 90})", f"![p](data:image/png;base64,{'A' * 38}…)", id="data"),
    ],
)
def test_a_link_and_a_picture_that_will_not_show_stay_as_they_were_typed_and_are_marked(text, shown):
    html = markdown.read(f"see {text} there").html()
    assert "<a" not in html
    assert "<img" not in html
    words = re.sub(r"<[^>]*>", "", html)
    assert words == f"see {shown} (DingTalk will not show this) there\n"


def test_plain_text_has_nothing_to_be_told_about():
    assert markdown.read("# One\n\n> two\n\n- [three](https://a.example)\n- **four**").unsupported() == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("<script>alert(1)</script>", id="script"),
        pytest.param("<img src=x onerror=alert(1)>", id="handler"),
        pytest.param("[x](javascript:alert(1))", id="script address"),
        pytest.param("[x](data:text/html,<script>alert(1)</script>)", id="data address"),
        pytest.param('![x](https://a.example/"onerror="alert(1))', id="quote in a picture's address"),
        pytest.param("[x](https://a.example 'title\" onclick=\"alert(1)')", id="quote in a link's title"),
    ],
)
def test_nothing_that_is_typed_becomes_a_script(text):
    for tag, attributes in elements(markdown.read(text).html()):
        assert tag in {"p", "a", "img", "div", "span", "mark"}
        allowed = {"href", "title", "class", "target", "rel", "src", "alt", "referrerpolicy", "loading"}
        assert set(attributes) <= allowed
        assert (attributes.get("href") or attributes.get("src") or "https://").startswith("https://")


def test_dingtalks_own_addresses_stay_links():
    assert (
        'href="dingtalk://dingtalkclient/page/link?url=x"'
        in markdown.read("[x](dingtalk://dingtalkclient/page/link?url=x)").html()
    )


# --- mentions ---------------------------------------------------------------------------------------------------------
def test_mentions_are_shown_by_name_and_never_with_a_whole_mobile():
    bubble = bubble_of(Text("Look @13800001234"), at=ZHANG, marks=marks_of(ZHANG, NAMES))
    assert '<span class="dt-mention">@张三</span>' in bubble.html
    assert '<span class="dt-mention">@manager7675</span>' in bubble.html  # appended, as it is sent
    assert "13800001234" not in bubble.html


def test_a_mobile_without_a_name_is_shown_masked():
    at = At(mobiles=("13800001234",))
    bubble = bubble_of(Markdown("t", "hello"), at=at, marks=marks_of(at, {}))
    assert '<span class="dt-mention">@138****1234</span>' in bubble.html


def test_a_mark_is_not_found_inside_a_longer_one():
    at = At(user_ids=("user1", "user12"))
    bubble = bubble_of(Text("@user12 @user1 @user123"), at=at, marks=marks_of(at, {"user1": "A", "user12": "B"}))
    assert bubble.html == ('<span class="dt-mention">@B</span> <span class="dt-mention">@A</span> @user123')


def test_names_and_text_are_escaped():
    at = At(mobiles=("13800001234",))
    bubble = bubble_of(Text("<b>x</b>"), at=at, marks=marks_of(at, {"13800001234": "<i>"}))
    assert bubble.html == '&lt;b&gt;x&lt;/b&gt;\n<span class="dt-mention">@&lt;i&gt;</span>'


def test_everyone_is_marked_though_nothing_of_it_stands_in_the_text():
    at = At(everyone=True)
    assert '<span class="dt-mention">@everyone</span>' in bubble_of(Text("x"), at=at, marks=NO_MARKS).html


# --- bubbles ----------------------------------------------------------------------------------------------------------
def test_a_whole_card_has_one_button_and_a_card_with_buttons_its_own():
    whole = ActionCard("t", "x", single_title="Read", single_url="https://a.example")
    assert bubble_of(whole, at=At(), marks=NO_MARKS).buttons == (Jump("Read", "https://a.example"),)
    several = ActionCard("t", "x", buttons=(Button("Yes", "https://a.example"), Button("No", "nowhere")))
    bubble = bubble_of(several, at=At(), marks=NO_MARKS)
    assert bubble.buttons == (Jump("Yes", "https://a.example"), Jump("No", ""))


def test_addresses_that_a_browser_must_not_open_are_not_links():
    for picture in ("http://a.example/p.png", "https://192.168.1.4/p.png"):
        bubble = bubble_of(Link("t", "x", "javascript:alert(1)", picture), at=At(), marks=NO_MARKS)
        assert (bubble.url, bubble.picture) == ("", "")


def test_a_feed_shows_its_links_in_order():
    feed = FeedCard((FeedLink("One", "https://a.example/1", "https://a.example/1.png"), FeedLink("Two", "", "")))
    assert [link.title for link in bubble_of(feed, at=At(), marks=NO_MARKS).links] == ["One", "Two"]


@pytest.mark.parametrize(
    ("message", "summary"),
    [
        pytest.param(Text("\n first\nsecond"), "first", id="first words of a text"),
        pytest.param(Markdown("Title", "# Heading"), "Title", id="title of markdown"),
        pytest.param(FeedCard((FeedLink("One", "", ""),)), "One", id="first link of a feed"),
        pytest.param(FeedCard(()), "", id="empty feed"),
        pytest.param(Text(""), "", id="nothing"),
    ],
)
def test_the_list_of_chats_shows_the_title_or_the_first_words(message, summary):
    assert line_of(message, at=At()).summary == summary


# --- hints ------------------------------------------------------------------------------------------------------------
def test_a_title_that_the_text_does_not_repeat_is_told_about():
    assert ("title_not_in_text", "title") in codes(Markdown("Maintenance", "We stop at ten."))
    assert codes(Markdown("Maintenance", "## **Maintenance** tonight\n\nWe stop at ten.")) == []


@pytest.mark.parametrize(
    ("url", "code"),
    [
        pytest.param("http://a.example/p.png", "picture_insecure", id="http"),
        pytest.param("https://192.168.1.4/p.png", "picture_not_public", id="private address"),
        pytest.param("https://intranet/p.png", "picture_not_public", id="name of an intranet"),
        pytest.param("https://localhost/p.png", "picture_not_public", id="this machine"),
        pytest.param("@lADPabc", "media_id", id="media id"),
    ],
)
def test_pictures_that_dingtalk_may_not_show_are_told_about(url, code):
    assert (code, "picUrl") in codes(Link("t", "x", "https://a.example", url))
    assert (code, "links.1.picURL") in codes(
        FeedCard((FeedLink("a", "", "https://a.example/p.png"), FeedLink("b", "", url)))
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("t [x](a.example)", "link_without_scheme", id="link without a scheme"),
        pytest.param("t ![x](data:image/png;base64,AAAA)", "picture_no_address", id="picture in the text"),
        pytest.param("t ![x](C:/p.png)", "picture_no_address", id="picture from a disk"),
        pytest.param("t ![x](http://10.0.0.1/p.png)", "picture_not_public", id="picture in an intranet"),
    ],
)
def test_links_and_pictures_in_markdown_are_looked_at(text, code):
    assert (code, "text") in codes(Markdown("t", text))


def test_a_public_host_is_recognised_and_nonsense_is_none():
    assert is_public("https://img.example.cn/p.png")
    assert not is_public("https://[::1]/p.png")
    assert not is_public("https://[bad/p.png")
    assert not is_public("not an address")


# --- what was put in --------------------------------------------------------------------------------------------------
def marked(value: str, number: int = 0) -> str:
    return marks.marked(value, number)


def put_in(plain, with_marks, *labels) -> Preview:
    return preview_of(plain, at=At(), names={}, put_in=PutIn(with_marks, labels))


def test_what_was_put_in_is_shown_where_it_stands_with_where_it_comes_from():
    preview = put_in(Text("Ask Li."), Text(f"Ask {marked('Li')}."), 'of <the> "robot"')
    assert preview.bubble.html == ('Ask <span class="dt-from" title="of &lt;the&gt; &quot;robot&quot;">Li</span>.')
    assert preview.line.summary == preview.bubble.html


def test_in_markdown_it_is_marked_through_several_elements_each_closed_in_itself():
    value = "one **two**\n\n- three"
    preview = put_in(Markdown("t", f"**x** {value}"), Markdown("t", f"**x** {marked(value)}"), "x")
    opened = '<span class="dt-from" title="x">'
    assert preview.bubble.html == (
        f"<p><strong>x</strong> {opened}one </span><strong>{opened}two</span></strong></p>\n"
        f"<ul>\n<li>{opened}three</span></li>\n</ul>\n"
    )


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("# Heading", id="a heading only at the beginning of its line"),
        pytest.param("1. list", id="a list only at the beginning of its line"),
    ],
)
def test_where_marks_would_change_the_picture_there_are_none(value):
    plain = preview_of(Markdown("t", value), at=At(), names={})
    assert put_in(Markdown("t", value), Markdown("t", marked(value)), "x").bubble == plain.bubble


def test_marks_are_shown_in_links_feeds_and_buttons():
    link = put_in(Link("To Li", "x Li", "https://a.example"), Link(f"To {marked('Li')}", f"x {marked('Li')}", ""), "x")
    assert link.bubble.title == 'To <span class="dt-from" title="x">Li</span>'
    assert link.bubble.text == 'x <span class="dt-from" title="x">Li</span>'
    assert link.bubble.url == "https://a.example"
    feed = put_in(FeedCard((FeedLink("<Li>", "", ""),)), FeedCard((FeedLink(marked("<Li>"), "", ""),)), "x")
    assert feed.bubble.links[0].title == '<span class="dt-from" title="x">&lt;Li&gt;</span>'
    card = ActionCard("t", "x", buttons=(Button("Ask Li", ""),))
    marked_card = ActionCard("t", "x", buttons=(Button(f"Ask {marked('Li')}", ""),))
    assert put_in(card, marked_card, "x").bubble.buttons[0].title == 'Ask <span class="dt-from" title="x">Li</span>'


@given(
    before=st.text("ab*_[](){}!<>#`~- \n|", max_size=12),
    value=st.text("ab*_[](){}!<>#`~- \n|\"'", min_size=1, max_size=12),
    after=st.text("ab*_[](){}!<>#`~- \n|", max_size=12),
)
def test_marks_never_change_what_is_seen(before, value, after):
    plain = preview_of(Markdown("t", before + value + after), at=At(), names={}).bubble.html
    shown = put_in(
        Markdown("t", before + value + after), Markdown("t", before + marked(value) + after), "x"
    ).bubble.html
    opened = '<span class="dt-from" title="x">'
    assert shown == plain or re.sub(f"{opened}(.*?)</span>", r"\1", shown, flags=re.DOTALL) == plain
    assert not set(marks.START + marks.END) & set(shown)


def test_a_mention_that_the_text_lacks_is_told_from_one_that_its_author_placed():
    preview = preview_of(Text("Look @manager7675"), at=ZHANG, names=NAMES)
    assert [(mark.name or mark.sent, mark.added) for mark in preview.marks] == [("张三", True), ("@manager7675", False)]


# --- all of it --------------------------------------------------------------------------------------------------------
def test_the_size_is_that_of_the_exact_bytes():
    message, at = Markdown("标题", "一" * 100), At(mobiles=("13800001234",))
    preview = preview_of(message, at=at, names={})
    assert preview.size == size_with_uuid(build(message, at))
    assert (size_of(preview).too_big, size_of(preview).nearly_full) == (False, False)


def test_a_message_of_20_001_bytes_is_too_big_and_one_of_20_000_is_not():
    room = 20_000 - preview_of(Text(""), at=At(), names={}).size
    full = preview_of(Text("x" * room), at=At(), names={})
    assert (full.size, size_of(full).too_big, size_of(full).nearly_full) == (20_000, False, True)
    over = preview_of(Text("x" * (room + 1)), at=At(), names={})
    assert (over.size, size_of(over).too_big) == (20_001, True)
    assert [problem.code for problem in over.problems] == ["too_long"]


def test_thousands_of_mentions_are_a_problem_and_not_thousands_on_the_screen():
    at = At(mobiles=tuple(f"138{number:08d}" for number in range(3000)))
    preview = preview_of(Text("x"), at=at, names={})
    assert len(preview.marks) == 50
    assert "too_many_mentions" in [problem.code for problem in preview.problems]
