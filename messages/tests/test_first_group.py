"""One group first: the others wait for its result, over a real socket through the tick and the pump."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.actors import Actor
from audit.models import Entry
from messages.engine import first_group
from messages.engine.care import take_care
from messages.engine.firing import fire_due
from messages.engine.first_group import Verdict, too_many_failed, verdict_of, watch_over
from messages.models import Broadcast, BroadcastStatus, Delivery, DeliveryStatus, FirstGroup, FirstState, Notice, Run
from messages.services.cancel import cancel_broadcast
from messages.services.first_group import CannotRelease, NoFirstGroup, choose_first, let_rest_go
from messages.services.pausing import resume_broadcast
from messages.tests.simulated import make_pair, send
from messages.tests.test_launch_pages import page_form
from robots.models import Robot
from simulator.models import ChatMessage, Group
from tests.factories import fake_token, make_broadcast, make_draft, make_organisation, make_robot

LI = Actor(name="li")
over_http = pytest.mark.django_db(transaction=True, databases=["default", "simulator"])
W, S, D, F, U = (DeliveryStatus(each) for each in ("waiting", "sending", "delivered", "failed", "uncertain"))


def planned(*robots: Robot, asks: bool = False, stop_share: int | None = None, **fields: object) -> Broadcast:
    broadcast = make_broadcast(robots=robots, **fields)
    choose_first(broadcast, robot=robots[0].pk, asks=asks, stop_share=stop_share, by=LI)
    return broadcast


def tick() -> None:
    fire_due(timezone.now())
    watch_over(timezone.now())


def groups(count: int) -> tuple[list[Robot], list[Group]]:
    organisation = make_organisation(simulated=True)
    pairs = [make_pair(organisation, f"g{number}") for number in range(count)]
    return [robot for robot, _group in pairs], [group for _robot, group in pairs]


def break_group(group: Group) -> None:
    """DingTalk does not know its webhook any more."""
    Group.objects.filter(pk=group.pk).update(token=fake_token())


# --- the tables -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        ([(W, True)], Verdict.UNDER_WAY),
        ([(S, False)], Verdict.UNDER_WAY),
        ([(U, True)], Verdict.UNDER_WAY),
        ([(U, False)], Verdict.UNKNOWN),
        ([(D, False)], Verdict.ARRIVED),
        ([(D, False), (W, True)], Verdict.UNDER_WAY),
        ([(D, False), (F, False)], Verdict.LOST),
        ([(U, False), (F, False)], Verdict.UNKNOWN),
        ([(DeliveryStatus.EXPIRED, False)], Verdict.LOST),
        ([(DeliveryStatus.CANCELLED, False)], Verdict.LOST),
        ([], Verdict.LOST),
    ],
)
def test_what_its_deliveries_say_of_the_first_group(found: list[tuple[str, bool]], verdict: Verdict) -> None:
    assert verdict_of(found) is verdict


@pytest.mark.parametrize(
    ("failed", "ended", "share", "too_many"),
    [(4, 4, 20, False), (1, 5, 20, False), (2, 5, 20, True), (1, 5, 0, True), (0, 9, 0, False), (20, 100, 20, False)],
)
def test_the_share_is_of_at_least_five_that_are_done(failed: int, ended: int, share: int, too_many: bool) -> None:
    assert too_many_failed(failed, ended, share=share) is too_many


# --- over HTTP --------------------------------------------------------------------------------------------------------
@over_http
def test_when_it_arrived_in_the_first_group_the_rest_leaves(simulator: str) -> None:
    robots, _groups = groups(3)
    broadcast = planned(*robots)
    tick()
    assert list(Delivery.objects.values_list("robot", flat=True)) == [robots[0].pk]
    tick()
    assert Run.objects.count() == 1, "the rest waits while the first is under way"
    assert send() == 1
    tick()
    tick()
    assert send() == 2
    assert ChatMessage.objects.count() == 3
    broadcast.refresh_from_db()
    assert broadcast.status == BroadcastStatus.FIRED
    assert Entry.objects.get(action="broadcast.rest_released").actor_name == "system"
    tick()
    assert Delivery.objects.count() == 3


@over_http
def test_when_the_first_group_fails_nothing_else_leaves_until_a_person_says_so(simulator: str) -> None:
    robots, in_chat = groups(3)
    break_group(in_chat[0])
    broadcast = planned(*robots)
    tick()
    send()
    for _again in range(3):
        tick()
    assert Delivery.objects.get().status == DeliveryStatus.FAILED
    assert send() == 0
    notice = Notice.objects.get(kind="first_group_waits", closed_at=None)
    assert (notice.params["why"], notice.count) == ("lost", 1)
    assert let_rest_go(broadcast, by=LI)
    assert not let_rest_go(broadcast, by=LI)
    tick()
    assert send() == 2
    take_care(timezone.now())
    notice.refresh_from_db()
    assert notice.closed_at
    assert Entry.objects.get(action="broadcast.rest_released").detail["result"] == "lost"


@over_http
def test_who_chose_to_be_asked_is_asked_after_it_arrived(simulator: str) -> None:
    robots, _groups = groups(2)
    broadcast = planned(*robots, asks=True)
    tick()
    send()
    tick()
    tick()
    assert Run.objects.count() == 1
    assert FirstGroup.objects.get().told == "arrived"
    let_rest_go(broadcast, by=LI)
    tick()
    assert send() == 1


@over_http
def test_beyond_the_share_the_rest_is_held_until_a_person_resumes_it(simulator: str) -> None:
    robots, in_chat = groups(10)
    for group in in_chat[1:7]:
        break_group(group)
    broadcast = planned(*robots, stop_share=20)
    tick()
    send()
    tick()
    fire_due(timezone.now())
    # The last three wait for their group's minute.
    Robot.objects.filter(pk__in=[robot.pk for robot in robots[7:]]).update(
        hold_until=timezone.now() + timedelta(minutes=5)
    )
    send()
    broadcast.refresh_from_db()
    assert broadcast.paused_at is not None, "the pump itself saw it"
    Robot.objects.update(hold_until=None)
    assert send() == 0
    assert Notice.objects.get(kind="broadcast_stopped_itself").params["failed"] >= 5
    assert Entry.objects.get(action="broadcast.stopped_itself").actor_name == "system"
    resume_broadcast(broadcast, by=LI)
    tick()
    assert send() == 3
    tick()
    broadcast.refresh_from_db()
    assert broadcast.paused_at is None
    assert not FirstGroup.objects.get().watched


# --- crashes, two at once ---------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_crash_after_the_first_group_fired_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    planned(make_robot(), make_robot())
    fire_due(timezone.now())
    Delivery.objects.update(status=DeliveryStatus.DELIVERED, due_at=None)

    def crash(*_arguments: object, **_more: object) -> None:
        raise RuntimeError("the machine is gone")

    with monkeypatch.context() as patched:
        patched.setattr(first_group, "record", crash)
        with pytest.raises(RuntimeError):
            watch_over(timezone.now())
    assert FirstGroup.objects.get().state == FirstState.OUT
    tick()
    tick()
    assert Delivery.objects.count() == 2


@pytest.mark.django_db
def test_two_ticks_at_once_release_and_fire_once() -> None:
    planned(make_robot(), make_robot())
    fire_due(timezone.now())
    Delivery.objects.update(status=DeliveryStatus.DELIVERED, due_at=None)
    first = FirstGroup.objects.select_related("broadcast").get()
    assert first_group.release(first, by=LI, now=timezone.now(), why="arrived")
    assert not first_group.release(first, by=LI, now=timezone.now(), why="arrived")
    assert fire_due(timezone.now()) == 1
    assert fire_due(timezone.now()) == 0
    assert Delivery.objects.count() == 2


@pytest.mark.django_db
def test_the_rest_reads_the_time_and_the_number_that_the_first_group_read() -> None:
    content = {"content": "{{ run.time }} {{ run.number }}"}
    planned(make_robot(), make_robot(), content=content, tailored=True)
    fire_due(timezone.now())
    Delivery.objects.update(status=DeliveryStatus.DELIVERED, due_at=None)
    tick()
    tick()
    assert len(set(Delivery.objects.values_list("body", flat=True))) == 1
    assert Delivery.objects.count() == 2


@pytest.mark.django_db
def test_cancelled_while_the_rest_waits_nothing_more_goes_out() -> None:
    broadcast = planned(make_robot(), make_robot())
    fire_due(timezone.now())
    cancel_broadcast(broadcast, by=LI)
    tick()
    assert Delivery.objects.count() == 1
    with pytest.raises(CannotRelease):
        let_rest_go(broadcast, by=LI)


@pytest.mark.django_db
def test_the_first_group_is_one_of_several() -> None:
    alone = make_broadcast(robots=[make_robot()])
    for robot in (alone.targets.get().robot_id, 99999):
        with pytest.raises(NoFirstGroup):
            choose_first(alone, robot=robot or 0, asks=False, stop_share=None, by=LI)


# --- the pages --------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("", "Waiting for the result of “Shop 7”"),
        ("arrived", "Waiting for your go"),
        ("lost", "It did not arrive in its first group, “Shop 7”."),
        ("unknown", "Nobody can know whether it arrived in its first group, “Shop 7”."),
    ],
)
def test_the_page_says_what_the_rest_waits_for_and_one_press_lets_it_go(english: Client, told: str, words: str) -> None:
    broadcast = planned(make_robot(group_name="Shop 7"), make_robot())
    url = reverse("broadcasts:broadcast_detail", args=[broadcast.pk])
    assert "First it goes to “Shop 7” alone" in english.get(url).content.decode()
    fire_due(timezone.now())
    FirstGroup.objects.update(told=told)
    assert words in english.get(url).content.decode()
    response = english.post(reverse("broadcasts:broadcast_go", args=[broadcast.pk]), follow=True)
    assert "The rest is on its way." in response.content.decode()
    assert Entry.objects.get(action="broadcast.rest_released").actor_name == "admin"


@pytest.mark.django_db
def test_the_launch_page_freezes_the_choice(english: Client) -> None:
    robots = [make_robot("a"), make_robot("b")]
    draft = make_draft(robots=robots)
    url = reverse("broadcasts:draft_launch", args=[draft.pk])
    page = english.get(url)
    assert "One group first" in page.content.decode()
    form = page_form(page, first=str(robots[1].pk), first_asks="on", stop_share="20")
    english.post(url, form)
    first = FirstGroup.objects.select_related("target").get()
    assert (first.target.robot_name, first.asks, first.stop_share) == ("b", True, 20)


@pytest.mark.django_db
def test_a_first_group_that_is_not_there_is_refused_and_nothing_is_launched(english: Client) -> None:
    draft = make_draft(robots=[make_robot("a"), make_robot("b")])
    url = reverse("broadcasts:draft_launch", args=[draft.pk])
    response = english.post(url, page_form(english.get(url), first="99999"))
    assert "Choose one of the groups that get it" in response.content.decode()
    assert not Broadcast.objects.exists()
