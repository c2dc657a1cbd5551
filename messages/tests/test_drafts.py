from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from django.db import connection

from audit.actors import Actor
from audit.models import Entry
from messages.models import BroadcastStatus, Draft, DraftVersion
from messages.services.drafts import StaleDraft, copy_draft, delete_draft, restore_version, save_draft
from messages.services.snapshots import Snapshot
from tests.factories import make_broadcast, make_list, make_recipient, make_robot, make_tag, make_user

pytestmark = pytest.mark.django_db

LI = Actor(name="li")
WANG = Actor(name="wang")
DRILL = Snapshot(name="Fire drill", msgtype="text", content={"content": "Drill at three."})


def saved(snapshot: Snapshot = DRILL, *, by: Actor = LI) -> Draft:
    return save_draft(draft=None, snapshot=snapshot, based_on=None, by=by)


def edited(draft: Draft, *, by: Actor = LI, **changes: object) -> Draft:
    return save_draft(draft=draft, snapshot=replace(Snapshot.of(draft), **changes), based_on=draft.version, by=by)


def test_the_first_save_makes_the_draft_and_its_first_version():
    person, people = make_recipient(), make_list()
    robot, tag = make_robot(), make_tag()
    user = make_user("zhao")
    draft = save_draft(
        draft=None,
        snapshot=replace(
            DRILL,
            mention_everyone=True,
            mention_recipients=[person.pk],
            mention_lists=[people.pk],
            robots=[robot.pk],
            tags=[tag.pk],
        ),
        based_on=None,
        by=Actor(name="zhao", user_id=user.pk),
    )

    assert (draft.name, draft.msgtype, draft.content) == ("Fire drill", "text", {"content": "Drill at three."})
    assert draft.mention_everyone is True
    assert list(draft.mention_recipients.all()) == [person]
    assert list(draft.mention_lists.all()) == [people]
    assert list(draft.robots.all()) == [robot]
    assert list(draft.tags.all()) == [tag]
    assert (draft.version, draft.created_by) == (1, user)
    version = draft.versions.get()
    assert (version.number, version.saved_by_name) == (1, "zhao")
    assert Snapshot.from_json(version.snapshot) == Snapshot.of(draft)
    entry = Entry.objects.get()
    assert (entry.action, entry.target_label, entry.detail) == (
        "draft.saved",
        "Fire drill",
        {"version": 1, "changed": []},
    )


def test_every_save_with_a_change_is_a_version_of_its_own():
    draft = saved()
    draft = edited(draft, content={"content": "Drill at four."})
    tag = make_tag()
    draft = edited(draft, tags=[tag.pk], name="Drill")

    assert draft.version == 3
    assert [version.snapshot["content"] for version in draft.versions.order_by("number")] == [
        {"content": "Drill at three."},
        {"content": "Drill at four."},
        {"content": "Drill at four."},
    ]
    assert [version.snapshot["tags"] for version in draft.versions.order_by("number")] == [[], [], [tag.pk]]
    assert Entry.objects.first().detail == {"version": 3, "changed": ["name", "tags"]}


def test_a_save_without_a_change_makes_no_version_and_no_audit_entry():
    draft = saved()
    before = draft.updated_at
    again = edited(draft)

    assert (again.version, again.updated_at) == (1, before)
    assert DraftVersion.objects.count() == 1
    assert Entry.objects.count() == 1


def test_line_ends_of_a_browser_are_no_change():
    draft = saved(replace(DRILL, content={"content": "one\ntwo"}))
    assert edited(draft, content={"content": "one\r\ntwo"}).version == 1


def test_the_order_in_which_robots_are_ticked_is_no_change():
    first, second = make_robot(), make_robot()
    draft = saved(replace(DRILL, robots=[first.pk, second.pk]))
    assert edited(draft, robots=[second.pk, first.pk, first.pk]).version == 1


def test_what_was_unticked_is_gone():
    first, second = make_robot(), make_robot()
    draft = saved(replace(DRILL, robots=[first.pk, second.pk]))
    draft = edited(draft, robots=[second.pk])
    assert list(draft.robots.all()) == [second]


def test_a_save_based_on_an_old_version_is_refused_with_the_newer_one():
    draft = saved()
    edited(draft, by=WANG, content={"content": "Wang's words"})

    with pytest.raises(StaleDraft) as refusal:
        edited(draft, content={"content": "Li's words"})

    newest = refusal.value.newest
    assert (newest.number, newest.saved_by_name) == (2, "wang")
    assert Snapshot.from_json(newest.snapshot).content == {"content": "Wang's words"}
    assert "wang" in refusal.value.text
    assert Draft.objects.get().content == {"content": "Wang's words"}


