import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.actors import Actor
from audit.models import Entry
from messages.models import Draft, DraftVersion
from messages.services.drafts import save_draft
from messages.services.snapshots import Snapshot
from tests.factories import make_broadcast, make_draft, make_list, make_recipient, make_robot, make_tag, make_user

pytestmark = pytest.mark.django_db

LIST = "/drafts/"
NEW = "/drafts/new/"
WANG = Actor(name="wang")
HTMX = {"HX-Request": "true"}


def text_of(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def saved(name: str = "Fire drill", msgtype: str = "text", content: dict | None = None, **changes) -> Draft:
    snapshot = Snapshot(name=name, msgtype=msgtype, content=content or {"content": "Drill at three."}, **changes)
    return save_draft(draft=None, snapshot=snapshot, based_on=None, by=WANG)


def edit(draft: Draft) -> str:
    return reverse("broadcasts:draft_edit", args=[draft.pk])


def typed(draft: Draft | None = None, **fields) -> dict[str, object]:
    """What the browser sends of the compose page."""
    form = {"name": "Fire drill", "msgtype": "text", "text": "Drill at four.", **fields}
    return {**form, "draft": draft.pk, "based_on": draft.version} | fields if draft else form


# --- the list ---------------------------------------------------------------------------------------------------------
def test_the_list_shows_who_saved_last_and_what_was_launched(english):
    draft = saved("Fire drill")
    broadcast = make_broadcast(draft=draft)
    saved("Never sent")
    text = text_of(english.get(LIST))
    assert "wang" in text
    assert f'href="/broadcasts/{broadcast.pk}/"' in text
    assert "never" in text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        pytest.param("q=fire", {"Fire drill"}, id="by name, whatever the case"),
        pytest.param("q=三点", {"Lunch"}, id="by Chinese words of the message"),
        pytest.param("q=lunch+三点", {"Lunch"}, id="every word somewhere"),
        pytest.param("q=lunch+four", set(), id="a word that is not there"),
        pytest.param("type=markdown", {"Lunch"}, id="by type"),
        pytest.param("author=%(admin)s", {"Fire drill"}, id="by author"),
        pytest.param("type=video&author=x", {"Fire drill", "Lunch"}, id="nonsense filters nothing"),
    ],
)
def test_the_list_can_be_narrowed_down(english, admin, query, names):
    make_draft("Fire drill", created_by=admin)
    make_draft("Lunch", msgtype="markdown", content={"title": "Lunch", "text": "三点吃饭"})
    response = english.get(f"{LIST}?{query % {'admin': admin.pk}}")
    assert {draft.name for draft in response.context["page"].rows} == names


def test_an_empty_list_says_what_to_do_first(english):
    assert "No drafts yet" in text_of(english.get(LIST))
    make_draft()
    assert "No draft fits" in text_of(english.get(f"{LIST}?q=nothing"))


