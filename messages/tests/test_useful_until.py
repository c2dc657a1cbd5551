"""Until when a broadcast is useful: chosen at the launch, frozen, and kept."""

from __future__ import annotations

import io
import json
import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from audit.actors import Actor
from audit.models import Entry
from dingtalk.payloads import At, Text
from messages.engine.firing import fire_due
from messages.engine.giving_up import give_up_unsendable
from messages.models import Broadcast, Delivery, DeliveryStatus, Draft
from messages.services.drafts import save_draft
from messages.services.launch import launch
from messages.services.planning import NeverUseful
from messages.services.snapshots import Snapshot
from tests.factories import make_robot

pytestmark = pytest.mark.django_db

LI = Actor(name="li")
NINE = datetime(2030, 5, 1, 1, 0, tzinfo=UTC)  # nine o'clock in Shanghai


def launched(*, planned_at: datetime | None = None, useful_until: datetime | None = None) -> Broadcast:
    return launch(
        message=Text("Drill at three."),
        at=At(),
        robots=[make_robot()],
        name="Fire drill",
        by=LI,
        launch_key=uuid.uuid4(),
        planned_at=planned_at,
        zone="Asia/Shanghai",
        useful_until=useful_until,
    )


def saved() -> Draft:
    robots = [make_robot().pk]
    snapshot = Snapshot(name="Fire drill", msgtype="text", content={"content": "Drill at three."}, robots=robots)
    return save_draft(draft=None, snapshot=snapshot, based_on=None, by=LI)


def text_of(response) -> str:
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def page_form(response, **changes: str) -> dict[str, str]:
    """What the browser would send of the launch page, as it stands there."""
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', response.content.decode())
    form = response.context["form"]
    names = ("when", "date", "time", "zone", "until_date", "until_time", "policy")
    shown = {name: str(form[name].value() or "") for name in names}
    sent = {**shown, **dict(hidden), **changes}
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def sent_with(*arguments: str) -> tuple[int, dict]:
    out = io.StringIO()
    try:
        call_command("send", *arguments, "--json", stdout=out, stderr=io.StringIO())
        status = 0
    except SystemExit as end:
        status = int(end.code or 0)
    return status, json.loads(out.getvalue())


# --- frozen and kept --------------------------------------------------------------------------------------------------
def test_it_is_frozen_copied_to_every_delivery_and_on_record():
    until = timezone.now() + timedelta(hours=1)
    broadcast = launched(useful_until=until)
    assert broadcast.useful_until == until
    fire_due(timezone.now())
    assert Delivery.objects.get().useful_until == until
    assert Entry.objects.get(action="broadcast.launched").detail["useful_until"] == until.isoformat()


def test_what_still_waits_then_expires_and_says_so(english):
    until = timezone.now() + timedelta(hours=1)
    broadcast = launched(useful_until=until)
    fire_due(timezone.now())
    assert give_up_unsendable(until, simulator=True) == 1
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.reason) == (DeliveryStatus.EXPIRED, "expired")
    text = text_of(english.get(reverse("broadcasts:broadcast_detail", args=[broadcast.pk])))
    assert "Its time was over before it could go out." in text
    assert "Finished: 1 expired" in text
    assert "<dt>Useful until</dt>" in text


@pytest.mark.parametrize(
    ("planned_at", "useful_until"),
    [
        pytest.param(NINE, NINE, id="at the planned time"),
        pytest.param(NINE, NINE - timedelta(hours=1), id="before it"),
        pytest.param(None, datetime(2020, 1, 1, tzinfo=UTC), id="in the past"),
    ],
)
def test_its_use_must_end_after_it_goes_out(planned_at, useful_until):
    with pytest.raises(NeverUseful) as refused:
        launched(planned_at=planned_at, useful_until=useful_until)
    assert "Asia/Shanghai" in refused.value.text
    assert not Broadcast.objects.exists()


# --- the page that launches -------------------------------------------------------------------------------------------
def test_it_is_chosen_on_the_clocks_of_the_same_zone(english):
    url = reverse("broadcasts:draft_launch", args=[saved().pk])
    page = english.get(url)
    planned = {"when": "later", "date": "2030-05-01", "time": "09:00", "zone": "Europe/Berlin"}
    english.post(url, page_form(page, **planned, until_date="2030-05-01", until_time="18:00"))
    broadcast = Broadcast.objects.get()
    assert broadcast.useful_until == datetime(2030, 5, 1, 16, 0, tzinfo=UTC)
    text = text_of(english.get(reverse("broadcasts:broadcast_detail", args=[broadcast.pk])))
    assert "2030-05-01 18:00" in text


