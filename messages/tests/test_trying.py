"""Trying a message out in a test group: as the chosen group would get it, over the real path, and nobody is called."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from audit.actors import Actor
from audit.models import Entry
from dingtalk.payloads import NOBODY, At, Message, Text
from messages.models import Broadcast, BroadcastKind, Delivery, DeliveryStatus, LaunchPlan
from messages.services.checks import tailoring_of
from messages.services.overrides import Override
from messages.services.trying import CannotTry, send_to_test_group
from messages.tests.simulated import make_pair, send
from robots.models import Organisation, Robot
from simulator.models import ChatMessage
from tests.factories import make_draft, make_organisation, make_recipient, make_robot, make_user

LI = Actor(name="li")


def tried(
    message: Message, *, like: Robot, to: Robot, at: At = NOBODY, key: uuid.UUID | None = None, **more: Any
) -> Broadcast:
    tailoring = tailoring_of(message, at=at, **more)
    return send_to_test_group(
        tailoring, like=like, to=to, name="Drill", by=LI, zone="Asia/Shanghai", key=key or uuid.uuid4(), draft=None
    )


def body() -> dict[str, Any]:
    return json.loads(Delivery.objects.get().body.text)


def posted(test_robot: Robot | None, *robots: Robot, content: str = "Drill.", **more: object) -> dict[str, object]:
    """What the compose page would send."""
    return {
        "msgtype": "text",
        "text": content,
        "robots": [robot.pk for robot in robots],
        "test_robot": test_robot.pk if test_robot else "",
        "trial_key": str(uuid.uuid4()),
        **more,
    }


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


HTMX = {"HX-Request": "true"}


# --- what is sent -----------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True, databases=["default", "simulator"])
def test_the_test_group_gets_what_the_chosen_group_would_get_and_it_is_on_record(simulator: str) -> None:
    organisation: Organisation = make_organisation(simulated=True)
    to, group = make_pair(organisation)
    Robot.objects.filter(pk=to.pk).update(for_tests=True)
    like = make_robot("shop", group_name="Shop 7", variables={"manager": "Han"}, keywords=["Notice"], footer="Notice 7")
    broadcast = tried(Text("{{ robot.name }} in {{ group }}: ask {{ manager }}."), like=like, to=to)
    assert send() == 1
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.robot, delivery.is_test) == (DeliveryStatus.DELIVERED, to, True)
    assert delivery.attempts.count() == 1
    assert ChatMessage.objects.get(group=group).message["text"]["content"] == "shop in Shop 7: ask Han.\nNotice 7"
    assert broadcast.kind == BroadcastKind.TEST
    assert "Drill" in broadcast.name
    assert "Shop 7" in broadcast.name
    entry = Entry.objects.get(action="broadcast.tried")
    assert (entry.actor_name, entry.detail["like"], entry.detail["robot"]) == ("li", "shop", to.name)


@pytest.mark.django_db
def test_own_words_of_the_chosen_group_are_what_is_tried() -> None:
    like, to = make_robot(), make_robot(for_tests=True)
    tried(Text("For all"), like=like, to=to, overrides=[Override("robot", like.pk, "", "For you alone")])
    assert body()["text"]["content"] == "For you alone"


@pytest.mark.django_db
def test_nobody_is_mentioned_but_names_stand_where_they_would_be() -> None:
    li, like, to = make_recipient("Li Lei", mobile="13800001111"), make_robot(), make_robot(for_tests=True)
    at = At(mobiles=(li.mobile, "13900002222"), everyone=True)
    tried(Text(f"@{li.mobile} please"), like=like, to=to, at=at)
    assert "at" not in body() or not any(body()["at"].values())
    content = body()["text"]["content"]
    assert content.startswith("@Li Lei please")
    assert li.mobile not in content
    assert "13900002222" not in content


@pytest.mark.django_db
def test_what_is_too_long_is_tried_in_parts() -> None:
    like, to = make_robot(keywords=["Notice"], footer="Notice"), make_robot(for_tests=True)
    tried(Text("line of text\n" * 3000), like=like, to=to)
    parts = list(Delivery.objects.order_by("part").values_list("part", "parts", "body__text"))
    assert [part[:2] for part in parts] == [(1, 3), (2, 3), (3, 3)]
    assert all("Notice" in text for _part, _parts, text in parts)


@pytest.mark.django_db
def test_a_message_that_this_group_cannot_get_is_not_tried() -> None:
    like, to = make_robot("shop"), make_robot(for_tests=True, variables={"manager": "Han"})
    with pytest.raises(CannotTry) as refused:
        tried(Text("Ask {{ manager }}."), like=like, to=to)
    assert "manager" in refused.value.text
    assert not Broadcast.objects.exists()


@pytest.mark.django_db
def test_a_press_that_comes_twice_sends_once() -> None:
    like, to, key = make_robot(), make_robot(for_tests=True), uuid.uuid4()
    assert tried(Text("x"), like=like, to=to, key=key) == tried(Text("x"), like=like, to=to, key=key)
    assert Delivery.objects.count() == 1


@pytest.mark.django_db
def test_a_robot_that_is_not_for_tests_any_more_gets_nothing() -> None:
    with pytest.raises(CannotTry):
        tried(Text("x"), like=make_robot(), to=make_robot())
    assert not Delivery.objects.exists()


# --- the pages --------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_without_a_robot_for_tests_the_page_says_how_to_mark_one(english: Client) -> None:
    draft = make_draft(robots=[make_robot()])
    for name in ("draft_edit", "draft_launch", "draft_dry_run"):
        text = text_of(english.get(reverse(f"broadcasts:{name}", args=[draft.pk])))
        assert "No robot is marked for tests yet." in text
        assert "Send a test" not in text


@pytest.mark.django_db
def test_one_press_sends_what_stands_on_the_page_as_the_shown_group_gets_it(english: Client) -> None:
    first, second, to = make_robot("a"), make_robot("b"), make_robot("tester", for_tests=True)
    typed = posted(to, first, second, content="Hello {{ robot.name }}", shown=second.pk)
    text = text_of(english.post(reverse("broadcasts:draft_try"), typed, headers=HTMX))
    assert body()["text"]["content"] == "Hello b"
    delivery = Delivery.objects.get()
    assert delivery.robot == to
    assert reverse("broadcasts:delivery_detail", args=[delivery.pk]) in text
    assert "Waiting" in text
    progress = reverse("broadcasts:trial_progress", args=[delivery.run.broadcast_id])
    assert f'hx-get="{progress}"' in text
    Delivery.objects.update(status=DeliveryStatus.DELIVERED, due_at=None, errcode=0)
    text = text_of(english.get(progress))
    assert "Delivered" in text
    assert "hx-get" not in text, "nothing can change any more"


@pytest.mark.django_db
def test_without_scripts_the_whole_page_comes_back_with_all_that_was_typed(english: Client) -> None:
    robot, to = make_robot(), make_robot("tester", for_tests=True)
    text = text_of(english.post(reverse("broadcasts:draft_try"), posted(to, robot, content="Not saved yet")))
    assert "Not saved yet</textarea>" in text
    assert 'id="tried"' in text


@pytest.mark.django_db
def test_the_launch_page_tries_what_the_draft_holds(english: Client) -> None:
    robot, to = make_robot("a"), make_robot("tester", for_tests=True)
    draft = make_draft(content={"content": "Hello {{ robot.name }}"}, robots=[robot])
    page = reverse("broadcasts:draft_launch", args=[draft.pk])
    assert "Send a test" in text_of(english.get(page))
    url = reverse("broadcasts:draft_launch_try", args=[draft.pk])
    assert 'id="tried"' in text_of(english.post(url, {"test_robot": to.pk}, headers=HTMX))
    assert body()["text"]["content"] == "Hello a"
    english.post(url, {"test_robot": to.pk})
    assert Broadcast.objects.filter(kind=BroadcastKind.TEST).count() == 2
    response = english.post(url, {}, follow=True)
    assert "Choose a robot for tests." in text_of(response)
    draft.refresh_from_db()
    assert draft.launches == 0
    assert "Nothing was sent by you" not in text_of(response)


@pytest.mark.django_db
def test_the_dry_run_tries_it_as_any_of_its_groups(english: Client) -> None:
    first, second, to = make_robot("a"), make_robot("b"), make_robot("tester", for_tests=True)
    draft = make_draft(content={"content": "Hello {{ robot.name }}"}, robots=[first, second])
    page, url = (reverse(f"broadcasts:draft_dry_run{act}", args=[draft.pk]) for act in ("", "_try"))
    text = text_of(english.get(page))
    assert "Send a test" in text
    assert f'<option value="{second.pk}">' in text
    text = text_of(english.post(url, {"test_robot": to.pk, "shown": second.pk}, headers=HTMX))
    assert 'id="tried"' in text
    assert f'hx-post="{url}"' in text, "it can be tried once more"
    assert body()["text"]["content"] == "Hello b"
    LaunchPlan.objects.create(draft=draft, user=User.objects.get(), typed={"when": "later"})
    response = english.post(url, {"test_robot": to.pk})
    assert response["Location"].startswith("/broadcasts/")
    response = english.post(url, {}, follow=True)
    assert response.redirect_chain[-1][0] == page
    assert "Choose a robot for tests." in text_of(response)
    assert LaunchPlan.objects.get().typed == {"when": "later"}, "what was typed elsewhere stays"


@pytest.mark.django_db
def test_whoever_may_not_send_is_offered_no_trial(client: Client) -> None:
    reader = make_user("reader")
    reader.user_permissions.set(Permission.objects.filter(codename="view_draft"))
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    make_robot("tester", for_tests=True)
    draft = make_draft(robots=[make_robot()])
    assert b"dry-run-trial" not in client.get(reverse("broadcasts:draft_dry_run", args=[draft.pk])).content
    assert client.post(reverse("broadcasts:draft_dry_run_try", args=[draft.pk])).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "robots", "said"),
    [("Hi", False, "Choose at least one group"), ("Ask {{ nobody_knows }}", True, "nobody_knows"), ("", True, "")],
)
def test_what_cannot_be_tried_is_refused_beside_the_button(
    english: Client, content: str, robots: bool, said: str
) -> None:
    to, robot = make_robot("tester", for_tests=True), make_robot()
    typed = posted(to, *([robot] if robots else []), content=content)
    text = text_of(english.post(reverse("broadcasts:draft_try"), typed, headers=HTMX))
    assert "trial-refused" in text
    assert said in text
    assert not Broadcast.objects.exists()
