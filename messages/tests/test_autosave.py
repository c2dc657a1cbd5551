"""Autosaves: which of them are one version, and that nobody's words take the place of somebody else's."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from audit.actors import Actor
from audit.models import Entry
from messages.models import Draft, DraftVersion
from messages.services.drafts import StaleDraft, autosave_draft, save_draft, take_theirs
from messages.services.snapshots import Snapshot
from tests.factories import make_broadcast, make_robot, make_tag, make_user

pytestmark = pytest.mark.django_db

LI = Actor(name="li")
WANG = Actor(name="wang")
DRILL = Snapshot(name="Fire drill", msgtype="text", content={"content": "Drill at three."})
PAGE = UUID(int=1)
OTHER_PAGE = UUID(int=2)


def saved() -> Draft:
    return save_draft(draft=None, snapshot=DRILL, based_on=None, by=LI)


def words(text: str) -> Snapshot:
    return replace(DRILL, content={"content": text})


def autosaved(draft: Draft | None, text: str, *, by: Actor = LI, page: UUID = PAGE, based_on: int | None = None):
    based_on = based_on or (draft.version if draft else None)
    return autosave_draft(draft=draft, snapshot=words(text), based_on=based_on, by=by, page=page)


def kept(draft: Draft) -> list[tuple[int, str, bool]]:
    """Of each version: number, words, and whether it was autosaved."""
    versions = draft.versions.order_by("number")
    return [(each.number, each.snapshot["content"]["content"], each.autosaved_since is not None) for each in versions]


def earlier(draft: Draft, span: timedelta) -> None:
    draft.versions.filter(autosaved_since__isnull=False).update(autosaved_since=timezone.now() - span)


# --- which of them are one version ------------------------------------------------------------------------------------
def test_autosaves_of_a_page_that_follow_one_another_are_one_version_on_record_once():
    draft = saved()
    for text in ("D", "Dri", "Drill at four."):
        draft = autosaved(draft, text)
    assert kept(draft) == [(1, "Drill at three.", False), (4, "Drill at four.", True)]
    assert (draft.version, draft.content) == (4, {"content": "Drill at four."})
    entries = Entry.objects.order_by("number").values_list("action", "detail__version")
    assert list(entries) == [("draft.saved", 1), ("draft.autosaved", 2)]


def test_the_save_by_a_button_takes_the_place_of_the_autosaves_that_it_ends():
    draft = autosaved(saved(), "Drill at f")
    draft = save_draft(draft=draft, snapshot=words("Drill at four."), based_on=2, by=LI, page=PAGE)
    assert kept(draft) == [(1, "Drill at three.", False), (3, "Drill at four.", False)]
    draft = autosaved(draft, "Drill at five.")
    assert kept(draft)[1:] == [(3, "Drill at four.", False), (4, "Drill at five.", True)]


def test_a_press_without_a_change_makes_the_autosaved_version_a_saved_one():
    draft = autosaved(saved(), "Drill at four.")
    draft = save_draft(draft=draft, snapshot=words("Drill at four."), based_on=2, by=LI, page=PAGE)
    assert kept(draft)[1:] == [(2, "Drill at four.", False)]
    assert Entry.objects.order_by("number").last().action == "draft.saved"
    assert kept(autosaved(draft, "Drill at five."))[1:] == [(2, "Drill at four.", False), (3, "Drill at five.", True)]


def test_after_ten_minutes_an_autosave_is_a_version_of_its_own():
    draft = autosaved(saved(), "A")
    earlier(draft, timedelta(minutes=9))
    draft = autosaved(draft, "B")
    earlier(draft, timedelta(minutes=11))
    draft = autosaved(draft, "C")
    assert kept(draft)[1:] == [(3, "B", True), (4, "C", True)]


@pytest.mark.parametrize(
    ("page", "by"), [pytest.param(OTHER_PAGE, LI, id="another tab"), pytest.param(OTHER_PAGE, WANG, id="a person")]
)
def test_autosaves_of_others_stay_as_they_are(page, by):
    draft = autosaved(saved(), "A")
    draft = autosaved(draft, "B", page=page, by=by)
    assert kept(draft)[1:] == [(2, "A", True), (3, "B", True)]


def test_what_was_launched_stays_as_it_was():
    draft = autosaved(saved(), "A")
    make_broadcast(draft=draft, draft_version=2)
    assert kept(autosaved(draft, "B"))[1:] == [(2, "A", True), (3, "B", True)]


def test_an_autosave_without_a_change_stores_nothing():
    draft = saved()
    assert autosaved(draft, "Drill at three.").version == 1
    assert Entry.objects.count() == 1


# --- whose words ------------------------------------------------------------------------------------------------------
def test_an_autosave_based_on_an_old_version_is_refused_and_changes_nothing():
    draft = saved()
    autosaved(draft, "Wang's", by=WANG, page=OTHER_PAGE)
    with pytest.raises(StaleDraft) as refusal:
        autosaved(draft, "Li's", based_on=1)
    assert refusal.value.newest.saved_by_name == "wang"
    assert kept(draft) == [(1, "Drill at three.", False), (2, "Wang's", True)]


def test_a_page_whose_answer_got_lost_is_not_told_that_it_was_overtaken_by_itself():
    draft = saved()
    autosaved(draft, "A")
    assert kept(autosaved(draft, "A and B", based_on=1))[1:] == [(3, "A and B", True)]
    again = save_draft(draft=draft, snapshot=words("A, B, C"), based_on=1, by=LI, page=PAGE)
    assert again.content == {"content": "A, B, C"}


def test_a_page_makes_one_draft_however_often_it_asks():
    li = Actor(name="li", user_id=make_user("li").pk)
    first = autosaved(None, "A", by=li)
    second = autosaved(None, "A and B", by=li)
    third = save_draft(draft=None, snapshot=words("A and B"), based_on=None, by=li, page=PAGE)
    assert Draft.objects.get() == first == second == third
    assert kept(first) == [(2, "A and B", False)]


def test_the_page_of_somebody_who_signed_out_makes_a_draft_of_ones_own():
    li, wang = (Actor(name=name, user_id=make_user(name).pk) for name in ("li", "wang"))
    theirs, mine = autosaved(None, "Li's", by=li), autosaved(None, "Wang's", by=wang)
    assert theirs != mine
    assert (theirs.created_by_id, mine.created_by_id) == (li.user_id, wang.user_id)


def test_taking_theirs_keeps_mine_as_a_version():
    tag = make_tag()
    draft = saved()
    theirs = save_draft(draft=draft, snapshot=replace(words("Wang's"), tags=[tag.pk]), based_on=1, by=WANG)
    assert take_theirs(draft=draft, mine=words("Li's"), based_on=1, theirs=2, by=LI, page=PAGE) == 3
    draft.refresh_from_db()
    assert [text for _number, text, _auto in kept(draft)] == ["Drill at three.", "Wang's", "Li's", "Wang's"]
    assert Snapshot.of(draft) == Snapshot.of(theirs)
    assert take_theirs(draft=draft, mine=DRILL, based_on=1, theirs=4, by=LI, page=PAGE) is None
    assert take_theirs(draft=draft, mine=Snapshot.of(draft), based_on=1, theirs=4, by=LI, page=PAGE) is None
    with pytest.raises(StaleDraft):
        take_theirs(draft=draft, mine=words("Li's"), based_on=1, theirs=2, by=LI, page=PAGE)


def test_a_corrections_audience_stays_in_an_autosave_as_well():
    robot, broadcast = make_robot(), make_broadcast()
    draft = save_draft(draft=None, snapshot=replace(DRILL, robots=[robot.pk]), based_on=None, by=LI, corrects=broadcast)
    draft = autosave_draft(draft=draft, snapshot=replace(words("New"), all_robots=True), based_on=1, by=LI, page=PAGE)
    assert (draft.all_robots, list(draft.robots.all())) == (False, [robot])


# --- really at once ---------------------------------------------------------------------------------------------------
def at_once(*acts) -> list[str]:
    """What each comes to: "saved", or whose save came before it."""
    ready, outcomes = threading.Barrier(len(acts)), {}

    def run(number: int) -> None:
        ready.wait()
        try:
            acts[number]()
            outcomes[number] = "saved"
        except StaleDraft as refusal:
            outcomes[number] = f"after {refusal.newest.saved_by_name}"
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return [outcomes[number] for number in range(len(acts))]


@pytest.mark.django_db(transaction=True)
def test_of_two_autosaves_at_once_one_is_told_and_both_are_kept_or_offered():
    draft = autosaved(saved(), "Begun")
    outcomes = at_once(
        lambda: autosaved(draft, "Li's", page=PAGE), lambda: autosaved(draft, "Wang's", by=WANG, page=OTHER_PAGE)
    )
    assert sorted(outcomes) in (["after li", "saved"], ["after wang", "saved"])
    winner = "Li's" if outcomes[0] == "saved" else "Wang's"
    assert Draft.objects.get().content == {"content": winner}
    assert DraftVersion.objects.order_by("number").last().snapshot["content"] == {"content": winner}
    assert kept(draft)[0] == (1, "Drill at three.", False)


@pytest.mark.django_db(transaction=True)
def test_a_new_page_that_asks_twice_at_once_makes_one_draft():
    li, page = Actor(name="li", user_id=make_user("li").pk), uuid4()
    outcomes = at_once(*(lambda: autosaved(None, "A", by=li, page=page) for _ in range(3)))
    assert outcomes == ["saved"] * 3
    assert kept(Draft.objects.get()) == [(1, "A", True)]
