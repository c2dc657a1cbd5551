"""What the compose page asks for by itself, as a browser asks it."""

from __future__ import annotations

import json
import re
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.actors import Actor
from messages.models import Draft
from messages.services.drafts import autosave_draft, save_draft
from messages.services.snapshots import Snapshot
from messages.tests.draft_parts import WANG, saved, text_of
from tests.factories import make_robot, make_user

pytestmark = pytest.mark.django_db

NEW = "/drafts/autosave/"
KEPT = "/drafts/kept/"
PAGE = str(UUID(int=1))
OTHER_PAGE = UUID(int=2)


def typed(admin: User, draft: Draft | None = None, **fields: object) -> dict[str, object]:
    """What the page sends of itself."""
    about = {"draft": draft.pk, "based_on": draft.version} if draft else {"draft": "", "based_on": ""}
    form = {"name": "Fire drill", "msgtype": "text", "text": "Drill at four.", "writer": admin.pk, "page": PAGE}
    return {**form, **about, **fields}


def url(name: str, draft: Draft) -> str:
    return reverse(f"broadcasts:draft_{name}", args=[draft.pk])


def answer(response) -> dict:
    assert response.status_code == 200
    return json.loads(response.content)


def words(text: str) -> Snapshot:
    return Snapshot(name="Fire drill", msgtype="text", content={"content": text})


def by_wang(draft: Draft, text: str = "Wang's words.") -> Draft:
    return save_draft(draft=draft, snapshot=words(text), based_on=draft.version, by=WANG)


# --- saving -----------------------------------------------------------------------------------------------------------
def test_an_autosave_answers_what_the_page_goes_on_with(english, admin):
    draft = saved()
    told = answer(english.post(url("autosave", draft), typed(admin, draft)))
    assert re.fullmatch(r"All changes saved, \d\d:\d\d", told["line"])
    assert (told["state"], told["draft"], told["version"], told["wrong"]) == ("saved", draft.pk, 2, {})
    assert "Version 2, saved by itself while admin wrote" in " ".join(told["newest"].split())
    assert Draft.objects.get().content == {"content": "Drill at four."}


def test_an_incomplete_draft_begins_with_the_first_autosave_and_stays_one(english, admin):
    told = answer(english.post(NEW, typed(admin, name="", text="Fire")))
    draft = Draft.objects.get()
    assert (told["address"], told["autosave"]) == (f"/drafts/{draft.pk}/", url("autosave", draft))
    english.post(NEW, typed(admin, name="", text="Fire drill"))
    assert "saved by itself" in text_of(english.get(f"/drafts/{draft.pk}/versions/"))
    response = english.post("/drafts/new/", typed(admin, name="", text="Fire drill"))
    assert response["Location"] == f"/drafts/{draft.pk}/"
    assert (Draft.objects.get().name, Draft.objects.get().created_by) == ("Fire drill", admin)


def test_a_page_on_which_nothing_was_written_makes_no_draft(english, admin):
    assert answer(english.post(NEW, typed(admin, name="", text="", msgtype="markdown"))) == {"state": "nothing"}
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "fields", [pytest.param({"writer": 0}, id="another person signed in"), pytest.param({"page": "x"}, id="no page")]
)
def test_what_is_not_of_the_persons_own_page_is_not_saved(english, admin, fields):
    draft = saved()
    assert answer(english.post(url("autosave", draft), typed(admin, draft, **fields))) == {"state": "signedOut"}
    assert Draft.objects.get().version == 1


def test_a_name_that_is_too_long_keeps_nothing_else_from_being_saved(english, admin):
    draft = saved()
    told = answer(english.post(url("autosave", draft), typed(admin, draft, name="x" * 101)))
    assert "100" in told["wrong"]["name"][0]
    assert told["line"].startswith("Saved but for what is marked below")
    assert (Draft.objects.get().name, Draft.objects.get().content) == ("Fire drill", {"content": "Drill at four."})
    english.post(NEW, typed(admin, name="x" * 101, text="Fire"))
    assert Draft.objects.latest("pk").name == "Fire"


def test_a_deleted_draft_does_not_come_back_by_itself(english, admin):
    draft = saved()
    form, address = typed(admin, draft), url("autosave", draft)
    draft.delete()
    assert answer(english.post(address, form)) == {"state": "deleted"}
    assert not Draft.objects.exists()


# --- two versions -----------------------------------------------------------------------------------------------------
def test_a_newer_version_is_shown_beside_and_kept_mine_takes_its_place(english, admin):
    draft = saved()
    by_wang(draft)
    told = answer(english.post(url("autosave", draft), typed(admin, draft)))
    assert told["state"] == "conflict"
    for part in ("wang saved this draft while you were writing", "Wang&#x27;s words.", "Drill at four.", "Keep mine"):
        assert part in told["html"]
    assert Draft.objects.get().content == {"content": "Wang's words."}

    told = answer(english.post(url("autosave", draft), typed(admin, draft, based_on=2, keep=1)))
    assert (told["state"], told["version"]) == ("saved", 3)
    assert [each.autosaved_since for each in draft.versions.all()] == [None] * 3


def test_theirs_is_taken_and_mine_stays_as_a_version(english, admin):
    draft = saved()
    by_wang(draft)
    response = english.post(url("take_theirs", draft), typed(admin, draft, theirs=2))
    assert response["Location"] == f"/drafts/{draft.pk}/"
    text = text_of(english.get(response["Location"]))
    assert "Yours is kept as version 3." in text
    assert Draft.objects.get().content == {"content": "Wang's words."}
    assert draft.versions.get(number=3).snapshot["content"] == {"content": "Drill at four."}


