import re
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from audit.models import Entry
from messages.models import Broadcast, Draft, UncertainPolicy
from messages.services.drafts import save_draft
from messages.services.snapshots import Snapshot
from messages.tests.draft_parts import WANG, launched, saved, text_of
from tests.factories import make_recipient, make_robot, make_tag

pytestmark = pytest.mark.django_db


def url_of(draft: Draft, act: str = "") -> str:
    return f"/drafts/{draft.pk}/launch/{act}"


def page_form(response, **changes) -> dict[str, str]:
    """What the browser would send of that page, as it stands there."""
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', response.content.decode())
    form = response.context["form"]
    shown = {name: str(form[name].value() or "") for name in ("when", "date", "time", "zone", "policy")}
    sent = {**shown, **dict(hidden), **changes}
    sent.pop("csrfmiddlewaretoken", None)
    return sent


# --- launching --------------------------------------------------------------------------------------------------------
def test_now_means_one_broadcast_to_every_group_of_the_page(english, admin):
    tag = make_tag()
    ops, shop = make_robot("Ops", tags=[tag]), make_robot("Shop", tags=[tag])
    draft = saved(ops, tags=[tag.pk])
    page = english.get(url_of(draft))
    assert "Send to 2 groups now" in text_of(page)
    response = english.post(url_of(draft), page_form(page))
    broadcast = Broadcast.objects.get()
    assert response["Location"] == f"/broadcasts/{broadcast.pk}/"
    assert (broadcast.name, broadcast.content) == ("Fire drill", {"content": "Drill at three."})
    assert (broadcast.draft, broadcast.draft_version, broadcast.created_by) == (draft, 1, admin)
    assert broadcast.planned_at <= timezone.now()
    assert [target.robot for target in broadcast.targets.all()] == [ops, shop]
    assert Entry.objects.filter(action="broadcast.launched", actor_name="admin").count() == 1


def test_a_double_click_makes_one_broadcast(english):
    draft = saved(make_robot())
    form = page_form(english.get(url_of(draft)))
    first, second = english.post(url_of(draft), form), english.post(url_of(draft), form)
    assert first["Location"] == second["Location"]
    assert Broadcast.objects.count() == 1


def test_a_time_in_a_named_zone_is_planned_and_said_in_words(english):
    draft = saved(make_robot())
    page = english.get(url_of(draft))
    form = page_form(page, when="later", date="2030-07-01", time="09:00", zone="America/New_York")
    words = text_of(english.post(url_of(draft, "moment/"), form))
    assert "Monday" in words
    assert "2030-07-01 09:00 (America/New_York)" in words
    assert "= 2030-07-01 21:00 (Asia/Shanghai)" in words
    assert "Schedule for 2030-07-01 09:00 (America/New_York)" in words
    english.post(url_of(draft), form)
    broadcast = Broadcast.objects.get()
    assert (broadcast.planned_at, broadcast.zone) == (datetime(2030, 7, 1, 13, tzinfo=UTC), "America/New_York")


def test_a_wall_time_that_does_not_exist_is_told(english):
    draft = saved(make_robot())
    form = page_form(english.get(url_of(draft)), when="later", date="2027-03-14", time="02:30", zone="America/New_York")
    assert "Clocks are put forward over this time" in text_of(english.post(url_of(draft, "moment/"), form))


def test_what_happens_when_nobody_can_know_is_chosen(english):
    draft = saved(make_robot())
    english.post(url_of(draft), page_form(english.get(url_of(draft)), policy="ask"))
    assert Broadcast.objects.get().uncertain_policy == UncertainPolicy.ASK


def test_mentions_are_frozen_and_the_page_shows_them_masked(english):
    person = make_recipient("张三", mobile="13800001234")
    draft = saved(make_robot(), mention_recipients=[person.pk])
    page = english.get(url_of(draft))
    assert "@138****1234" in text_of(page)
    assert "13800001234" not in page.content.decode()
    english.post(url_of(draft), page_form(page))
    assert Broadcast.objects.get().at_mobiles == ["13800001234"]


# --- what keeps a launch from happening -------------------------------------------------------------------------------
def test_a_time_in_the_past_stands_beside_the_time_and_everything_typed_is_kept(english):
    draft = saved(make_robot())
    form = page_form(english.get(url_of(draft)), when="later", date="2020-07-01", time="09:00", zone="Asia/Tokyo")
    response = english.post(url_of(draft), form)
    text = text_of(response)
    assert re.search(r'id="id_time_error">.*?2020-07-01 09:00 \(Asia/Tokyo\) is already over', text)
    assert page_form(response)["launch_key"] == form["launch_key"]
    assert [page_form(response)[name] for name in ("when", "date", "zone")] == ["later", "2020-07-01", "Asia/Tokyo"]
    assert not Broadcast.objects.exists()