def test_two_people_who_made_the_same_change_are_both_content():
    draft = saved()
    edited(draft, by=WANG, content={"content": "Drill at four."})
    assert edited(draft, content={"content": "Drill at four."}).version == 2


def test_saving_a_draft_that_was_deleted_says_so():
    draft = saved()
    snapshot = replace(Snapshot.of(draft), name="Other")
    delete_draft(draft=Draft.objects.get(), by=WANG)

    with pytest.raises(StaleDraft) as refusal:
        save_draft(draft=draft, snapshot=snapshot, based_on=1, by=LI)
    assert refusal.value.newest is None


def test_a_copy_has_the_same_content_and_a_history_of_its_own():
    robot, person = make_robot(), make_recipient()
    draft = saved(replace(DRILL, robots=[robot.pk], mention_recipients=[person.pk]))
    Draft.objects.filter(pk=draft.pk).update(demo=True, launches=3)
    copied = copy_draft(draft=Draft.objects.get(pk=draft.pk), by=WANG)

    assert copied.pk != draft.pk
    assert "Fire drill" in copied.name
    assert replace(Snapshot.of(copied), name="Fire drill") == Snapshot.of(draft)
    assert (copied.version, copied.launches, copied.demo) == (1, 0, False)
    assert [version.saved_by_name for version in copied.versions.all()] == ["wang"]
    assert Entry.objects.first().action == "draft.copied"
    assert Entry.objects.first().detail == {"from": draft.pk, "version": 1}


def test_a_copy_of_a_long_name_fits():
    draft = saved(replace(DRILL, name="消" * 100))
    assert len(copy_draft(draft=draft, by=LI).name) == 100


def test_deleting_a_draft_leaves_what_was_launched_from_it():
    draft = saved()
    broadcast = make_broadcast(draft=draft, status=BroadcastStatus.FIRED)
    delete_draft(draft=draft, by=LI)

    broadcast.refresh_from_db()
    assert broadcast.draft is None
    assert broadcast.content == {"content": "Drill at three."}
    assert not DraftVersion.objects.exists()
    entry = Entry.objects.first()
    assert (entry.action, entry.target_label) == ("draft.deleted", "Fire drill")


def test_an_old_version_comes_back_as_the_newest_one():
    tag = make_tag()
    draft = saved(replace(DRILL, tags=[tag.pk]))
    draft = edited(draft, content={"content": "Drill at four."}, tags=[])
    restored = restore_version(version=draft.versions.get(number=1), based_on=2, by=WANG)

    assert restored.lost == 0
    assert (restored.draft.version, restored.draft.content) == (3, {"content": "Drill at three."})
    assert list(restored.draft.tags.all()) == [tag]
    assert restored.draft.versions.first().saved_by_name == "wang"


def test_a_restored_version_tells_how_much_of_it_does_not_exist_any_more():
    robot, tag = make_robot(), make_tag()
    draft = saved(replace(DRILL, robots=[robot.pk], tags=[tag.pk]))
    draft = edited(draft, robots=[])
    robot.delete()
    restored = restore_version(version=draft.versions.get(number=1), based_on=2, by=LI)

    assert restored.lost == 1
    assert not restored.draft.robots.exists()


def test_restoring_over_somebody_elses_newer_version_is_refused():
    draft = saved()
    draft = edited(draft, name="Second")
    edited(draft, name="Third", by=WANG)
    with pytest.raises(StaleDraft):
        restore_version(version=draft.versions.get(number=1), based_on=2, by=LI)


def test_text_that_no_database_takes_is_cleaned():
    draft = saved(replace(DRILL, name="a\x00b", content={"content": "x\x00y\ud800z", "list": [{"title": "\x00t"}]}))
    assert (draft.name, draft.content) == ("ab", {"content": "xyz", "list": [{"title": "t"}]})


def test_ids_of_rows_that_do_not_exist_are_left_out():
    draft = saved(replace(DRILL, robots=[999_999], tags=[999_999]))
    assert not draft.robots.exists()
    assert draft.versions.get().snapshot["robots"] == []


@pytest.mark.django_db(transaction=True)
def test_of_two_people_saving_at_once_one_is_told():
    draft = saved()
    ready = threading.Barrier(2)
    outcomes: dict[str, str] = {}

    def save(name: str) -> None:
        ready.wait()
        try:
            edited(draft, by=Actor(name=name), content={"content": name})
            outcomes[name] = "saved"
        except StaleDraft as refusal:
            outcomes[name] = f"stale after {refusal.newest.saved_by_name}"
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(name,)) for name in ("li", "wang")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    winner, loser = ("li", "wang") if outcomes["li"] == "saved" else ("wang", "li")
    assert outcomes == {winner: "saved", loser: f"stale after {winner}"}
    assert [version.number for version in DraftVersion.objects.order_by("number")] == [1, 2]
    assert Draft.objects.get().content == {"content": winner}
