"""The parts of one message in the history, in reports, and when they are sent again."""

from __future__ import annotations

import io
import json
import uuid

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone, translation

from audit.actors import Actor
from messages.engine.giving_up import give_up_unsendable
from messages.history.chosen import Chosen, earlier_one, sent_again
from messages.models import Delivery, DeliveryStatus, Run
from messages.services.resend import ResendRefused, resend
from messages.services.resend_plan import Including
from messages.tests.test_parts_in_order import make_parts
from robots.tests.pages import text_of

pytestmark = pytest.mark.django_db

LI = Actor(name="li")


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def again(chosen: Chosen, **including: bool) -> list[tuple[int, int]]:
    """Which parts of how many go out in the new run, in the order in which they do."""
    (run,) = resend(chosen, including=Including(**including), key=uuid.uuid4(), by=LI)
    return list(Delivery.objects.filter(run=run).order_by("pk").values_list("part", "parts"))


def broadcast_of(parts: list[Delivery]) -> Chosen:
    return Chosen(broadcast=parts[0].run.broadcast_id)


def test_what_failed_and_the_parts_after_it_go_out_again_in_order():
    parts = make_parts(["delivered", "failed", "waiting"])
    give_up_unsendable(timezone.now(), simulator=True)
    assert again(broadcast_of(parts)) == [(2, 3), (3, 3)]


def test_one_part_chosen_brings_along_the_others_that_did_not_arrive():
    parts = make_parts(["delivered", "failed", "failed", "failed"])
    assert again(Chosen(deliveries=(parts[2].pk,))) == [(2, 4), (3, 4), (4, 4)]


def test_other_groups_are_not_brought_along():
    run = make_parts(["failed"])[0].run
    first = make_parts(["failed", "failed"], run=run)
    make_parts(["failed", "failed"], run=run)
    (new,) = resend(Chosen(deliveries=(first[0].pk,)), including=Including(), key=uuid.uuid4(), by=LI)
    assert set(new.deliveries.values_list("robot", flat=True)) == {first[0].robot_id}


def test_behind_an_unknown_part_nothing_goes_out_unless_it_does_too():
    parts = make_parts(["delivered", "uncertain", "failed"])
    with pytest.raises(ResendRefused):
        again(broadcast_of(parts))
    assert again(broadcast_of(parts), uncertain=True) == [(2, 3), (3, 3)]


def test_a_retry_that_is_sent_again_takes_along_the_parts_that_wait_for_it():
    parts = make_parts(["waiting", "waiting"])
    Delivery.objects.filter(pk=parts[0].pk).update(tries=1)
    assert again(broadcast_of(parts), retries=True) == [(1, 2), (2, 2)]
    assert {Delivery.objects.get(pk=part.pk).status for part in parts} == {DeliveryStatus.CANCELLED}


def test_what_waits_for_its_first_call_is_not_sent_again():
    parts = make_parts(["waiting", "waiting"])
    with pytest.raises(ResendRefused):
        again(broadcast_of(parts), retries=True)


def test_a_part_knows_the_one_that_sent_it_again():
    parts = make_parts(["failed", "failed"])
    again(broadcast_of(parts))
    new = list(Delivery.objects.filter(run__resend_of=parts[0].run).order_by("pk"))
    assert sent_again(parts) == {parts[0].pk: new[0].pk, parts[1].pk: new[1].pk}
    assert [earlier_one(part) for part in new] == [parts[0].pk, parts[1].pk]


def test_pages_say_which_part_it_is(staff_client):
    staff_client.cookies["django_language"] = "en"
    first, second, third = make_parts(["delivered", "failed", "waiting"])
    give_up_unsendable(timezone.now(), simulator=True)
    history = text_of(staff_client.get(reverse("broadcasts:history")))
    assert all(f"part {part.part} of 3" in history for part in (first, second, third))
    page = text_of(staff_client.get(reverse("broadcasts:delivery_detail", args=[third.pk])))
    assert "part 3 of 3" in page
    assert "An earlier part was not delivered" in page
    assert "part 1 of 1" not in text_of(
        staff_client.get(reverse("broadcasts:delivery_detail", args=[make_parts(["failed"])[0].pk]))
    )


def report(run: Run, *arguments: str) -> str:
    out = io.StringIO()
    call_command("report", str(run.pk), *arguments, stdout=out)
    return out.getvalue()


def test_a_report_says_which_part_it_is():
    parts = make_parts(["delivered", "failed"])
    told = json.loads(report(parts[0].run, "--json"))
    assert [(each["part"], each["parts"]) for each in told["deliveries"]] == [(1, 2), (2, 2)]
    assert f"{parts[0].robot_name} (2/2): Failed" in report(parts[0].run)
