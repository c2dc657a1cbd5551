"""The simulator's pages: what a person sees and changes, and who may."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connections
from django.test import Client
from django.urls import reverse

from simulator.groups import Member
from simulator.models import ChatMessage, Fault, FaultKind, Group, GroupState, Knobs, LoggedCall, Window
from simulator.tests.support import TEXT, body, make_group, set_fault, set_knobs

pytestmark = pytest.mark.django_db(databases=["default", "simulator"])

READ = [
    ("groups", False),
    ("calls", False),
    ("behaviour", False),
    ("group", True),
    ("new_messages", True),
    ("group_calls", True),
    ("group_behaviour", True),
]
WRITE = [
    ("group_create", False),
    ("group_edit", True),
    ("group_reset", True),
    ("group_delete", True),
    ("save_knobs", False),
    ("drop_knobs", False),
    ("add_fault", False),
    ("group_save_knobs", True),
    ("group_drop_knobs", True),
    ("group_add_fault", True),
]
POST_ONLY = {"save_knobs", "drop_knobs", "add_fault", "group_save_knobs", "group_drop_knobs", "group_add_fault"}


def page(name: str, group: Group | None = None) -> str:
    return reverse(f"simulator:{name}", args=[group.pk] if group else [])


def send(group: Group, message: dict[str, object] | None = None, *, raw: bytes | None = None) -> None:
    address = f"{reverse('simulator:send')}?access_token={group.token}"
    Client().post(address, raw if raw is not None else body(message or TEXT), "application/json")


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


# --- groups


def test_the_list_shows_each_group_with_what_its_robot_asks_for(staff_client: Client) -> None:
    group = make_group("ops", signed=True, keywords=["alarm"], state=GroupState.STOPPED)
    send(make_group("office"), {"msgtype": "text", "text": {"content": "the newest words"}})
    shown = text_of(staff_client, page("groups"))
    assert group.secret not in shown
    assert group.token not in shown
    for words in ("ops", "alarm", str(GroupState.STOPPED.label), "office", "the newest words"):
        assert words in shown


def test_the_list_finds_a_group_by_its_name(staff_client: Client) -> None:
    make_group("ops")
    make_group("office")
    shown = text_of(staff_client, f"{page('groups')}?q=OFF")
    assert ("office" in shown, ">ops<" in shown) == (True, False)


def test_the_list_goes_on_to_further_pages_and_back(staff_client: Client) -> None:
    for number in range(55):
        make_group(f"g{number:02}")
    first = staff_client.get(page("groups"))
    assert first.context["page"].previous_url == ""
    second = staff_client.get(f"{page('groups')}{first.context['page'].next_url}")
    assert [row.group.name for row in second.context["rows"]] == [f"g{number:02}" for number in range(50, 55)]
    assert second.context["page"].next_url == ""
    back = staff_client.get(f"{page('groups')}{second.context['page'].previous_url}")
    assert [row.group.name for row in back.context["rows"]] == [f"g{number:02}" for number in range(50)]


def test_an_empty_list_says_what_to_do_first(staff_client: Client) -> None:
    assert page("group_create") in text_of(staff_client, page("groups"))


def test_a_group_is_added_with_a_webhook_and_a_secret_to_paste(staff_client: Client) -> None:
    form = {
        "name": "ops",
        "robot_name": "Ops robot",
        "signed": "on",
        "keywords": "alarm， notice\nalarm",
        "ip_ranges": "192.0.2.7; 192.0.2.0/24",
        "members": "Zhang San, 13800000001, zhang\n\nLi Si，13800000002",
        "state": "ok",
        "quota_left": "",
    }
    response = staff_client.post(page("group_create"), form)
    group = Group.objects.get()
    assert response.url == page("group", group)
    assert group.keywords == ["alarm", "notice"]
    assert group.ip_ranges == ["192.0.2.7", "192.0.2.0/24"]
    assert group.members == [
        {"name": "Zhang San", "mobile": "13800000001", "user_id": "zhang"},
        {"name": "Li Si", "mobile": "13800000002", "user_id": ""},
    ]
    shown = text_of(staff_client, page("group", group))
    assert f"/simulator/robot/send?access_token={group.token}" in shown
    assert group.secret.startswith("SEC")
    assert group.secret in shown


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "taken"),
        ("keywords", ",".join("abcdefghijk")),
        ("ip_ranges", "192.0.2.300"),
        ("ip_ranges", "2001:db8::1"),
        ("members", ", 13800000001"),
        ("quota_left", "-1"),
        ("state", "asleep"),
    ],
)
def test_a_group_that_cannot_be_is_refused_beside_the_field(staff_client: Client, field: str, value: str) -> None:
    make_group("taken")
    form = {"name": "ops", "robot_name": "r", "state": "ok", field: value}
    response = staff_client.post(page("group_create"), form)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert Group.objects.count() == 1


def test_changing_a_group_keeps_its_token_and_its_secret(staff_client: Client) -> None:
    group = make_group("ops", signed=True, keywords=["alarm"], members=[Member("Zhang", "13800000001")])
    form = {"name": "ops 2", "robot_name": "r", "signed": "on", "state": "removed", "quota_left": "7"}
    assert staff_client.post(page("group_edit", group), form).url == page("group", group)
    changed = Group.objects.get()
    assert (changed.token, changed.secret) == (group.token, group.secret)
    assert (changed.name, changed.keywords, changed.state, changed.quota_left) == ("ops 2", [], "removed", 7)


def test_signing_is_switched_off_and_on_again_with_another_secret(staff_client: Client) -> None:
    group = make_group("ops", signed=True)
    form = {"name": "ops", "robot_name": "r", "state": "ok"}
    staff_client.post(page("group_edit", group), form)
    assert Group.objects.get().secret == ""
    staff_client.post(page("group_edit", group), {**form, "signed": "on"})
    assert Group.objects.get().secret not in ("", group.secret)


def test_the_form_shows_what_the_group_has(staff_client: Client) -> None:
    group = make_group("ops", keywords=["alarm"], members=[Member("Zhang", "13800000001", "zhang"), Member("Li", "1")])
    shown = text_of(staff_client, page("group_edit", group))
    assert "Zhang, 13800000001, zhang\nLi, 1" in shown
    assert 'value="alarm"' in shown


def test_a_group_starts_anew_after_a_question(staff_client: Client) -> None:
    group, other = make_group("ops", state=GroupState.STOPPED, quota_left=0), make_group("other")
    set_knobs(group, strict=False)
    set_knobs(limit=5)
    set_fault(FaultKind.EMPTY, group)
    send(group)
    send(other)
    assert staff_client.get(page("group_reset", group)).status_code == 200
    assert group.calls.count() == 1
    staff_client.post(page("group_reset", group))
    group.refresh_from_db()
    assert (group.calls.count(), group.faults.count(), group.state, group.quota_left) == (0, 0, "ok", None)
    assert [knobs.group for knobs in Knobs.objects.all()] == [None]
    assert (Window.objects.count(), other.messages.count()) == (1, 1)


def test_a_group_is_deleted_after_a_question(staff_client: Client) -> None:
    group = make_group("ops")
    send(group)
    assert staff_client.get(page("group_delete", group)).status_code == 200
    assert staff_client.post(page("group_delete", group)).url == page("groups")
    assert [model.objects.count() for model in (Group, ChatMessage, LoggedCall, Window)] == [0, 0, 0, 0]


# --- the chat


def test_the_chat_shows_messages_with_mentions_by_name(staff_client: Client) -> None:
    group = make_group("ops", members=[Member("Zhang San", "13800000001")])
    send(group, {"msgtype": "text", "text": {"content": "@13800000001 <b>"}, "at": {"atMobiles": ["13800000001"]}})
    shown = text_of(staff_client, page("group", group))
    assert '<span class="dt-mention">@Zhang San</span> &lt;b&gt;' in shown


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("link", {"title": "A title", "text": "x", "messageUrl": "https://example.com/go"}, "https://example.com/go"),
        ("markdown", {"title": "t", "text": "### A heading"}, "<h3>A heading</h3>"),
        (
            "actionCard",
            {"title": "t", "text": "x", "singleTitle": "Read on", "singleURL": "https://example.com/"},
            "Read on</a>",
        ),
        (
            "feedCard",
            {"links": [{"title": "News", "messageURL": "https://example.com/", "picURL": "https://example.com/p.png"}]},
            'src="https://example.com/p.png"',
        ),
    ],
)
def test_every_type_is_drawn(staff_client: Client, kind: str, content: dict[str, object], words: str) -> None:
    group = make_group()
    send(group, {"msgtype": kind, kind: content})
    assert words in text_of(staff_client, page("group", group))


def test_new_messages_come_in_by_themselves(staff_client: Client) -> None:
    group = make_group()
    send(group, {"msgtype": "text", "text": {"content": "first"}})
    last = ChatMessage.objects.get().pk
    assert f"{page('new_messages', group)}?after={last}" in text_of(staff_client, page("group", group))
    assert staff_client.get(page("new_messages", group), {"after": last}).status_code == 204
    send(group, {"msgtype": "text", "text": {"content": "second"}})
    shown = text_of(staff_client, f"{page('new_messages', group)}?after={last}")
    assert ("second" in shown, "first" in shown) == (True, False)
    assert f"?after={ChatMessage.objects.latest('pk').pk}" in shown


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 30])
def test_an_odd_place_in_the_chat_does_no_harm(staff_client: Client, after: str) -> None:
    assert staff_client.get(page("new_messages", make_group()), {"after": after}).status_code == 204


def test_a_long_chat_shows_its_end_and_leads_to_what_came_before(staff_client: Client) -> None:
    group = make_group()
    set_knobs(limit=100)
    for number in range(53):
        send(group, {"msgtype": "text", "text": {"content": f"number {number:02}"}})
    shown = text_of(staff_client, page("group", group))
    assert ("number 52" in shown, "number 02" in shown) == (True, False)
    before = ChatMessage.objects.order_by("pk")[3].pk
    assert f"?before={before}" in shown
    earlier = text_of(staff_client, f"{page('group', group)}?before={before}")
    assert ("number 02" in earlier, "number 03" in earlier, "hx-trigger" in earlier) == (True, False, False)


# --- the log of calls


def test_the_log_says_in_words_what_was_wrong(staff_client: Client) -> None:
    group = make_group("ops", signed=True)
    send(group)
    shown = text_of(staff_client, page("group_calls", group))
    assert "310000" in shown
    call = text_of(staff_client, reverse("simulator:call", args=[LoggedCall.objects.get().pk]))
    assert f"access_token={group.token}" in call
    assert "演练在三点" in call


def test_a_fault_shows_in_the_log(staff_client: Client) -> None:
    group = make_group()
    set_fault(FaultKind.EMPTY)
    send(group)
    assert str(FaultKind.EMPTY.label) in text_of(staff_client, page("calls"))


def test_a_token_that_is_none_of_the_simulators_is_not_shown(staff_client: Client) -> None:
    Client().post(f"{reverse('simulator:send')}?access_token={'e' * 64}", body(TEXT), "application/json")
    call = LoggedCall.objects.get()
    assert "eeee" not in text_of(staff_client, page("calls"))
    assert "eeee" not in text_of(staff_client, reverse("simulator:call", args=[call.pk]))


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"<script>alert(1)</script>", b"[" * 5000])
def test_any_body_can_be_looked_at(staff_client: Client, raw: bytes) -> None:
    send(make_group(), raw=raw)
    assert "<script>alert" not in text_of(staff_client, reverse("simulator:call", args=[LoggedCall.objects.get().pk]))


# --- behaviour and faults


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


# --- who may


@pytest.mark.parametrize(("name", "of_group"), READ + WRITE)
def test_a_stranger_is_sent_to_sign_in(stranger: Client, name: str, of_group: bool) -> None:
    address = page(name, make_group() if of_group else None)
    response = stranger.post(address) if name in POST_ONLY else stranger.get(address)
    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/")


@pytest.mark.parametrize(("name", "of_group"), READ + WRITE)
def test_nobody_without_permission_comes_in(powerless_client: Client, name: str, of_group: bool) -> None:
    address = page(name, make_group() if of_group else None)
    response = powerless_client.post(address) if name in POST_ONLY else powerless_client.get(address)
    assert response.status_code == 403


@pytest.mark.parametrize(("name", "of_group"), READ + WRITE)
def test_who_may_look_at_robots_may_look_and_change_nothing(client: Client, name: str, of_group: bool) -> None:
    reader = User.objects.create_user("reader")
    reader.user_permissions.add(Permission.objects.get(codename="view_robot"))
    client.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    address = page(name, make_group() if of_group else None)
    response = client.post(address) if name in POST_ONLY else client.get(address)
    assert response.status_code == (403 if (name, of_group) in WRITE else 204 if name == "new_messages" else 200)


@pytest.mark.parametrize(("name", "of_group"), READ)
def test_pages_to_look_at_take_no_post(staff_client: Client, name: str, of_group: bool) -> None:
    assert staff_client.post(page(name, make_group() if of_group else None)).status_code == 405


@pytest.mark.parametrize(("name", "of_group"), [row for row in WRITE if row[0] in POST_ONLY])
def test_acts_take_no_get(staff_client: Client, name: str, of_group: bool) -> None:
    assert staff_client.get(page(name, make_group() if of_group else None)).status_code == 405


@pytest.mark.parametrize("name", ["call", "remove_fault"])
def test_pages_of_a_single_row_are_closed_as_well(stranger: Client, powerless_client: Client, name: str) -> None:
    address = reverse(f"simulator:{name}", args=[1])
    statuses = [client.post(address).status_code for client in (stranger, powerless_client)]
    assert statuses == ([302, 403] if name == "remove_fault" else [405, 405])
    if name == "call":
        assert [client.get(address).status_code for client in (stranger, powerless_client)] == [302, 403]


# --- what the pages cost


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("name", ["groups", "calls"])
def test_a_list_takes_one_statement_however_long(
    staff_client: Client, django_assert_num_queries: object, name: str, rows: int
) -> None:
    for number in range(rows):
        send(make_group(f"g{number}"))
    with django_assert_num_queries(1, connection=connections["simulator"]):  # type: ignore[operator]
        staff_client.get(page(name))


def test_a_chat_takes_two_statements_however_long(staff_client: Client, django_assert_num_queries: object) -> None:
    group = make_group()
    for _message in range(15):
        send(group)
    with django_assert_num_queries(2, connection=connections["simulator"]):  # type: ignore[operator]
        staff_client.get(page("group", group))
