from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from audit.actors import SYSTEM, Actor
from audit.keyset import PAGE_SIZE
from audit.log import record
from audit.models import Entry
from tests.factories import make_robot, make_tag

pytestmark = pytest.mark.django_db

LIST = "/audit/"


@pytest.fixture
def english(staff_client):
    staff_client.cookies["django_language"] = "en"
    Entry.objects.all().delete()
    return staff_client


def text_of(response) -> str:
    return response.content.decode()


def test_an_entry_tells_who_what_on_what_and_from_where(english, admin):
    robot = make_robot(name="ops")
    record(
        "robot.updated", by=Actor("admin", admin.pk, "10.1.2.3"), target=robot, detail={"changed": ["name", "notes"]}
    )
    text = text_of(english.get(LIST))
    assert "Changed a robot" in text
    assert "10.1.2.3" in text
    assert "ops" in text
    assert "name, notes" in text


def test_the_same_entry_reads_in_chinese(english):
    english.cookies["django_language"] = "zh-hans"
    record("robot.paused", by=SYSTEM, target=make_robot(name="运维"), detail={"原因": "群已被解散"})
    text = text_of(english.get(LIST))
    assert "群已被解散" in text


def test_a_target_that_was_deleted_is_named_without_a_link(english):
    tag = make_robot(name="gone")
    record("robot.deleted", by=SYSTEM, target=tag)
    text = text_of(english.get(LIST))
    assert "gone" in text
    assert f'href="/robots/{tag.pk}/"' not in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        pytest.param("", {"one", "two", "three"}, id="no filter"),
        pytest.param("action=tag.created", {"two"}, id="by action"),
        pytest.param("actor=ang", {"one"}, id="by a part of a person's name"),
        pytest.param("actor=The system", {"two", "three"}, id="by the system, as it is shown"),
        pytest.param("target=THR", {"three"}, id="by a part of the target's name"),
        pytest.param("from=2026-11-02&to=2026-11-02", {"two"}, id="by day, in the default zone"),
        pytest.param("to=2026-11-01", {"one"}, id="up to a day, that day included"),
        pytest.param("from=yesterday", {"one", "two", "three"}, id="a day that is none filters nothing"),
        pytest.param("action=rocket.launched", {"one", "two", "three"}, id="an unknown action filters nothing"),
    ],
)
def test_the_log_can_be_narrowed_down(english, query, shown):
    zone = ZoneInfo("Asia/Shanghai")
    for day, (name, action, by) in enumerate(
        [("one", "robot.created", Actor("Wang")), ("two", "tag.created", SYSTEM), ("three", "robot.paused", SYSTEM)], 1
    ):
        entry = record(action, by=by, target=make_tag(f"target {name}"))
        Entry.objects.filter(pk=entry.pk).update(at=datetime(2026, 11, day, 0, 30, tzinfo=zone))
    text = text_of(english.get(f"{LIST}?{query}"))
    assert {name for name in ("one", "two", "three") if f"target {name}" in text} == shown


def test_other_pages_can_ask_for_all_that_was_done_to_one_thing(english):
    robot = make_robot(name="ops")
    record("robot.updated", by=SYSTEM, target=robot)
    record("tag.created", by=SYSTEM, target=make_tag("north"))
    text = text_of(english.get(LIST, {"target_type": "robot", "target_id": robot.pk}))
    assert "ops" in text
    assert "north" not in text


def test_the_pages_go_from_new_to_old_and_back(english):
    for number in range(PAGE_SIZE + 10):
        record("tag.created", by=SYSTEM, target=make_tag(f"tag <{number:03}>"))
    first = english.get(LIST)
    assert "tag &lt;059&gt;" in text_of(first)
    assert "tag &lt;009&gt;" not in text_of(first)
    older = english.get(LIST + first.context["page"].next_url)
    assert "tag &lt;009&gt;" in text_of(older)
    assert not older.context["page"].next_url
    newer = english.get(LIST + older.context["page"].previous_url)
    assert [line.entry.number for line in newer.context["lines"]] == [
        line.entry.number for line in first.context["lines"]
    ]


@pytest.mark.parametrize("query", ["before=x", "before=-1", "before=" + "9" * 30, "after=99999999999999999"])
def test_an_odd_page_number_shows_the_first_page(english, query):
    record("tag.created", by=SYSTEM, target=make_tag("north"))
    assert "north" in text_of(english.get(f"{LIST}?{query}"))


def test_an_empty_log_says_what_will_stand_there(english):
    assert "Nothing on record yet" in text_of(english.get(LIST))


def test_filters_that_fit_nothing_say_so(english):
    record("tag.created", by=SYSTEM)
    assert "Nothing fits these filters" in text_of(english.get(f"{LIST}?target=nowhere"))


def test_the_button_proves_that_the_log_is_whole(english):
    record("tag.created", by=SYSTEM)
    Entry.objects.all().delete()
    assert "entry 1" in text_of(english.post(reverse("audit:verify"), follow=True))


def test_the_button_says_when_nothing_was_changed(staff_client):
    staff_client.cookies["django_language"] = "en"
    assert "The log is whole" in text_of(staff_client.post(reverse("audit:verify"), follow=True))


def test_the_number_of_queries_does_not_grow_with_the_entries(english, django_assert_num_queries):
    for number in range(30):
        record("tag.created", by=SYSTEM, target=make_tag(f"tag {number}"))
    # Session, user, entries: a superuser's rights need none.
    with django_assert_num_queries(4):
        english.get(LIST)


@pytest.mark.parametrize(("method", "name"), [("get", "audit:list"), ("post", "audit:verify")])
def test_a_stranger_is_sent_to_sign_in(stranger, method, name):
    response = getattr(stranger, method)(reverse(name))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize(("method", "name"), [("get", "audit:list"), ("post", "audit:verify")])
def test_without_the_permission_it_is_forbidden(powerless_client, method, name):
    assert getattr(powerless_client, method)(reverse(name)).status_code == 403


@pytest.mark.parametrize(("method", "name"), [("post", "audit:list"), ("get", "audit:verify")])
def test_the_wrong_verb_is_refused(staff_client, method, name):
    assert getattr(staff_client, method)(reverse(name)).status_code == 405
