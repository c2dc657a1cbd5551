from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.utils import translation

from dingtalk.payloads import NOBODY, At
from messages.forms.composition import composition_of_post
from messages.forms.draft import type_form
from messages.forms.launch import LaunchForm, proposal, zone_names
from messages.forms.places import field_of, on_page
from messages.forms.rows import added, moved, removed
from messages.forms.typed import Row, Typed, carried_over, content_of, typed_of_content
from messages.rendering.contents import message_of

CONTENTS = [
    pytest.param("text", {"content": "x"}, id="text"),
    pytest.param("markdown", {"title": "t", "text": "x"}, id="markdown"),
    pytest.param("link", {"title": "t", "text": "x", "messageUrl": "https://a.example"}, id="link"),
    pytest.param(
        "link",
        {"title": "t", "text": "x", "messageUrl": "https://a.example", "picUrl": "https://a.example/p"},
        id="link with a picture",
    ),
    pytest.param(
        "actionCard",
        {"title": "t", "text": "x", "singleTitle": "Go", "singleURL": "https://a.example", "hideAvatar": "1"},
        id="whole card",
    ),
    pytest.param(
        "actionCard",
        {
            "title": "t",
            "text": "x",
            "btns": [{"title": "Go", "actionURL": "https://a.example"}],
            "btnOrientation": "1",
        },
        id="card with buttons",
    ),
    pytest.param(
        "feedCard",
        {"links": [{"title": "t", "messageURL": "https://a.example", "picURL": "https://a.example/p"}]},
        id="feed",
    ),
]


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


# --- contents and fields ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("msgtype", "content"), CONTENTS)
def test_a_content_goes_into_the_fields_and_comes_out_the_same(msgtype, content):
    assert content_of(msgtype, typed_of_content(msgtype, content)) == content


@pytest.mark.parametrize("msgtype", ["text", "markdown", "link", "actionCard", "feedCard"])
@pytest.mark.parametrize(
    "content",
    [
        pytest.param({}, id="empty"),
        pytest.param({"title": 3, "text": None, "links": "x", "btns": [1, {}]}, id="of no known shape"),
    ],
)
def test_a_content_that_is_incomplete_still_makes_a_message(msgtype, content):
    message_of(msgtype, content_of(msgtype, typed_of_content(msgtype, content)))


def test_rows_that_are_empty_do_not_go_into_the_message():
    typed = Typed(feed=(Row("One"), Row(), Row("Two")))
    assert [link["title"] for link in content_of("feedCard", typed)["links"]] == ["One", "Two"]


def test_switching_the_type_takes_along_what_two_types_have_in_common():
    link = Typed(title="t", url="https://a.example", picture="https://a.example/p")
    feed = carried_over(link, to="feedCard")
    assert feed.feed == (Row("t", "https://a.example", "https://a.example/p"),)
    back = carried_over(Typed(feed=feed.feed), to="link")
    assert (back.title, back.url, back.picture) == ("t", "https://a.example", "https://a.example/p")
    assert carried_over(Typed(title="mine", feed=feed.feed), to="link").title == "mine"


def test_what_was_typed_for_another_type_comes_back_with_the_form():
    post = QueryDict("msgtype=text&text=hello&url=https://a.example&button_title=Go&button_url=u&card=buttons")
    composition = composition_of_post(post)
    assert composition.typed.url == "https://a.example"
    assert composition.typed.buttons == (Row("Go", "u"),)
    assert list(type_form(composition).fields) == ["text"]


def test_odd_input_is_read_as_far_as_it_goes():
    post = QueryDict("msgtype=video&robots=1&robots=x&robots=-2&robots=99999999999999999999&robots=1&based_on=&draft=a")
    composition = composition_of_post(post)
    assert (composition.msgtype, composition.picked["robots"]) == ("text", (1,))
    assert (composition.draft, composition.based_on) == (None, None)


# --- rows -------------------------------------------------------------------------------------------------------------
A, B, C = Row("a"), Row("b"), Row("c")


def test_rows_are_added_up_to_the_most_there_may_be():
    assert added((A,), most=2) == (A, Row())
    assert added((A, B), most=2) == (A, B)