def test_theirs_that_was_overtaken_is_shown_anew(english, admin):
    draft = saved()
    by_wang(by_wang(draft), "Wang's newest words.")
    text = text_of(english.post(url("take_theirs", draft), typed(admin, draft, theirs=2)))
    assert "Wang&#x27;s newest words." in text
    assert "Drill at four." in text
    assert Draft.objects.get().version == 3


def test_the_difference_to_the_newest_is_shown_when_it_is_asked_for(english, admin):
    draft = saved()
    by_wang(draft)
    text = text_of(english.post(url("newest", draft), typed(admin, draft, text="Drill at three.")))
    assert "Wang&#x27;s words." in text
    assert f'formaction="{url("take_theirs", draft)}" name="theirs" value="2"' in text


# --- what a browser kept ----------------------------------------------------------------------------------------------
def test_what_was_never_saved_is_offered_with_the_difference(english, admin):
    draft = saved()
    text = text_of(english.post(KEPT, typed(admin, draft, name="Drill", kept_at="1700000000000")))
    assert "There is unsaved text of 06:13 in this browser" in text
    for part in ("Drill at three.", "Drill at four.", "Put it back", "Throw it away", "As it was saved"):
        assert part in text
    text = text_of(english.post(KEPT, typed(admin, kept_at="x")))
    assert "As it was saved" not in text


def test_what_was_saved_after_all_is_not_offered(english, admin):
    draft = saved()
    assert english.post(KEPT, typed(admin, draft, text="Drill at three.")).status_code == 204
    by = Actor(name="admin", user_id=admin.pk)
    draft = autosave_draft(draft=draft, snapshot=words("Drill at four."), based_on=1, by=by, page=UUID(PAGE))
    by_wang(draft)
    assert english.post(KEPT, typed(admin, draft)).status_code == 204, "it was saved, and overtaken since"
    english.post(NEW, typed(admin, page=OTHER_PAGE))
    assert english.post(KEPT, typed(admin, page=OTHER_PAGE)).status_code == 204, "its draft was begun"


def test_what_is_put_back_stands_in_the_form_and_is_not_saved(english, admin):
    draft, robot = saved(), make_robot()
    text = text_of(english.post("/drafts/put-back/", typed(admin, draft, msgtype="link", url="//x", robots=robot.pk)))
    assert 'name="msgtype" value="link"' in text
    assert 'value="//x"' in text
    assert re.search(rf'name="robots" value="{robot.pk}"[^>]*checked', text)
    assert Draft.objects.get().version == 1


# --- who else is there ------------------------------------------------------------------------------------------------
def beat(client: Client, user: User, draft: Draft, page: UUID | str = PAGE, **fields: object) -> dict:
    form = {"writer": user.pk, "page": page, "based_on": draft.version, "typed": "", **fields}
    return answer(client.post(url("presence", draft), form))


@pytest.fixture
def zhang(db) -> tuple[Client, User]:
    client, user = Client(), make_user("zhang", superuser=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = "en"
    return client, user


def words_of(told: dict) -> str:
    return " ".join(re.sub("<[^>]*>", " ", told["others"]).split())


def test_two_people_in_one_draft_are_told_of_each_other(english, admin, zhang):
    draft, other = saved(), saved()
    assert beat(english, admin, draft)["names"] == []
    told = beat(*zhang, draft, OTHER_PAGE, typed=150)
    assert re.fullmatch(r"admin is also in this draft, since \d\d:\d\d", words_of(told))
    told = beat(english, admin, draft)
    assert re.fullmatch(r"zhang is also in this draft, since \d\d:\d\d · last typed \d min ago", words_of(told))
    beat(*zhang, draft, OTHER_PAGE, typed=3)
    assert "typing just now" in words_of(beat(english, admin, draft))
    assert beat(english, admin, other)["names"] == []

    beat(*zhang, draft, OTHER_PAGE, gone=1)
    assert beat(english, admin, draft)["names"] == []


def test_ones_own_other_tab_is_told_as_that(english, admin):
    draft = saved()
    beat(english, admin, draft)
    told = beat(english, admin, draft, OTHER_PAGE)
    assert "You have this draft open in another tab as well" in words_of(told)


def test_a_newer_version_is_told_unless_the_page_saved_it_itself(english, admin):
    draft = saved()
    assert beat(english, admin, draft)["newer"] == ""
    english.post(url("autosave", draft), typed(admin, draft))
    assert beat(english, admin, draft)["newer"] == "", "its own, of which it may not have heard yet"
    told = beat(english, admin, draft, OTHER_PAGE)
    assert "You saved a newer version elsewhere at" in told["newer"]
    draft.refresh_from_db()
    by_wang(draft)
    told = beat(english, admin, draft)
    assert re.search(r"wang saved a newer version at \d\d:\d\d\.", told["newer"])
    assert told["version"] == 3


def test_a_beat_writes_no_row_and_takes_three_queries(english, admin):
    draft = saved()
    beat(english, admin, draft)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        beat(english, admin, draft)
    assert [query["sql"].split()[0] for query in queries] == ["SELECT"] * 3  # session, user, newest version


def test_without_redis_nobody_is_told_and_nothing_breaks(english, admin, zhang, settings):
    draft = saved()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    beat(*zhang, draft, OTHER_PAGE)
    by_wang(draft)
    told = beat(english, admin, draft)
    assert (told["state"], told["names"], told["others"]) == ("there", [], "")
    assert "wang saved a newer version" in told["newer"]
    assert beat(english, admin, draft, gone=1) == {"state": "gone"}


def test_a_beat_of_a_deleted_draft_or_of_somebody_elses_page_says_so(english, admin):
    draft = saved()
    assert beat(english, admin, draft, writer=0) == {"state": "signedOut"}
    Draft.objects.all().delete()
    assert beat(english, admin, draft) == {"state": "deleted"}
