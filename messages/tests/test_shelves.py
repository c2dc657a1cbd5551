"""Drafts put away and taken back, and that neither they nor templates are launched."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from audit.models import Entry
from messages.models import Broadcast, Draft, Shelf
from messages.pages.drafts.changed_words import marked_words
from messages.services.drafts import copy_draft, restore_version, save_draft
from messages.services.shelves import CannotBeLaunched, archive_drafts
from messages.services.snapshots import Snapshot
from messages.services.templates import save_as_template
from messages.tests.draft_parts import WANG, launched, saved, text_of
from tests.factories import make_draft, make_list, make_recipient, make_robot, make_tag, make_user

pytestmark = pytest.mark.django_db

LIST, ARCHIVED = "/drafts/", "/drafts/archived/"
ARCHIVE, TAKE_BACK = "/drafts/archive/", "/drafts/take-back/"


def shown(client: Client, path: str) -> list[str]:
    return [draft.name for draft in client.get(path).context["page"].rows]


def test_chosen_drafts_leave_the_list_and_one_press_takes_them_back(english: Client) -> None:
    first, second, third = (make_draft(f"Draft {number}") for number in (1, 2, 3))
    response = english.post(ARCHIVE, {"draft": [first.pk, second.pk]}, follow=True)
    text = text_of(response)
    assert "2 drafts are archived." in text
    assert shown(english, LIST) == ["Draft 3"]
    assert shown(english, ARCHIVED) == ["Draft 2", "Draft 1"]
    assert shown(english, f"{ARCHIVED}?q=draft+1") == ["Draft 1"]

    undo = f"{TAKE_BACK}?draft={first.pk}&amp;draft={second.pk}"
    assert f'action="{undo}"' in text
    again = text_of(english.post(undo.replace("&amp;", "&"), follow=True))
    assert "2 drafts are among the drafts again." in again
    assert set(shown(english, LIST)) == {"Draft 1", "Draft 2", "Draft 3"}
    acts = Entry.objects.filter(target_type="draft").order_by("number").values_list("action", "target_label")
    assert list(acts) == [
        ("draft.archived", "Draft 1"),
        ("draft.archived", "Draft 2"),
        ("draft.taken_back", "Draft 1"),
        ("draft.taken_back", "Draft 2"),
    ]
    assert third.shelf == Shelf.DRAFTS


def test_nothing_chosen_changes_nothing_and_says_so(english: Client) -> None:
    template = save_as_template(draft=make_draft(), name="Kept", category="", description="", by=WANG)
    response = english.post(ARCHIVE, {"draft": [template.pk, "x", "9" * 30]}, follow=True)
    assert "Nothing changed: no draft was chosen" in text_of(response)
    template.refresh_from_db()
    assert template.shelf == Shelf.TEMPLATES


def test_an_archived_draft_stays_readable_and_is_not_launched_until_it_is_taken_back(english: Client) -> None:
    draft = saved(make_robot())
    archive_drafts([draft.pk], by=WANG)
    page = text_of(english.get(f"/drafts/{draft.pk}/"))
    assert "This draft is archived. Take it back first, then it can be sent." in page
    assert "Save and go on to sending" not in page
    for answer in (english.get, english.post):
        told = text_of(answer(f"/drafts/{draft.pk}/launch/", follow=True))
        assert "This draft is archived. Take it back first" in told
    with pytest.raises(CannotBeLaunched):
        launched(draft)
    assert not Broadcast.objects.exists()
    response = english.post(TAKE_BACK, {"draft": draft.pk, "from_page": "1"})
    assert response["Location"] == f"/drafts/{draft.pk}/"
    assert launched(draft).draft_id == draft.pk


def test_a_template_is_not_launched_either(english: Client) -> None:
    template = save_as_template(draft=saved(make_robot()), name="Drill", category="", description="", by=WANG)
    told = text_of(english.get(f"/drafts/{template.pk}/launch/", follow=True))
    assert "A template is not sent itself. Make a draft of it with “Use”, and send that." in told
    with pytest.raises(CannotBeLaunched):
        launched(template)


def test_who_may_not_edit_is_told_on_the_version(english: Client) -> None:
    sender = make_user("sender")
    sender.user_permissions.set(Permission.objects.filter(codename__in=["view_draft", "send_broadcast"]))
    client = Client()
    client.force_login(sender, backend="django.contrib.auth.backends.ModelBackend")
    draft = saved()
    archive_drafts([draft.pk], by=WANG)
    response = client.get(f"/drafts/{draft.pk}/launch/")
    assert response["Location"] == f"/drafts/{draft.pk}/versions/1/"


def test_a_copy_has_everything_of_the_draft_but_what_it_corrects_and_its_shelf() -> None:
    robot, tag, person, names = make_robot(), make_tag(), make_recipient(), make_list()
    snapshot = Snapshot(
        "Fire drill",
        "text",
        {"content": "Drill at three."},
        mention_everyone=True,
        mention_sharing=True,
        mention_recipients=[person.pk],
        mention_lists=[names.pk],
        all_robots=True,
        robots=[robot.pk],
        tags=[tag.pk],
        overrides=[{"kind": "robot", "pk": robot.pk, "title": "", "text": "Drill at four."}],
    )
    draft = save_draft(draft=None, snapshot=snapshot, based_on=None, by=WANG)
    archive_drafts([draft.pk], by=WANG)
    copied = copy_draft(draft=draft, by=WANG)
    assert Snapshot.of(copied).changes_from(Snapshot.of(draft)) == ["name"]
    assert (copied.shelf, copied.corrects, copied.launches) == (Shelf.DRAFTS, None, 0)


def test_a_restored_version_says_which_it_was_and_undoing_restores_the_one_before(english: Client) -> None:
    draft = saved(content={"content": "Old"})
    draft = save_draft(draft=draft, snapshot=Snapshot("Fire drill", "text", {"content": "New"}), based_on=1, by=WANG)
    english.post(f"/drafts/{draft.pk}/versions/1/restore/")
    english.post(f"/drafts/{draft.pk}/versions/2/restore/")
    draft.refresh_from_db()
    assert (draft.content, draft.version) == ({"content": "New"}, 4)
    assert list(draft.versions.values_list("number", "restored")) == [(4, 2), (3, 1), (2, None), (1, None)]
    text = text_of(english.get(f"/drafts/{draft.pk}/versions/"))
    assert "Restored version 1" in text
    assert "Message" in text  # what changed
    assert Entry.objects.filter(action="draft.restored").count() == 2


def test_restoring_what_is_there_makes_no_version(english: Client) -> None:
    draft = saved()
    restore_version(version=draft.versions.get(), based_on=1, by=WANG)
    told = text_of(english.post(f"/drafts/{draft.pk}/versions/1/restore/", follow=True))
    assert "The draft says the same as version 1 already." in told
    assert draft.versions.count() == 1


def test_a_version_stands_beside_the_draft_with_its_changed_words_marked(english: Client) -> None:
    draft = saved(content={"content": "Drill at three <b>"})
    snapshot = Snapshot("Fire drill", "text", {"content": "Drill at four <b>"})
    save_draft(draft=draft, snapshot=snapshot, based_on=1, by=WANG)
    text = text_of(english.get(f"/drafts/{draft.pk}/versions/1/"))
    assert "Drill at <del>three</del> &lt;b&gt;" in text
    assert "Drill at <ins>four</ins> &lt;b&gt;" in text


@pytest.mark.parametrize(
    ("before", "after", "marked"),
    [
        pytest.param("三点开会", "四点开会", ("<del>三</del>点开会", "<ins>四</ins>点开会"), id="Chinese"),
        pytest.param("", "new", ("", "<ins>new</ins>"), id="from nothing"),
        pytest.param("same", "same", ("same", "same"), id="the same"),
    ],
)
def test_changed_words_are_marked(before: str, after: str, marked: tuple[str, str]) -> None:
    assert marked_words(before, after) == marked


def test_texts_that_have_nothing_in_common_are_not_compared_for_ever() -> None:
    before, after = "甲乙" * 10_000, "丙丁\n" * 10_000
    gone, new = marked_words(before, after)
    assert gone == f"<del>{before}</del>"
    assert str(new).replace("<ins>", "").replace("</ins>", "") == after


def test_the_archive_takes_as_many_queries_for_many_rows_as_for_one(english, django_assert_num_queries) -> None:
    moment = timezone.now()
    for number in range(60):
        draft = make_draft(f"Draft {number:02}", shelf=Shelf.ARCHIVE)
        Draft.objects.filter(pk=draft.pk).update(updated_at=moment + timedelta(seconds=number))
    with django_assert_num_queries(5):  # session, user, drafts, authors of the filter, banner
        page = english.get(ARCHIVED).context["page"]
    assert (len(page.rows), page.rows[0].name) == (50, "Draft 59")
    assert shown(english, f"{ARCHIVED}{page.next_url}")[0] == "Draft 09"


def test_an_empty_archive_says_what_it_is_for(english: Client) -> None:
    assert "Nothing is archived" in text_of(english.get(ARCHIVED))


def test_a_launch_that_had_begun_before_the_archive_is_refused(english: Client) -> None:
    draft = saved(make_robot())
    page = english.get(f"/drafts/{draft.pk}/launch/")
    form = {"launch_key": str(uuid.uuid4()), "seal": page.context["order"].seal, "seen_launches": 0}
    archive_drafts([draft.pk], by=WANG)
    english.post(f"/drafts/{draft.pk}/launch/", form)
    assert not Broadcast.objects.exists()