def test_the_last_row_is_emptied_instead_of_removed():
    assert removed((A, B), 0) == (B,)
    assert removed((A,), 0) == (Row(),)
    assert removed((A,), 7) == (A,)


@pytest.mark.parametrize(
    ("position", "by", "result"),
    [
        pytest.param(1, -1, (B, A, C), id="up"),
        pytest.param(1, 1, (A, C, B), id="down"),
        pytest.param(0, -1, (A, B, C), id="past the top"),
        pytest.param(2, 1, (A, B, C), id="past the bottom"),
        pytest.param(9, 1, (A, B, C), id="no such row"),
    ],
)
def test_rows_are_moved_within_their_bounds(position, by, result):
    assert moved((A, B, C), position, by=by) == result


def test_a_fault_is_told_beside_the_row_as_it_stands_on_the_page():
    typed = Typed(feed=(Row(), Row("One")))
    assert on_page("links.0.picURL", typed) == "links.1.picURL"
    assert field_of("links.1.picURL", typed) == "feed-1-picture"
    assert field_of("singleTitle", Typed(buttons_card=True)) == "buttons"
    assert field_of("singleTitle", Typed()) == "single_title"
    assert field_of("at.atMobiles", typed) == "mentions"


# --- when -------------------------------------------------------------------------------------------------------------
KEY = "6b1f5a6c-1d5e-4a0e-9d3e-0a4f4a1f0001"


def launch_form(*, at: At = NOBODY, **data: str) -> LaunchForm:
    return LaunchForm({"when": "now", "policy": "ask", "launch_key": KEY, **data}, at=at, groups=3)


def test_now_needs_no_time():
    form = launch_form(date="nonsense", time="", zone="")
    assert form.is_valid()
    assert form.wall is None


def test_a_wall_time_in_its_zone_is_one_moment():
    form = launch_form(when="later", date="2026-12-01", time="09:00", zone="America/New_York")
    assert form.is_valid(), form.errors
    assert form.wall.moment == datetime(2026, 12, 1, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        pytest.param({"time": "09:00", "zone": "Asia/Shanghai"}, "date", id="no date"),
        pytest.param({"date": "2026-12-01", "zone": "Asia/Shanghai"}, "time", id="no time"),
        pytest.param({"date": "2026-12-01", "time": "09:00"}, "zone", id="no zone"),
        pytest.param({"date": "2026-12-01", "time": "09:00", "zone": "Mars/Base"}, "zone", id="no such zone"),
        pytest.param({"date": "2026-12-01", "time": "09:00", "zone": "../etc/passwd"}, "zone", id="a path"),
        pytest.param({"date": "9999-12-31", "time": "23:00", "zone": "America/New_York"}, "date", id="end of time"),
        pytest.param({"date": "0001-01-01", "time": "00:30", "zone": "Asia/Shanghai"}, "date", id="beginning of time"),
    ],
)
def test_what_is_wrong_with_a_time_stands_beside_its_field(data, field):
    form = launch_form(when="later", **data)
    assert not form.is_valid()
    assert list(form.errors) == [field]


def test_a_mention_of_everyone_is_confirmed_by_the_number_of_groups():
    form = launch_form(at=At(everyone=True))
    assert list(form.errors) == ["confirm"]
    assert form["confirm"].label == "Yes, notify everybody in 3 groups"
    assert launch_form(at=At(everyone=True), confirm="on").is_valid()


def test_the_form_begins_with_now_and_proposes_the_next_full_hour():
    zone = ZoneInfo("Asia/Shanghai")
    begin = proposal(at=At(), now=datetime(2026, 11, 24, 15, 55, tzinfo=UTC), zone=zone)
    assert (begin["when"], begin["policy"]) == ("now", "retry_safely")
    assert f"{begin['date']} {begin['time']}" == "2026-11-25 01:00:00"
    assert proposal(at=At(everyone=True), now=datetime(2026, 11, 24, tzinfo=UTC), zone=zone)["policy"] == "ask"


def test_zones_are_those_of_places():
    assert "Asia/Shanghai" in zone_names()
    assert not [name for name in zone_names() if name.startswith("Etc/")]
