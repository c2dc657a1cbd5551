"""The dry run of a draft: what it tells, the repairs of one press, and taking them back. It posts nothing."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from messages.models import Broadcast, BroadcastStatus, Delivery, DeliveryStatus, Draft, LaunchPlan
from messages.services.drafts import save_draft
from messages.services.snapshots import Snapshot
from messages.tests.draft_parts import WANG, saved, text_of
from robots.models import Robot
from tests.factories import make_broadcast, make_delivery, make_robot, make_run, make_user

pytestmark = pytest.mark.django_db


def url_of(draft: Draft, act: str = "") -> str:
    return f"/drafts/{draft.pk}/dry-run/{act}"


def found(response) -> list[tuple[str, str, tuple[str, ...]]]:
    """Level, code and robots of every group of findings on the page."""
    groups = (group for level in response.context["levels"] for group in level.groups)
    return [(group.level, group.code, tuple(robot.name for robot in group.robots)) for group in groups]


def group_of(response, code: str):
    return next(group for level in response.context["levels"] for group in level.groups if group.code == code)


def rows(response) -> list[str]:
    return [row.reading.robot.name for row in response.context["page"].rows]


def labels(response, name: str) -> dict[str, str]:
    row = next(row for row in response.context["page"].rows if row.reading.robot.name == name)
    return {cell.topic.value: cell.label for cell in row.cells}


def paused(name: str) -> Robot:
    return make_robot(name, status="paused", paused_reason="by_person")


def pressed(client: Client, draft: Draft, act: str, **data: str):
    response = client.post(url_of(draft, act), data)
    assert response["Location"] == url_of(draft)
    return client.get(url_of(draft))


def undone(client: Client, draft: Draft):
    return pressed(client, draft, "undo/", step=str(len(LaunchPlan.objects.get().steps)))


# --- what it tells ----------------------------------------------------------------------------------------------------
def test_a_table_says_of_every_robot_what_each_check_found(english):
    strict = make_robot("Strict", keywords=["Notice"])
    draft = saved(paused("Closed"), strict, make_robot("Fine"))
    page = english.get(url_of(draft))
    assert found(page)[:2] == [("blocker", "robot_paused", ("Closed",)), ("blocker", "keyword_missing", ("Strict",))]
    assert rows(page) == ["Closed", "Fine", "Strict"]
    assert [row.reading.worst for row in page.context["page"].rows] == ["blocker", "note", "blocker"]
    assert labels(page, "Closed")["robot"] == "Blocks"
    assert labels(page, "Strict")["keyword"] == "Blocks"
    assert labels(page, "Fine") | {"pace": "", "quota": ""} == {
        **dict.fromkeys(
            ["robot", "keyword", "title", "text", "mentions", "links", "variables", "nearby", "alike"], "OK"
        ),
        "size": "1 %",
        "today": "0",
        "pace": "",
        "quota": "",
    }
    text = text_of(page)
    assert "Nothing is sent by this page." in text
    assert "only accepts messages that contain Notice" in text


def test_it_sends_and_stores_nothing(english):
    draft = saved(make_robot(), paused("Closed"))
    english.get(url_of(draft))
    assert not Broadcast.objects.exists()
    assert not Delivery.objects.exists()
    assert not LaunchPlan.objects.exists()


def test_a_robot_whose_last_message_was_refused_is_a_warning(english):
    robot = make_robot("Moved", last_kind="refused_robot", last_reason="sign_mismatch")
    page = english.get(url_of(saved(robot)))
    assert ("warning", "robot_failing", ("Moved",)) in found(page)
    assert "the signing secret is wrong or missing" in text_of(page)


def test_what_groups_got_today_is_told_and_counted(english):
    busy = make_robot("Busy")
    for _number in range(10):
        make_delivery(busy, status=DeliveryStatus.DELIVERED)
    page = english.get(url_of(saved(busy, make_robot("Quiet"))))
    assert ("warning", "got_today", ("Busy",)) in found(page)
    assert (labels(page, "Busy")["today"], labels(page, "Quiet")["today"]) == ("10", "0")
    assert "This group got 10 messages today already." in text_of(page)


def test_what_is_left_of_the_month_is_told(english):
    robot = make_robot("Ops")
    robot.organisation.monthly_quota = 100
    robot.organisation.save()
    make_broadcast(robots=[robot], planned_at=timezone.now() + timedelta(seconds=1))
    page = english.get(url_of(saved(robot)))
    assert "“Head office” has 98 of its 100 messages of the month left after this one." in text_of(page)
    assert labels(page, "Ops")["quota"] == "98"


def test_a_broadcast_within_ten_minutes_is_a_warning_and_one_press_moves_this_one_away_and_back(english):
    robot, other = make_robot("Ops"), make_robot("Other")
    soon = timezone.now() + timedelta(minutes=5)
    make_broadcast("Canteen", robots=[robot], text="Soup today.", planned_at=soon)
    draft = saved(robot, other)
    page = english.get(url_of(draft))
    assert ("warning", "broadcast_nearby", ("Ops",)) in found(page)
    assert "“Canteen” goes to this group at" in text_of(page)
    minutes = page.context["run"].minutes_to_move
    assert minutes in (15, 16)

    page = pressed(english, draft, "move/", minutes=str(minutes))
    assert "broadcast_nearby" not in {code for _level, code, _robots in found(page)}
    assert page.context["rehearsal"].wall.moment > soon + timedelta(minutes=9)
    launch = english.get(f"/drafts/{draft.pk}/launch/")
    assert str(launch.context["form"]["when"].value()) == "later"

    page = undone(english, draft)
    assert ("warning", "broadcast_nearby", ("Ops",)) in found(page)
    assert not page.context["rehearsal"].wall


def test_nearly_the_same_text_of_the_last_days_is_a_warning_for_those_who_got_it(english):
    twice, once = make_robot("Twice"), make_robot("Once")
    sent = make_broadcast(
        "Drill", text="The fire drill is on Monday at three. Please leave by the stairs.", status=BroadcastStatus.FIRED
    )
    old = timezone.now() - timedelta(days=3)
    Broadcast.objects.filter(pk=sent.pk).update(planned_at=old)
    make_delivery(twice, run=make_run(sent, planned_at=old), status=DeliveryStatus.DELIVERED, ended_at=old)
    words = {"content": "The fire drill is on Monday at four. Please leave by the stairs!"}
    page = english.get(url_of(saved(twice, once, content=words)))
    assert ("warning", "text_alike", ("Twice",)) in found(page)
    assert "in “Drill”" in text_of(page)
    page = english.get(url_of(saved(twice, content={"content": "The canteen is closed until Thursday."})))
    assert "text_alike" not in {code for _level, code, _robots in found(page)}
    Broadcast.objects.filter(pk=sent.pk).update(planned_at=timezone.now() - timedelta(days=8))
    page = english.get(url_of(saved(twice, content=words)))
    assert "text_alike" not in {code for _level, code, _robots in found(page)}


def test_what_waits_for_a_group_already_moves_its_time(english):
    robot = make_robot("Full")
    for _number in range(36):
        make_delivery(robot)
    page = english.get(url_of(saved(robot)))
    assert ("warning", "queue_before", ("Full",)) in found(page)
    assert page.context["run"].expected.last >= page.context["run"].when + timedelta(minutes=2)


def test_a_time_that_was_chosen_is_the_one_that_is_checked(english):
    robot = make_robot(hold_until=timezone.now() + timedelta(minutes=8), hold_reason="throttled")
    draft = saved(robot)
    assert ("warning", "robot_silenced", (robot.name,)) in found(english.get(url_of(draft)))
    typed = {"when": "later", "date": "2030-07-01", "time": "09:00", "zone": "Asia/Tokyo", "until_date": "2030-07-02"}
    english.post(url_of(draft, "begin/"), {**typed, "without": ""})
    page = english.get(url_of(draft))
    assert "robot_silenced" not in {code for _level, code, _robots in found(page)}
    assert "2030-07-01 09:00" in text_of(page)
    form = english.get(f"/drafts/{draft.pk}/launch/").context["form"]
    assert {name: str(form[name].value()) for name in typed} == typed


# --- repairs ----------------------------------------------------------------------------------------------------------
def test_two_blockers_are_repaired_by_a_press_each_taken_back_and_launched(english):
    draft = saved(paused("Closed"), make_robot("Strict", keywords=["Notice"]), make_robot("Fine"))
    page = english.get(url_of(draft))
    blockers = [group for level in page.context["levels"] if level.level == "blocker" for group in level.groups]
    for group in blockers:
        act = "leave-out/" if group.code == "robot_paused" else "mend/"
        page = pressed(english, draft, act, level=group.level, code=group.code, key=group.key)
    assert [level for level, _code, _robots in found(page) if level == "blocker"] == []
    draft.refresh_from_db()
    assert draft.content == {"content": "Drill at three.\nNotice"}

    page = undone(english, draft)
    assert ("blocker", "keyword_missing", ("Strict",)) in found(page)
    draft.refresh_from_db()
    assert (draft.content, draft.version) == ({"content": "Drill at three."}, 3)
    page = undone(english, draft)
    assert ("blocker", "robot_paused", ("Closed",)) in found(page)

    pressed(english, draft, "leave-out/", level="blocker")
    launch = english.get(f"/drafts/{draft.pk}/launch/")
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', launch.content.decode()))
    english.post(f"/drafts/{draft.pk}/launch/", {**hidden, "when": "now", "policy": "retry_safely"})
    assert [target.robot_name for target in Broadcast.objects.get().targets.all()] == ["Fine"]
    assert not LaunchPlan.objects.exists()


def test_a_keyword_is_allowed_for_its_robots_and_forbidden_again(english):
    draft = saved(make_robot("Strict", keywords=["Notice"]))
    page = pressed(english, draft, "allow-keyword/", key="Notice")
    assert Robot.objects.get().append_keyword
    assert ("note", "ending_added", ("Strict",)) in found(page)
    undone(english, draft)
    assert not Robot.objects.get().append_keyword


MENDS = [
    pytest.param(
        {"title": "Drill", "text": "Drill ![](http://a.example/p.png) ![](http://10.0.0.1/p.png)"},
        "picture_insecure",
        {"title": "Drill", "text": "Drill ![](https://a.example/p.png) ![](http://10.0.0.1/p.png)"},
        id="pictures by https where that is safe",
    ),
    pytest.param(
        {"title": "Drill", "text": "Drill: [map](maps.example/a), [file](plan)"},
        "link_without_scheme",
        {"title": "Drill", "text": "Drill: [map](https://maps.example/a), [file](plan)"},
        id="https in front of what is a host",
    ),
    pytest.param(
        {"title": "", "text": "\n## Drill **today**\n\nAt three."},
        "empty",
        {"title": "Drill today", "text": "\n## Drill **today**\n\nAt three."},
        id="a title from the text",
    ),
    pytest.param(
        {"title": "Drill", "text": "At three."},
        "title_not_in_text",
        {"title": "Drill", "text": "### Drill\n\nAt three."},
        id="the title above the text",
    ),
    pytest.param(
        {"title": "Drill", "text": 'Drill {{ grupp }} {{ grupp|default:"x" }} grupp'},
        "variable_unknown",
        {"title": "Drill", "text": 'Drill {{ group }} {{ group|default:"x" }} grupp'},
        id="a variable's name",
    ),
]


@pytest.mark.parametrize(("content", "code", "mended"), MENDS)
def test_the_draft_is_mended_by_one_press_and_restored_by_another(english, content, code, mended):
    draft = saved(make_robot("Ops"), msgtype="markdown", content=content)
    page = english.get(url_of(draft))
    group = group_of(page, code)
    assert group.mend
    page = pressed(english, draft, "mend/", level=group.level, code=group.code, key=group.key)
    draft.refresh_from_db()
    assert draft.content == mended
    undone(english, draft)
    draft.refresh_from_db()
    assert draft.content == content


def test_what_cannot_safely_be_mended_is_not_offered(english):
    content = {"title": "Drill", "text": "Drill ![](http://10.0.0.1/p.png)"}
    page = english.get(url_of(saved(make_robot(), msgtype="markdown", content=content)))
    group = next(
        group for level in page.context["levels"] for group in level.groups if group.code == "picture_insecure"
    )
    assert group.mend == ""


def test_mentions_that_notify_nobody_are_removed_by_one_press(english):
    link = {"title": "T", "text": "x", "messageUrl": "https://a.example"}
    draft = saved(make_robot(), msgtype="link", content=link, mention_everyone=True)
    group = group_of(english.get(url_of(draft)), "mentions_not_supported")
    pressed(english, draft, "mend/", level="blocker", code=group.code, key=group.key)
    draft.refresh_from_db()
    assert not draft.mention_everyone


def test_robots_that_a_person_paused_are_resumed_and_paused_again(english):
    removed = make_robot("Gone", status="paused", paused_reason="robot_removed")
    draft = saved(paused("Closed"), removed)
    text = text_of(english.get(url_of(draft)))
    assert text.count("Resume this robot") == 1
    page = pressed(english, draft, "resume/")
    assert [entry for entry in found(page) if entry[0] == "blocker"] == [("blocker", "robot_paused", ("Gone",))]
    page = undone(english, draft)
    assert ("blocker", "robot_paused", ("Closed",)) in found(page)


def test_a_repair_keeps_the_filters(english):
    draft = saved(paused("Closed"), make_robot("Fine"))
    assert f'action="{url_of(draft, "leave-out/")}?level=blocker"' in text_of(
        english.get(url_of(draft), {"level": "blocker"})
    )
    response = english.post(url_of(draft, "leave-out/") + "?level=blocker", {"robot": "0"})
    assert response["Location"] == url_of(draft) + "?level=blocker"


def test_a_message_that_is_too_long_is_sent_in_parts_by_one_press(english):
    draft = saved(make_robot("Ops"), content={"content": "Drill at three. " * 2000})
    group = group_of(english.get(url_of(draft)), "too_long")
    assert group.parts == 2
    page = pressed(english, draft, "split/")
    assert not page.context["run"].check.blockers
    assert "It goes out in 2 parts" in text_of(page)
    assert "Last: it may go out in parts." in text_of(page)
    assert group_of(undone(english, draft), "too_long").parts == 2


def test_a_repair_is_not_undone_over_somebody_elses_edit(english):
    draft = saved(make_robot(keywords=["Notice"]))
    pressed(english, draft, "mend/", level="blocker", code="keyword_missing", key="Notice")
    draft.refresh_from_db()
    snapshot = Snapshot("Fire drill", "text", {"content": "Notice: other words"}, robots=[draft.robots.get().pk])
    save_draft(draft=draft, snapshot=snapshot, based_on=2, by=WANG)
    assert "wang saved this draft in the meantime" in text_of(undone(english, draft))
    draft.refresh_from_db()
    assert draft.content == {"content": "Notice: other words"}


def test_an_undo_that_is_pressed_twice_undoes_once(english):
    draft = saved(paused("One"), paused("Two"))
    for robot in Robot.objects.all():
        pressed(english, draft, "leave-out/", robot=str(robot.pk))
    pressed(english, draft, "undo/", step="2")
    pressed(english, draft, "undo/", step="2")
    assert len(LaunchPlan.objects.get().without) == 1


def test_what_was_left_out_is_forgotten_after_half_a_day(english):
    draft = saved(paused("Closed"), make_robot("Fine"))
    pressed(english, draft, "leave-out/", level="blocker")
    assert rows(english.get(url_of(draft))) == ["Fine"]
    LaunchPlan.objects.update(updated_at=timezone.now() - timedelta(hours=13))
    assert rows(english.get(url_of(draft))) == ["Closed", "Fine"]


def test_a_finding_that_is_gone_is_mended_by_nobody(english):
    draft = saved(make_robot())
    page = english.post(
        url_of(draft, "mend/"), {"level": "blocker", "code": "keyword_missing", "key": "x"}, follow=True
    )
    assert "There is nothing to mend any more." in text_of(page)
    assert Draft.objects.get().version == 1


@pytest.mark.parametrize("minutes", ["", "0", "-5", "x", "99999"])
def test_it_is_moved_by_a_sensible_number_of_minutes_only(english, minutes):
    assert english.post(url_of(saved(make_robot()), "move/"), {"minutes": minutes}).status_code == 404


# --- the table --------------------------------------------------------------------------------------------------------
def test_the_rows_are_filtered_by_result_check_and_name(english):
    draft = saved(paused("Closed"), make_robot("Strict", keywords=["Notice"]), make_robot("Fine", group_name="Canteen"))
    assert rows(english.get(url_of(draft), {"level": "blocker"})) == ["Closed", "Strict"]
    assert rows(english.get(url_of(draft), {"level": "blocker", "check": "keyword"})) == ["Strict"]
    assert rows(english.get(url_of(draft), {"level": "fine"})) == ["Fine"]
    assert rows(english.get(url_of(draft), {"q": "canteen"})) == ["Fine"]
    assert rows(english.get(url_of(draft), {"level": "nonsense", "check": "x", "page": "x"})) == [
        "Closed",
        "Fine",
        "Strict",
    ]
    assert "No group fits" in text_of(english.get(url_of(draft), {"q": "nowhere"}))


def test_counts_lead_to_their_rows(english):
    draft = saved(paused("Closed"), make_robot("Fine"))
    text = text_of(english.get(url_of(draft)))
    assert 'href="?level=blocker#rows"' in text
    assert 'href="?check=robot&amp;level=blocker#rows"' in text


def test_what_concerns_all_is_counted_in_every_row(english):
    """The rows show it; so the figures above them count it, and lead to these rows."""
    insecure = {"title": "Drill", "text": "# Drill\n\n![plan](http://a.example/plan.png)"}
    draft = saved(make_robot("Fine"), paused("Closed"), make_robot("Other"), msgtype="markdown", content=insecure)
    page = english.get(url_of(draft))
    assert ("warning", "picture_insecure", ()) in found(page)
    assert page.context["summary"] == {"groups": 3, "blocked": 1, "warned": 2, "fine": 0}
    assert rows(english.get(url_of(draft), {"level": "warning"})) == ["Fine", "Other"]
    assert rows(english.get(url_of(draft), {"level": "fine"})) == []
    links = next(count for count in page.context["counts"] if count.topic == "links")
    assert (links.blocked, links.warned, links.noted) == (0, 3, 0)
    assert rows(english.get(url_of(draft), {"check": "links", "level": "warning"})) == ["Closed", "Fine", "Other"]


def test_what_blocks_all_leaves_no_group_that_gets_it(english):
    draft = saved(make_robot(), make_robot(), content={"content": "Drill at three. " * 2000})
    page = english.get(url_of(draft))
    assert page.context["summary"] == {"groups": 2, "blocked": 2, "warned": 0, "fine": 0}
    assert "Leave out all of these groups" not in text_of(page)


@pytest.mark.parametrize("level", ["blocker", "warning", "note", "fine"])
def test_every_number_is_the_number_of_the_rows_it_leads_to(english, level):
    robots = [paused("Closed"), make_robot("Strict", keywords=["Notice"]), make_robot("Fine")]
    robots.append(make_robot("Failing", last_kind="refused_robot", last_reason="sign_mismatch"))
    draft = saved(*robots)
    page = english.get(url_of(draft))
    figure = {"blocker": "blocked", "warning": "warned", "fine": "fine"}.get(level)
    if figure:
        assert page.context["summary"][figure] == len(rows(english.get(url_of(draft), {"level": level})))
    for count in page.context["counts"]:
        told = {"blocker": count.blocked, "warning": count.warned, "note": count.noted}.get(level)
        shown = rows(english.get(url_of(draft), {"level": level, "check": count.topic.value}))
        assert told in (None, len(shown))


def test_the_groups_of_one_finding_are_its_rows_and_no_others(english):
    removed = make_robot("Gone", status="paused", paused_reason="robot_removed")
    draft = saved(paused("Closed"), removed, make_robot("Fine"))
    page = english.get(url_of(draft))
    closed = next(group for group in page.context["levels"][0].groups if group.robots[0].name == "Closed")
    assert f'href="?found={closed.name}#rows"' in text_of(page)
    narrowed = english.get(url_of(draft), {"found": closed.name})
    assert rows(narrowed) == ["Closed"]
    assert narrowed.context["page"].found == closed.text
    assert "Show all groups" in text_of(narrowed)


def test_many_robots_come_page_by_page(english):
    draft = saved(*[make_robot(f"Shop {number:03}") for number in range(120)])
    first = english.get(url_of(draft))
    assert rows(first) == [f"Shop {number:03}" for number in range(50)]
    assert "1–50 / 120" in text_of(first)
    last = english.get(url_of(draft), {"page": "3"})
    assert rows(last)[-1] == "Shop 119"
    assert rows(english.get(url_of(draft), {"page": "99"})) == rows(last)


def test_the_page_takes_as_many_queries_for_many_groups_as_for_one(english, django_assert_num_queries):
    one, many = saved(make_robot()), saved(*[make_robot() for _number in range(60)])
    english.get(url_of(one))
    with django_assert_num_queries(27):
        english.get(url_of(one))
    with django_assert_num_queries(27):
        english.get(url_of(many))


def test_a_draft_without_an_audience_says_what_to_do_first(english):
    text = text_of(english.get(url_of(saved())))
    assert "Choose robots or tags for the draft first" in text


# --- who may ----------------------------------------------------------------------------------------------------------
ACTS = ["begin/", "leave-out/", "allow-keyword/", "mend/", "move/", "resume/", "split/", "undo/"]


@pytest.mark.parametrize("act", ["", *ACTS])
def test_strangers_are_sent_to_sign_in_and_the_powerless_are_refused(act, stranger, powerless_client):
    url = url_of(saved(), act)
    verb = "post" if act else "get"
    assert "/accounts/login/" in getattr(stranger, verb)(url)["Location"]
    assert getattr(powerless_client, verb)(url).status_code == 403
    assert powerless_client.put(url).status_code == 405


@pytest.mark.parametrize("act", ACTS)
def test_repairs_are_only_posted(act, english):
    assert english.get(url_of(saved(), act)).status_code == 405


def test_a_repair_is_undone_only_by_whoever_may_do_it(english, client):
    user = make_user("composer")
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_draft", "send_broadcast"]))
    draft = saved(make_robot(keywords=["Notice"]))
    LaunchPlan.objects.create(draft=draft, user=user, steps=[{"did": "mended", "before": 1, "after": 2}])
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(url_of(draft, "undo/"), {"step": "1"}).status_code == 403