def test_an_unknown_zone_stands_beside_the_zone(english):
    draft = saved(make_robot())
    form = page_form(english.get(url_of(draft)), when="later", zone="Mars/Base")
    assert re.search(r'id="id_zone_error">.*?There is no time zone', text_of(english.post(url_of(draft), form)))


def test_robots_that_would_fail_are_told_together_and_can_be_left_out_and_put_back(english):
    paused = [make_robot(f"Paused {number}", status="paused", paused_reason="by_person") for number in (1, 2)]
    strict = make_robot("Strict", keywords=["Notice"])
    fine = make_robot("Fine")
    draft = saved(*paused, strict, fine)
    page = english.get(url_of(draft))
    text = text_of(page)
    assert "This would fail" in text
    assert "Leave these 2 groups out" in text
    assert "only accepts messages that contain Notice" in text
    assert re.search(r'class="btn btn-primary launch-now" disabled', text)

    refused = english.post(url_of(draft), page_form(page))
    assert "This would fail" in text_of(refused)
    assert not Broadcast.objects.exists()

    leave = ",".join(str(robot.pk) for robot in (*paused, strict))
    form = page_form(page, leave=leave, when="later", date="2030-07-01", time="09:00")
    page = english.post(url_of(draft, "leave-out/"), form)
    text = text_of(page)
    assert "Nothing speaks against sending" in text
    assert "3 groups are left out" in text
    assert "Schedule for 2030-07-01 09:00 (Asia/Shanghai)" in text  # what was typed is kept

    assert "4 groups" in text_of(english.post(url_of(draft, "put-back/"), page_form(page)))
    english.post(url_of(draft), page_form(page))
    assert [target.robot for target in Broadcast.objects.get().targets.all()] == [fine]


def test_an_incomplete_draft_shows_what_it_lacks_and_is_not_launched(english):
    draft = saved(make_robot(), msgtype="link", content={"title": "t"})
    page = english.get(url_of(draft))
    text = text_of(page)
    assert "Fill in the text." in text
    assert "Change the draft" in text
    english.post(url_of(draft), page_form(page))
    assert not Broadcast.objects.exists()


def test_a_draft_without_an_audience_says_so(english):
    assert "Nobody would get this message" in text_of(english.get(url_of(saved())))


def test_a_draft_of_20_001_bytes_is_not_launched(english):
    draft = saved(make_robot(), content={"content": "x" * 20_001})
    page = english.get(url_of(draft))
    assert "but DingTalk takes at most 20,000" in text_of(page)
    english.post(url_of(draft), page_form(page))
    assert not Broadcast.objects.exists()


def test_everyone_is_mentioned_only_after_the_number_of_groups_was_confirmed(english):
    draft = saved(make_robot(), make_robot(), mention_everyone=True)
    page = english.get(url_of(draft))
    assert "Yes, notify everybody in 2 groups" in text_of(page)
    text = text_of(english.post(url_of(draft), page_form(page)))
    assert "Tick this box" in text
    assert not Broadcast.objects.exists()
    english.post(url_of(draft), page_form(page, confirm="on"))
    assert Broadcast.objects.get().at_everyone


# --- what changed since the page was opened ---------------------------------------------------------------------------
def changed_by_edit(draft: Draft) -> None:
    snapshot = Snapshot("Fire drill", "text", {"content": "Other words"}, robots=[draft.robots.get().pk])
    save_draft(draft=draft, snapshot=snapshot, based_on=1, by=WANG)


def changed_by_another_member(draft: Draft) -> None:
    draft.robots.add(make_robot("Late"))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(changed_by_edit, id="the message was edited"),
        pytest.param(changed_by_another_member, id="a group came along"),
    ],
)
def test_only_what_was_seen_goes_out(english, change):
    draft = saved(make_robot())
    page = english.get(url_of(draft))
    change(draft)
    again = english.post(url_of(draft), page_form(page))
    assert "Something changed since you opened this page" in text_of(again)
    assert not Broadcast.objects.exists()
    english.post(url_of(draft), page_form(again))  # seen now
    assert Broadcast.objects.count() == 1


