from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from audit.models import Entry
from robots.encryption import decrypt
from robots.models import Organisation, Robot
from robots.tests.pages import text_of
from tests.factories import fake_token, make_organisation, make_robot, make_tag

pytestmark = pytest.mark.django_db

TOKEN = "f" * 60 + "0001"
SECRET = "SECtest-not-real-000000"
URL = f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}"
LIST, CREATE = "/robots/", "/robots/add/"


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation("Head office")


def fields(organisation: Organisation, **changed: object) -> dict[str, object]:
    return {"name": "Ops", "group_name": "", "organisation": organisation.pk, "webhook": URL, "secret": "", **changed}


# --- the list ---


def test_the_list_shows_what_staff_look_for(english: Client) -> None:
    now = timezone.now()
    make_robot("Alpha", group_name="值班群", secret=SECRET, keywords=["告警"], tags=[make_tag("IT")])
    make_robot("Beta", status="paused", paused_reason="token_unknown", last_kind="refused_robot", last_at=now)
    make_robot("Gamma", hold_until=now + timedelta(minutes=5), hold_reason="throttled")
    text = text_of(english.get(LIST))
    for words in ("Alpha", "值班群", "IT", "Signature", "Keywords: 告警", "never called"):
        assert words in text
    assert "Paused DingTalk does not know this webhook" in text
    assert "Robot refused" in text
    assert "Waiting Too many messages a minute" in text


def test_an_empty_list_says_what_to_do_first(english: Client) -> None:
    text = text_of(english.get(LIST))
    assert "No robots yet" in text
    assert "Add one in DingTalk, then paste its webhook here" in text


def test_the_list_is_filtered(english: Client, organisation: Organisation) -> None:
    tag = make_tag("IT")
    make_robot("Alpha", group_name="Night shift", tags=[tag])
    make_robot("Beta", status="paused", paused_reason="by_person", organisation=organisation)

    def names(query: str) -> list[str]:
        return [line.robot.name for line in english.get(f"{LIST}?{query}").context["lines"]]

    assert names("q=alp") == ["Alpha"]
    assert names("q=NIGHT") == ["Alpha"]
    assert names("state=paused") == ["Beta"]
    assert names(f"tag={tag.pk}") == ["Alpha"]
    assert names(f"organisation={Organisation.objects.get(name='Head office').pk}") == ["Alpha", "Beta"]
    assert names("q=nobody") == []
    assert "No robot fits these filters" in text_of(english.get(f"{LIST}?q=nobody"))
    assert names("state=odd&tag=999999&organisation=x") == ["Alpha", "Beta"]


def test_the_list_is_paged_forwards_and_backwards(english: Client, organisation: Organisation) -> None:
    for number in range(120):
        make_robot(f"r{number:03d}", organisation=organisation)

    def page(query: str) -> object:
        return english.get(LIST + query).context["page"]

    first = page("?q=r")
    second = page(first.next_url)
    third = page(second.next_url)
    assert [row.name for row in (first.rows[0], second.rows[0], third.rows[-1])] == ["r000", "r050", "r119"]
    assert first.previous_url == "" == third.next_url
    assert "q=r" in second.next_url
    assert [row.name for row in page(third.previous_url).rows] == [row.name for row in second.rows]
    assert page(page(second.previous_url).next_url).rows[0].name == "r050"


@pytest.mark.parametrize("edge", ["x", "1", ".", "9" * 40 + ".a", "-1.a", "1.\u0000", "999.r"])
def test_an_odd_edge_breaks_no_page(edge: str, english: Client) -> None:
    make_robot("zulu")
    assert english.get(LIST, {"after": edge}).status_code == 200
    assert english.get(LIST, {"before": edge}).status_code == 200


