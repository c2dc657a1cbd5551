"""Knobs and faults, set by hand."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from simulator.models import Fault, FaultKind, Knobs
from simulator.tests.support import make_group, page, set_knobs, text_of

pytestmark = pytest.mark.django_db(databases=["default", "simulator"])


def knobs_form(**changes: object) -> dict[str, object]:
    return {
        "limit": 20,
        "window": "sliding",
        "penalty_seconds": 600,
        "throttle_errcode": 660026,
        "wording": "label",
        "token_errcode": 300005,
        "latency_ms": 0,
        "clock_offset_seconds": 0,
        **changes,
    }


def test_the_behaviour_is_set_for_all_and_for_one_group(staff_client: Client) -> None:
    group = make_group()
    staff_client.post(page("save_knobs"), knobs_form(limit=5, banned_words="lottery, casino"))
    assert 'value="5"' in text_of(staff_client, page("group_behaviour", group))
    staff_client.post(page("group_save_knobs", group), knobs_form(limit=7, strict="on"))
    common, own = Knobs.objects.order_by("pk")
    assert (common.group, common.limit, common.strict, common.banned_words) == (None, 5, False, ["lottery", "casino"])
    assert (own.group, own.limit, own.strict) == (group, 7, True)
    staff_client.post(page("group_save_knobs", group), knobs_form(limit=8))
    assert [knobs.limit for knobs in Knobs.objects.order_by("pk")] == [5, 8]


def test_a_group_follows_the_settings_for_all_again(staff_client: Client) -> None:
    group = make_group()
    set_knobs(limit=5)
    set_knobs(group, limit=7)
    staff_client.post(page("group_drop_knobs", group))
    assert [knobs.limit for knobs in Knobs.objects.all()] == [5]
    staff_client.post(page("drop_knobs"))
    assert not Knobs.objects.exists()


@pytest.mark.parametrize(("field", "value"), [("limit", 0), ("latency_ms", 99_999), ("wording", "klingon")])
def test_a_setting_that_cannot_be_is_refused_beside_the_field(staff_client: Client, field: str, value: object) -> None:
    response = staff_client.post(page("save_knobs"), knobs_form(**{field: value}))
    assert list(response.context["knobs"].errors) == [field]
    assert not Knobs.objects.exists()


def fault_form(**changes: object) -> dict[str, object]:
    return {"kind": "drop_after_accept", "remaining": 3, "percent": 100, "delay_ms": 2000, **changes}


def test_a_fault_is_added_shown_and_removed(staff_client: Client) -> None:
    group = make_group()
    staff_client.post(page("group_add_fault", group), fault_form())
    fault = Fault.objects.get()
    assert (fault.group, fault.kind, fault.remaining) == (group, "drop_after_accept", 3)
    assert str(FaultKind.DROP_AFTER_ACCEPT.label) in text_of(staff_client, page("group_behaviour", group))
    assert "</strong>" not in text_of(staff_client, page("behaviour"))
    staff_client.post(reverse("simulator:remove_fault", args=[fault.pk]))
    assert not Fault.objects.exists()


def test_a_fault_for_all_shows_in_every_group(staff_client: Client) -> None:
    staff_client.post(page("add_fault"), fault_form(kind="errcode", errcode=-1, errmsg="busy", remaining=""))
    fault = Fault.objects.get()
    assert (fault.group, fault.errcode, fault.remaining) == (None, -1, None)
    assert "-1 busy" in text_of(staff_client, page("group_behaviour", make_group()))


@pytest.mark.parametrize(
    ("field", "value"), [("kind", "earthquake"), ("remaining", 0), ("percent", 101), ("delay_ms", 999_999)]
)
def test_a_fault_that_cannot_be_is_refused_beside_the_field(staff_client: Client, field: str, value: object) -> None:
    response = staff_client.post(page("add_fault"), fault_form(**{field: value}))
    assert list(response.context["fault"].errors) == [field]
    assert not Fault.objects.exists()


def test_a_certain_errcode_has_to_be_named(staff_client: Client) -> None:
    response = staff_client.post(page("add_fault"), fault_form(kind="errcode", errcode=""))
    assert list(response.context["fault"].errors) == ["errcode"]