def test_for_what_goes_out_now_it_is_on_the_clocks_of_the_installation(english):
    url = reverse("broadcasts:draft_launch", args=[saved().pk])
    page = english.get(url)
    english.post(url, page_form(page, when="now", until_date="2030-05-01", until_time="18:00"))
    assert Broadcast.objects.get().useful_until == datetime(2030, 5, 1, 10, 0, tzinfo=UTC)


def test_it_may_be_left_empty(english):
    url = reverse("broadcasts:draft_launch", args=[saved().pk])
    english.post(url, page_form(english.get(url)))
    assert Broadcast.objects.get().useful_until is None


def test_what_ends_before_it_goes_out_stands_beside_it_and_everything_typed_is_kept(english):
    url = reverse("broadcasts:draft_launch", args=[saved().pk])
    page = english.get(url)
    planned = {"when": "later", "date": "2030-05-01", "time": "09:00", "zone": "Asia/Shanghai"}
    typed = page_form(page, **planned, until_date="2030-05-01", until_time="08:30")
    text = text_of(english.post(url, typed))
    assert "It goes out at 2030-05-01 09:00 (Asia/Shanghai): its use must end later than that." in text
    assert 'value="08:30"' in text
    assert not Broadcast.objects.exists()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        pytest.param({"until_date": "2030-05-01"}, "Give the time, too.", id="a date alone"),
        pytest.param({"until_time": "18:00"}, "Give the date, too.", id="a time alone"),
        pytest.param(
            {"until_date": "9999-12-31", "until_time": "23:59", "zone": "America/New_York", "when": "later"},
            "This date is out of reach.",
            id="beyond all dates",
        ),
        pytest.param({"until_date": "soon", "until_time": "18:00"}, "Enter a valid date.", id="no date"),
    ],
)
def test_what_cannot_be_understood_is_told_and_nothing_goes_out(english, typed, told):
    url = reverse("broadcasts:draft_launch", args=[saved().pk])
    later = {"date": "2030-05-01", "time": "09:00"}
    assert told in text_of(english.post(url, page_form(english.get(url), **later, **typed)))
    assert not Broadcast.objects.exists()


def test_it_is_said_in_words_while_it_is_chosen(english):
    draft = saved()
    typed = page_form(
        english.get(reverse("broadcasts:draft_launch", args=[draft.pk])),
        when="later",
        date="2030-05-01",
        time="09:00",
        until_date="2030-05-01",
        until_time="18:00",
    )
    url = reverse("broadcasts:draft_launch_moment", args=[draft.pk])
    text = text_of(english.post(url, typed))
    assert 'id="until" class="moment" role="status" hx-swap-oob="true"' in text
    assert text.count("Wednesday,") == 2
    assert "2030-05-01 18:00" in text
    assert "nobody would get it" not in text
    assert "nobody would get it" in text_of(english.post(url, {**typed, "until_time": "08:00"}))


# --- the command ------------------------------------------------------------------------------------------------------
def test_the_command_takes_it_as_a_wall_time_or_with_an_offset():
    make_robot(name="ops")
    order = ("--text", "Drill", "--robot", "ops", "--at", "2030-05-01T09:00")
    for written in ("2030-05-01T18:00", "2030-05-01T12:00+02:00"):
        status, told = sent_with(*order, "--useful-until", written)
        assert status == 0
        assert datetime.fromisoformat(told["useful_until"]) == datetime(2030, 5, 1, 10, 0, tzinfo=UTC)
    assert set(Broadcast.objects.values_list("useful_until", flat=True)) == {datetime(2030, 5, 1, 10, 0, tzinfo=UTC)}
    assert sent_with(*order)[1]["useful_until"] is None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(["--useful-until", "2020-01-01T09:00"], "never_useful", id="in the past"),
        pytest.param(["--at", "2030-05-01T09:00", "--useful-until", "2030-05-01T09:00"], "never_useful", id="at once"),
        pytest.param(["--useful-until", "tomorrow"], "time_unreadable", id="no time"),
    ],
)
def test_the_command_refuses_what_makes_no_sense(arguments: list[str], code: str):
    make_robot(name="ops")
    status, told = sent_with("--text", "Drill", "--robot", "ops", *arguments)
    assert status == 2
    assert [refusal["code"] for refusal in told["refused"]] == [code]
    assert not Broadcast.objects.exists()