def test_the_list_is_paged_in_the_order_of_the_last_save_and_back(english):
    moment = timezone.now()
    for number in range(120):
        draft = make_draft(f"Draft {number:03}")
        Draft.objects.filter(pk=draft.pk).update(updated_at=moment + timedelta(seconds=number // 3))
    seen, url = [], ""
    pages = []
    while url is not None:
        page = english.get(f"{LIST}{url}").context["page"]
        pages.append([draft.name for draft in page.rows])
        seen += pages[-1]
        url = page.next_url or None
        back = page.previous_url
    assert seen == [f"Draft {number:03}" for number in reversed(range(120))]
    assert [draft.name for draft in english.get(f"{LIST}{back}").context["page"].rows] == pages[1]
    past_the_end = english.get(f"{LIST}?before=1-1").context["page"]
    assert (past_the_end.rows, past_the_end.previous_url) == ([], "?")
    assert english.get(f"{LIST}?before=9-x&after=99999999999999999-1").status_code == 200


def test_the_list_takes_as_many_queries_for_many_rows_as_for_one(english, django_assert_num_queries):
    for number in range(12):
        make_broadcast(draft=saved(f"Draft {number}"))
    english.get(LIST)
    with django_assert_num_queries(5):  # session, user, drafts, authors of the filter, banner
        english.get(LIST)


# --- writing ----------------------------------------------------------------------------------------------------------
def test_a_draft_is_written_with_its_mentions_and_its_audience(english):
    robot, tag, person, names = make_robot(), make_tag(), make_recipient(), make_list()
    response = english.post(
        NEW, typed(robots=robot.pk, tags=tag.pk, mention_recipients=person.pk, mention_lists=names.pk, everyone="1")
    )
    draft = Draft.objects.get()
    assert response["Location"] == edit(draft)
    assert (draft.name, draft.content, draft.version) == ("Fire drill", {"content": "Drill at four."}, 1)
    assert (draft.mention_everyone, draft.all_robots) == (True, False)
    assert [*draft.robots.all(), *draft.tags.all()] == [robot, tag]
    assert [*draft.mention_recipients.all(), *draft.mention_lists.all()] == [person, names]
    assert Entry.objects.filter(action="draft.saved", target_id=str(draft.pk)).count() == 1
    assert "Saved as version 1." in text_of(english.get(edit(draft)))


@pytest.mark.parametrize(
    ("form", "content"),
    [
        pytest.param(
            {"msgtype": "markdown", "title": " t ", "text": "# x"}, {"title": "t", "text": "# x"}, id="markdown"
        ),
        pytest.param(
            {"msgtype": "link", "title": "t", "text": "x", "url": "https://a.example", "picture": ""},
            {"title": "t", "text": "x", "messageUrl": "https://a.example"},
            id="link",
        ),
        pytest.param(
            {
                "msgtype": "actionCard",
                "title": "t",
                "text": "x",
                "card": "buttons",
                "button_title": ["Yes", "", "No"],
                "button_url": ["https://a.example/y", "", "https://a.example/n"],
                "orientation": "1",
            },
            {
                "title": "t",
                "text": "x",
                "btns": [
                    {"title": "Yes", "actionURL": "https://a.example/y"},
                    {"title": "No", "actionURL": "https://a.example/n"},
                ],
                "btnOrientation": "1",
            },
            id="card with buttons",
        ),
        pytest.param(
            {
                "msgtype": "feedCard",
                "feed_title": ["One", "Two"],
                "feed_url": ["https://a.example/1", ""],
                "feed_picture": ["https://a.example/p", ""],
            },
            {
                "links": [
                    {"title": "One", "messageURL": "https://a.example/1", "picURL": "https://a.example/p"},
                    {"title": "Two", "messageURL": "", "picURL": ""},
                ]
            },
            id="feed that is not complete",
        ),
    ],
)
def test_every_type_is_saved_in_dingtalks_own_keys(english, form, content):
    english.post(NEW, {"name": "x", **form})
    draft = Draft.objects.get()
    assert (draft.msgtype, draft.content) == (form["msgtype"], content)


def test_a_draft_without_a_name_is_called_by_its_first_words(english):
    english.post(NEW, typed(name=" ", text="First line\nsecond"))
    english.post(NEW, typed(name="", text=""))
    assert set(Draft.objects.values_list("name", flat=True)) == {"First line", "Untitled draft"}


def test_an_incomplete_draft_is_saved_and_says_what_it_lacks(english):
    draft = saved(msgtype="link", content={"title": "t"})
    text = text_of(english.get(edit(draft)))
    assert "Before it can be sent" in text
    assert re.search(r'id="remarks-text"[^>]*><p data-tone="unsure">.*?Fill in the text\.', text)
    assert "Choose at least one robot or tag" in text


def test_a_new_draft_is_not_told_beside_its_fields_what_it_lacks(english):
    text = text_of(english.get(NEW))
    assert '<div class="remarks" id="remarks-text"></div>' in text
    assert "Fill in the text." in text  # in the panel


def test_an_address_that_cannot_work_is_told_beside_its_own_row(english):
    form = {
        "msgtype": "feedCard",
        "feed_title": ["", "Two"],
        "feed_url": ["", "example"],
        "feed_picture": ["", "https://a.example/p"],
    }
    text = text_of(english.post(reverse("broadcasts:draft_preview"), form))
    assert re.search(r'id="remarks-feed-1-url"[^>]*><p data-tone="bad">.*?address of link 2 in full', text)


def test_a_name_that_is_too_long_is_refused_beside_it_and_nothing_typed_is_lost(english):
    text = text_of(english.post(NEW, typed(name="x" * 101, text="kept <b>")))
    assert "id_name_error" in text
    assert "kept &lt;b&gt;" in text
    assert not Draft.objects.exists()


def test_a_draft_of_20_001_bytes_is_saved_and_told_to_be_too_long(english):
    english.post(NEW, typed(text="x" * 19_950))
    text = text_of(english.get(edit(Draft.objects.get())))
    assert "The message has 20,0" in text
    assert "of 20,000 bytes" in text


def test_every_save_is_a_version_and_a_save_without_a_change_is_none(english):
    draft = saved()
    english.post(edit(draft), typed(draft))
    draft.refresh_from_db()
    english.post(edit(draft), typed(draft))
    assert list(draft.versions.values_list("number", "saved_by_name")) == [(2, "admin"), (1, "wang")]


def test_saving_can_lead_straight_on_to_sending(english):
    response = english.post(reverse("broadcasts:draft_create_and_launch"), typed())
    draft = Draft.objects.get()
    assert response["Location"] == reverse("broadcasts:draft_launch", args=[draft.pk])
    response = english.post(reverse("broadcasts:draft_edit_and_launch", args=[draft.pk]), typed(draft, text="New"))
    assert response["Location"] == reverse("broadcasts:draft_launch", args=[draft.pk])
    assert Draft.objects.get().content == {"content": "New"}


def test_control_characters_are_left_out(english):
    english.post(NEW, typed(name="a\x00b", text="a\x00b\r\nc\x07"))
    draft = Draft.objects.get()
    assert (draft.name, draft.content) == ("ab", {"content": "ab\nc"})


# --- two people -------------------------------------------------------------------------------------------------------
def test_when_somebody_saved_meanwhile_both_versions_are_shown_and_mine_can_still_be_saved(english):
    draft = saved()
    theirs = Snapshot("Fire drill", "text", {"content": "Theirs."})
    save_draft(draft=draft, snapshot=theirs, based_on=1, by=WANG)
    response = english.post(edit(draft), typed(draft, text="Mine.", based_on=1))
    text = text_of(response)
    assert "wang saved this draft while you were writing" in text
    assert "Theirs." in text
    assert ">Mine.</textarea>" in response.content.decode().replace("\n", "")
    assert 'name="based_on" value="2"' in text
    assert Draft.objects.get().content == {"content": "Theirs."}

    english.post(edit(draft), typed(draft, text="Mine.", based_on=2))
    assert Draft.objects.get().content == {"content": "Mine."}
    assert DraftVersion.objects.count() == 3


def test_a_draft_that_was_deleted_meanwhile_can_be_kept_as_a_new_one(english):
    draft = saved()
    form = typed(draft, text="Mine.")
    url = edit(draft)
    Draft.objects.all().delete()
    text = text_of(english.post(url, form))
    assert "This draft was deleted in the meantime" in text
    assert "Mine." in text
    assert f'action="{NEW}"' in text


# --- the page's own buttons -------------------------------------------------------------------------------------------
def test_switching_the_type_saves_nothing_and_loses_nothing(english):
    form = typed(msgtype="link", title="Title", url="https://a.example", picture="https://a.example/p")
    text = text_of(english.post(reverse("broadcasts:draft_type", args=["text"]), form))
    assert '<input type="hidden" name="url" value="https://a.example">' in text
    assert '<input type="hidden" name="msgtype" value="text">' in text
    assert "What you typed for another type is kept until you save." in text
    text = text_of(english.post(reverse("broadcasts:draft_type", args=["feedCard"]), form))
    assert 'value="https://a.example/p"' in text
    assert not Draft.objects.exists()


def feed(*titles: str) -> dict[str, object]:
    return {"msgtype": "feedCard", "feed_title": titles, "feed_url": [""] * len(titles)}


def titles(response) -> list[str]:
    return re.findall(r'name="feed_title" id="[^"]+" value="([^"]*)"', text_of(response))


@pytest.mark.parametrize(
    ("act", "result", "focus"),
    [
        pytest.param("add/", ["A", "B", "C", ""], "id_feed-3-title", id="add"),
        pytest.param("1/remove/", ["A", "C"], "id_feed-1-title", id="remove"),
        pytest.param("1/up/", ["B", "A", "C"], "Move number 1 down", id="up"),
        pytest.param("1/down/", ["A", "C", "B"], "Move number 3 up", id="down"),
        pytest.param("9/up/", ["A", "B", "C"], "Move number 3 up", id="a row that is not there"),
    ],
)
def test_rows_are_changed_by_a_button_each_and_the_keyboard_goes_along(english, act, result, focus):
    response = english.post(f"/drafts/rows/feed/{act}", feed("A", "B", "C"))
    assert titles(response) == result
    focused = re.findall(r"<(?:input|button)[^>]*\bautofocus\b", text_of(response))
    assert len(focused) == 1
    assert focus in focused[0]


def test_a_card_has_at_most_five_buttons(english):
    form = {"msgtype": "actionCard", "card": "buttons", "button_title": ["x"] * 5, "button_url": [""] * 5}
    text = text_of(english.post("/drafts/rows/buttons/add/", form))
    assert text.count('name="button_title"') == 5
    assert "Add a button" not in text


def test_unknown_types_lists_and_rows_are_not_found(english):
    for path in ("type/video/", "pick/users/", "rows/people/add/"):
        assert english.post(f"/drafts/{path}", {}).status_code == 404


# --- picking ----------------------------------------------------------------------------------------------------------
def test_a_search_keeps_what_is_picked_and_shows_the_first_of_what_it_finds(english):
    picked = make_robot("Head office")
    for number in range(60):
        make_robot(f"Shop {number:02}", group_name=f"North {number:02}")
    form = {"robots": picked.pk, "search_robots": "north shop"}
    response = english.post(reverse("broadcasts:draft_pick", args=["robots"]), form, headers=HTMX)
    text = text_of(response)
    assert f'value="{picked.pk}" checked' in text
    assert text.count('name="robots"') == 51
    assert "There are more" in text
    assert "<html" not in text


def test_without_scripts_the_same_search_shows_the_whole_page_again(english):
    make_robot("Shop")
    form = typed(search_robots="nobody", text="kept")
    text = text_of(english.post(reverse("broadcasts:draft_pick", args=["robots"]), form))
    assert "No robot is found" in text
    assert "kept" in text
    assert 'value="nobody"' in text


def test_people_are_found_by_mobile_and_shown_with_a_masked_one(english):
    make_recipient("Zhang", mobile="13800001234")
    make_recipient("Li", mobile="13911112222")
    form = {"search_mention_recipients": "0001234"}
    text = text_of(english.post(reverse("broadcasts:draft_pick", args=["mention_recipients"]), form, headers=HTMX))
    assert "138****1234" in text
    assert "13800001234" not in text
    assert "Li" not in text


def test_the_compose_page_takes_a_fixed_number_of_queries(english, django_assert_num_queries):
    tag = make_tag()
    robots = [make_robot(tags=[tag]) for _number in range(30)]
    people = [make_recipient() for _number in range(30)]
    draft = saved(
        robots=[robot.pk for robot in robots], tags=[tag.pk], mention_recipients=[person.pk for person in people]
    )
    with django_assert_num_queries(25):
        english.get(edit(draft))


# --- the live preview -------------------------------------------------------------------------------------------------
def test_the_preview_answers_with_the_bubble_the_size_and_the_reach(english):
    tag = make_tag()
    robot = make_robot("Ops", group_name="Operations", tags=[tag])
    make_robot(tags=[tag])
    person = make_recipient("张三", mobile="13800001234")
    form = typed(text="Look", robots=robot.pk, tags=tag.pk, mention_recipients=person.pk)
    text = text_of(english.post(reverse("broadcasts:draft_preview"), form, headers=HTMX))
    assert "<html" not in text
    assert '<span class="dt-mention">@张三</span>' in text
    assert "Operations" in text
    assert "2 groups" in text  # each robot once
    assert "of 20,000 bytes" in text
    assert "@138****1234" in text
    assert "13800001234" not in text


def test_without_scripts_the_preview_is_the_whole_page_with_what_was_typed(english):
    text = text_of(english.post(reverse("broadcasts:draft_preview"), typed(text="Look here")))
    assert '<div class="dt-bubble dt-text">Look here</div>' in text
    assert "<html" in text


def test_the_preview_says_that_a_link_mentions_nobody(english):
    form = {"msgtype": "link", "title": "t", "text": "x", "url": "https://a.example", "everyone": "1"}
    text = text_of(english.post(reverse("broadcasts:draft_preview"), form))
    assert "DingTalk cannot mention anybody in a link or a feed card" in text
    assert "DingTalk mentions nobody in a message of the type" in text


def test_nothing_that_is_typed_becomes_html(english):
    form = {"msgtype": "markdown", "title": "<script>", "text": "<script>alert(1)</script>", "name": "<script>"}
    content = english.post(reverse("broadcasts:draft_preview"), form).content.decode()
    assert "<script>" not in content
    assert "alert(1)" in content


# --- versions ---------------------------------------------------------------------------------------------------------
def versions(draft: Draft, number: int | None = None, act: str = "") -> str:
    return f"/drafts/{draft.pk}/versions/" + (f"{number}/" if number else "") + act


def test_an_old_version_is_shown_with_what_differs_and_can_be_restored(english):
    draft = saved("Old name", content={"content": "Old words"})
    draft = save_draft(draft=draft, snapshot=Snapshot("New name", "text", {"content": "New"}), based_on=1, by=WANG)
    assert "Version 1" in text_of(english.get(versions(draft)))
    text = text_of(english.get(versions(draft, 1)))
    assert "Old words" in text
    assert "New name" in text
    response = english.post(versions(draft, 1, "restore/"), follow=True)
    text = text_of(response)
    assert "Version 1 is restored: it is the newest again, as version 3." in text
    assert f'action="{versions(draft, 2, "restore/")}"' in text  # the undo
    draft.refresh_from_db()
    assert (draft.name, draft.version) == ("Old name", 3)


def test_restoring_tells_of_what_does_not_exist_any_more(english):
    robot = make_robot()
    draft = saved(robots=[robot.pk])
    save_draft(draft=draft, snapshot=Snapshot("Fire drill", "text", {"content": "New"}), based_on=1, by=WANG)
    robot.delete()
    response = english.post(versions(draft, 1, "restore/"), follow=True)
    assert "1 robot, tag or person of that version does not exist any more" in text_of(response)


def test_the_versions_take_a_fixed_number_of_queries(english, django_assert_num_queries):
    draft = saved()
    for number in range(60):
        snapshot = Snapshot("Fire drill", "text", {"content": f"{number}"})
        draft = save_draft(draft=draft, snapshot=snapshot, based_on=draft.version, by=WANG)
    with django_assert_num_queries(6):  # session, user, draft, versions, the one before them, banner
        page = english.get(versions(draft)).context["page"]
    assert (len(page.rows), bool(page.next_url)) == (50, True)


# --- copying and deleting ---------------------------------------------------------------------------------------------
def test_a_copy_is_opened_for_editing(english):
    draft = saved()
    response = english.post(f"/drafts/{draft.pk}/copy/")
    copied = Draft.objects.exclude(pk=draft.pk).get()
    assert response["Location"] == edit(copied)
    assert copied.name == "Copy of Fire drill"


def test_deleting_asks_first_and_leaves_what_was_launched(english):
    draft = saved()
    broadcast = make_broadcast(draft=draft)
    Draft.objects.update(launches=1)
    text = text_of(english.get(f"/drafts/{draft.pk}/delete/"))
    assert "The draft and its 1 version are gone for good." in text
    assert "What was launched from it stays as it is" in text
    assert english.post(f"/drafts/{draft.pk}/delete/")["Location"] == LIST
    assert not Draft.objects.exists()
    broadcast.refresh_from_db()
    assert Entry.objects.filter(action="draft.deleted").exists()


# --- access -----------------------------------------------------------------------------------------------------------
READS = [
    LIST,
    NEW,
    "/drafts/%(pk)s/",
    "/drafts/%(pk)s/delete/",
    "/drafts/%(pk)s/versions/",
    "/drafts/%(pk)s/versions/1/",
]
WRITES = [
    "/drafts/new/and-launch/",
    "/drafts/preview/",
    "/drafts/type/text/",
    "/drafts/pick/robots/",
    "/drafts/rows/feed/add/",
    "/drafts/rows/feed/0/remove/",
    "/drafts/rows/feed/0/up/",
    "/drafts/rows/feed/0/down/",
    "/drafts/%(pk)s/and-launch/",
    "/drafts/%(pk)s/copy/",
    "/drafts/%(pk)s/versions/1/restore/",
]


@pytest.mark.parametrize("url", [*READS, *WRITES])
def test_strangers_are_sent_to_sign_in_and_the_powerless_are_refused(url, stranger, powerless_client):
    url = url % {"pk": saved().pk}
    ask = "post" if url in {write % {"pk": Draft.objects.get().pk} for write in WRITES} else "get"
    assert "/accounts/login/" in getattr(stranger, ask)(url)["Location"]
    assert getattr(powerless_client, ask)(url).status_code == 403


@pytest.mark.parametrize("url", WRITES)
def test_what_changes_something_is_only_posted(url, english):
    assert english.get(url % {"pk": saved().pk}).status_code == 405


@pytest.mark.parametrize("url", READS)
def test_pages_take_no_odd_verbs(url, english):
    assert english.put(url % {"pk": saved().pk}).status_code == 405


def test_who_may_only_read_sees_the_drafts_and_no_way_to_change_them():
    user = make_user("reader")
    user.user_permissions.add(Permission.objects.get(codename="view_draft"))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    draft = saved()
    page = client.get(LIST).content.decode()
    assert f'href="/drafts/{draft.pk}/versions/1/"' in page
    for act in ("copy", "delete", "launch"):
        assert f"/drafts/{draft.pk}/{act}/" not in page
    assert client.get(versions(draft, 1)).status_code == 200
    assert client.post(edit(draft), typed(draft)).status_code == 403


@pytest.mark.parametrize("url", ["/drafts/99/", "/drafts/99/copy/", "/drafts/99/versions/", "/drafts/99/versions/1/"])
def test_a_draft_that_is_not_there_is_not_found(url, english):
    ask = english.post if url.endswith("copy/") else english.get
    assert ask(url).status_code == 404