def test_the_list_takes_the_same_queries_however_long_it_is(
    english: Client, organisation: Organisation, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tags = [make_tag(), make_tag()]
    for number in range(60):
        make_robot(organisation=organisation, tags=tags, name=f"r{number:03d}")
    with django_assert_num_queries(7):  # session, user, two filters, robots, tags, banner
        assert len(english.get(LIST).context["lines"]) == 50


# --- adding ---


def test_a_robot_is_added_with_webhook_and_secret_pasted_together(english: Client, organisation: Organisation) -> None:
    tag = make_tag("IT")
    answer = english.post(
        CREATE,
        fields(organisation, webhook=f"{URL}\n{SECRET}", group_name="值班群", tags=[tag.pk], keywords="告警\n通知；急"),
    )
    robot = Robot.objects.get()
    assert answer["Location"] == reverse("robots:detail", args=[robot.pk])
    assert decrypt(robot.token_encrypted).reveal() == TOKEN
    assert decrypt(robot.secret_encrypted).reveal() == SECRET
    assert robot.keywords == ["告警", "通知", "急"]
    assert list(robot.tags.all()) == [tag]
    text = text_of(english.get(answer["Location"]))
    assert "Ops is added. Send a test now" in text
    assert "Send a test" in text
    assert Entry.objects.get(action="robot.created").actor_name == "admin"


def test_the_page_leads_through_dingtalks_steps_and_shows_our_address(english: Client, settings: object) -> None:
    settings.EGRESS_IP = "203.0.113.7"
    text = text_of(english.get(CREATE))
    for words in ("Add robot", "Custom", "Additional signature", "recommended", "This server calls from 203.0.113.7."):
        assert words in text
    settings.EGRESS_IP = ""
    assert "Which one this server has is not set" in text_of(english.get(CREATE))


def test_without_any_organisation_the_default_one_is_made(english: Client) -> None:
    english.get(CREATE)
    assert not Organisation.objects.exists()
    english.post(CREATE, {"name": "Ops", "webhook": URL})
    assert Robot.objects.get().organisation == Organisation.objects.get(simulated=False)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("webhook", "", "Paste the webhook that DingTalk showed"),
        ("webhook", f"http://oapi.dingtalk.com/robot/send?access_token={TOKEN}", "begins with http://"),
        ("webhook", f"https://evil.example/robot/send?access_token={TOKEN}", "belongs to evil.example"),
        ("webhook", SECRET, "This is the signing secret"),
        ("secret", URL, "This is an address"),
        ("secret", "abc", "begins with SEC; this does not"),
        ("secret", f"{SECRET}-another", "not the secret that was pasted"),
        ("name", "", "This field is required"),
        ("keywords", "\n".join(map(str, range(11))), "at most 10 keywords"),
        ("ip_ranges", "::1\n203.0.113.1/24", "no IPv6 addresses"),
        ("organisation", "999", "Select a valid choice"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_no_secret_comes_back(
    field: str, value: str, said: str, english: Client, organisation: Organisation
) -> None:
    make_organisation("Second")
    answer = english.post(CREATE, {**fields(organisation, webhook=f"{URL}\n{SECRET}"), field: value})
    assert answer.status_code == 200
    assert said in text_of(answer)
    assert said in str(answer.context["form"].errors[field]).replace("&#x27;", "'")
    assert not Robot.objects.exists()
    assert TOKEN not in answer.content.decode()
    assert SECRET not in answer.content.decode()


@pytest.mark.parametrize("field", ["name", "group_name", "notes", "keywords"])
def test_a_webhook_or_secret_is_refused_in_every_field_that_is_shown(
    field: str, english: Client, organisation: Organisation
) -> None:
    answer = english.post(CREATE, {**fields(organisation), field: f"see {URL}"})
    assert "stands here in clear" in str(answer.context["form"].errors[field])
    assert not Robot.objects.exists()


def test_what_was_pasted_is_kept_without_being_shown_when_something_else_is_wrong(
    english: Client, organisation: Organisation
) -> None:
    make_robot("Ops", organisation=organisation)
    answer = english.post(CREATE, fields(organisation, webhook=f"{URL}\n{SECRET}"))
    text = text_of(answer)
    assert "There is a robot of this name already." in text
    assert "Webhook and secret are read and kept." in text
    assert TOKEN not in answer.content.decode()
    assert SECRET not in answer.content.decode()

    kept = answer.context["form"]["kept"].value()
    english.post(CREATE, fields(organisation, name="Ops 2", webhook="", kept=kept))
    robot = Robot.objects.get(name="Ops 2")
    assert decrypt(robot.token_encrypted).reveal() == TOKEN
    assert decrypt(robot.secret_encrypted).reveal() == SECRET


@pytest.mark.parametrize("kept", ["nonsense", "v1:00000000:gAAA"])
def test_a_forged_kept_value_is_nothing(kept: str, english: Client, organisation: Organisation) -> None:
    answer = english.post(CREATE, fields(organisation, webhook="", kept=kept))
    assert "Paste the webhook" in text_of(answer)


def test_another_robots_ciphertext_cannot_be_handed_in_as_kept(english: Client, organisation: Organisation) -> None:
    robot = make_robot("Ops", organisation=organisation)
    answer = english.post(CREATE, fields(organisation, name="x", webhook="", kept=robot.token_encrypted))
    assert "Paste the webhook" in text_of(answer)


def test_the_same_webhook_again_names_and_links_the_robot_that_has_it(
    english: Client, organisation: Organisation
) -> None:
    robot = make_robot("First <b>", token=TOKEN, organisation=organisation)
    answer = english.post(CREATE, fields(organisation))
    link = f'<a href="{reverse("robots:detail", args=[robot.pk])}">First &lt;b&gt;</a>'
    assert f"This webhook belongs to the robot {link} already" in answer.content.decode()


def test_a_simulator_webhook_wants_the_demo_organisation(
    english: Client, organisation: Organisation, settings: object
) -> None:
    settings.SIMULATOR_BASE_URL = "http://127.0.0.1:8000/simulator"
    demo = make_organisation("Demo", simulated=True)
    url = f"http://127.0.0.1:8000/simulator/robot/send?access_token={TOKEN}"
    text = text_of(english.post(CREATE, fields(organisation, webhook=url)))
    assert "demo robots belong to the demo organisation" in text
    english.post(CREATE, fields(demo, webhook=url))
    assert Robot.objects.get().organisation == demo


# --- the robot's own page ---


def test_the_page_tells_everything_and_no_secret(english: Client, settings: object) -> None:
    settings.EGRESS_IP = "203.0.113.7"
    robot = make_robot(
        "Ops",
        token=TOKEN,
        secret=SECRET,
        group_name="值班群",
        keywords=["告警"],
        ip_ranges=["198.51.100.0/24"],
        notes="ask Li",
        last_kind="refused_robot",
        last_reason="sign_mismatch",
        last_errcode=310000,
        last_at=timezone.now(),
        last_duration_ms=120,
    )
    answer = english.get(reverse("robots:detail", args=[robot.pk]))
    text = text_of(answer)
    for words in ("值班群", "告警", "198.51.100.0/24", "ask Li", "Robot refused", "310000", "120 ms", "set on"):
        assert words in text
    assert "The signature does not fit" in text
    assert "then send a test" in text
    assert "203.0.113.7 is in none of the robot's IP ranges" in text
    for hidden in (TOKEN, SECRET, robot.token_encrypted, robot.secret_encrypted, robot.token_fingerprint):
        assert hidden not in answer.content.decode()
    assert f"?robot={robot.pk}" in answer.content.decode()


def test_pausing_tells_what_will_happen_and_resuming_undoes_it(english: Client) -> None:
    robot = make_robot("Ops")
    pause = reverse("robots:pause", args=[robot.pk])
    assert "Messages that wait for it now fail" in text_of(english.get(pause))
    assert "Ops is paused." in text_of(english.post(pause, follow=True))
    assert "was paused already" in text_of(english.post(pause, follow=True))
    robot.refresh_from_db()
    assert (robot.status, robot.paused_reason) == ("paused", "by_person")
    resume = reverse("robots:resume", args=[robot.pk])
    assert "Ops is active again." in text_of(english.post(resume, follow=True))
    assert "was active already" in text_of(english.post(resume, follow=True))


def test_deleting_tells_what_will_happen_and_happens(english: Client) -> None:
    robot = make_robot("Ops")
    url = reverse("robots:delete", args=[robot.pk])
    assert "erased for good" in text_of(english.get(url))
    assert Robot.objects.exists()
    assert "Ops is deleted." in text_of(english.post(url, follow=True))
    assert not Robot.objects.exists()


# --- editing ---


def test_empty_fields_keep_webhook_and_secret(english: Client) -> None:
    robot = make_robot("Ops", token=TOKEN, secret=SECRET)
    url = reverse("robots:edit", args=[robot.pk])
    page = english.get(url)
    assert "set on" in text_of(page)
    assert TOKEN not in page.content.decode()
    assert SECRET not in page.content.decode()
    answer = english.post(url, fields(robot.organisation, name="Ops 2", webhook=""), follow=True)
    assert "Ops 2 is saved." in text_of(answer)
    robot.refresh_from_db()
    assert decrypt(robot.token_encrypted).reveal() == TOKEN
    assert decrypt(robot.secret_encrypted).reveal() == SECRET


def test_webhook_and_secret_are_replaced_and_a_test_is_advised(english: Client) -> None:
    robot = make_robot("Ops", secret=SECRET)
    token = fake_token()
    answer = english.post(
        reverse("robots:edit", args=[robot.pk]),
        fields(robot.organisation, webhook=token, secret="SECtest-another"),
        follow=True,
    )
    assert "only then you know that it still works" in text_of(answer)
    robot.refresh_from_db()
    assert decrypt(robot.token_encrypted).reveal() == token
    assert decrypt(robot.secret_encrypted).reveal() == "SECtest-another"


def test_a_box_removes_the_secret(english: Client) -> None:
    robot = make_robot("Ops", secret=SECRET)
    url = reverse("robots:edit", args=[robot.pk])
    contrary = fields(robot.organisation, webhook="", secret="SECtest-another", remove_secret="on")
    assert "Either replace the old one or remove it" in text_of(english.post(url, contrary))
    english.post(url, fields(robot.organisation, webhook="", remove_secret="on"))
    robot.refresh_from_db()
    assert not robot.has_secret
    assert "remove_secret" not in english.get(url).context["form"].fields


def test_an_edit_with_a_mistake_keeps_what_was_typed_and_names_the_stored_robot(english: Client) -> None:
    make_robot("Taken")
    robot = make_robot("Ops")
    answer = english.post(
        reverse("robots:edit", args=[robot.pk]),
        fields(robot.organisation, name="Taken", group_name="new group", webhook="", keywords="a\nb"),
    )
    assert "There is a robot of this name already." in text_of(answer)
    assert "Edit Ops" in text_of(answer)
    assert 'value="new group"' in answer.content.decode()
    assert "a\nb</textarea>" in answer.content.decode()
    robot.refresh_from_db()
    assert robot.name == "Ops"