def test_when_another_person_launched_meanwhile_the_page_says_who_and_offers_to_send_once_more(english):
    draft = saved(make_robot())
    page = english.get(url_of(draft))
    other = launched(draft)
    again = english.post(url_of(draft), page_form(page))
    text = text_of(again)
    assert "wang launched this draft while you were looking at it" in text
    assert f'href="/broadcasts/{other.pk}/"' in text
    assert "Send to 1 group once more" in text
    assert Broadcast.objects.count() == 1
    english.post(url_of(draft), page_form(again))
    assert Broadcast.objects.count() == 2


def test_a_draft_that_was_launched_before_says_so_at_once(english):
    draft = saved(make_robot())
    english.post(url_of(draft), page_form(english.get(url_of(draft))))
    assert "This draft was launched before, last by admin" in text_of(english.get(url_of(draft)))


def test_a_robot_that_was_deleted_meanwhile_is_seen_before_anything_goes_out(english):
    robot = make_robot("Gone")
    draft = saved(robot, make_robot("Here"))
    page = english.get(url_of(draft))
    robot.delete()
    assert "Something changed" in text_of(english.post(url_of(draft), page_form(page)))
    assert not Broadcast.objects.exists()


# --- the page itself --------------------------------------------------------------------------------------------------
def test_many_groups_are_counted_and_not_all_drawn(english):
    draft = saved(*[make_robot(f"Shop {number:03}") for number in range(40)])
    text = text_of(english.get(url_of(draft)))
    assert "40 groups" in text
    assert "and 28 more" in text


def test_the_page_takes_as_many_queries_for_many_groups_as_for_one(english, django_assert_num_queries):
    one, many = saved(make_robot()), saved(*[make_robot() for _number in range(30)])
    english.get(url_of(one))
    with django_assert_num_queries(25):
        english.get(url_of(one))
    with django_assert_num_queries(25):
        english.get(url_of(many))


def test_odd_input_is_refused_and_nothing_goes_out(english):
    draft = saved(make_robot())
    assert english.post(url_of(draft), {}).status_code == 200
    form = page_form(english.get(url_of(draft)), launch_key="x", seen_launches="x", without="x,,9", when="never")
    assert english.post(url_of(draft), form).status_code == 200
    assert english.post(url_of(draft, "leave-out/"), {"leave": "x" * 5000}).status_code == 200
    assert not Broadcast.objects.exists()


@pytest.mark.parametrize("act", ["", "leave-out/", "put-back/", "moment/"])
def test_strangers_are_sent_to_sign_in_and_the_powerless_are_refused(act, stranger, powerless_client):
    url = url_of(saved(), act)
    assert "/accounts/login/" in stranger.post(url)["Location"]
    assert powerless_client.post(url).status_code == 403
    assert powerless_client.put(url).status_code == 405


@pytest.mark.parametrize("act", ["leave-out/", "put-back/", "moment/"])
def test_what_changes_the_page_is_only_posted(act, english):
    assert english.get(url_of(saved(), act)).status_code == 405


def test_a_draft_that_is_not_there_is_not_found(english):
    assert english.get("/drafts/99/launch/").status_code == 404


# --- the preview ------------------------------------------------------------------------------------------------------
def test_the_preview_before_a_launch_is_switched_to_another_group(english):
    robots = [make_robot(name, group_name=f"Shop {name}") for name in "ab"]
    draft = saved(*robots, content={"content": "To {{ group }}"})
    page = english.get(url_of(draft))
    assert "Put in for Shop a" in text_of(page)
    asked = page_form(page, shown=robots[1].pk)
    answer = english.post(url_of(draft, "preview/"), asked, headers={"HX-Request": "true"})
    assert "Put in for Shop b" in text_of(answer)
    assert "<html" not in answer.content.decode()
    whole = english.post(url_of(draft, "preview/"), {**asked, "when": "later", "date": "2099-01-05", "time": "09:30"})
    assert "Put in for Shop b" in text_of(whole)
    assert 'value="2099-01-05"' in whole.content.decode()


def test_a_group_that_is_left_out_is_not_shown(english):
    robots = [make_robot(name, group_name=f"Shop {name}") for name in "ab"]
    draft = saved(*robots, content={"content": "To {{ group }}"})
    asked = {"without": robots[0].pk, "shown": robots[0].pk}
    text = text_of(english.post(url_of(draft, "preview/"), asked, headers={"HX-Request": "true"}))
    assert "Put in for Shop b" in text
    assert "Shop a" not in text


def test_only_who_may_send_looks_at_it(english, stranger, powerless_client):
    url = url_of(saved(), "preview/")
    assert english.get(url).status_code == 405
    assert stranger.post(url).status_code == 302
    assert powerless_client.post(url).status_code == 403
