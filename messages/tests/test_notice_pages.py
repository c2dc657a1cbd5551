"""Notices on the overview and in their list: read, followed, put away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from audit.models import Entry
from messages.models import Notice
from messages.notices.kinds import NoticeKind, organisation_subject, robot_subject
from messages.notices.raising import close_notices, open_notices, raise_notice
from robots.models import Organisation
from tests.factories import make_organisation, make_robot, make_user

pytestmark = pytest.mark.django_db


def client_with(*permissions: str) -> Client:
    user = make_user(f"with-{len(permissions)}")
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def raised(kind: str = NoticeKind.ADDRESS_BANNED, *, subject: str = "", **params: object) -> Notice:
    raise_notice(kind, subject=subject, params=params or {"minutes": 5}, at=timezone.now())
    return Notice.objects.get(kind=kind, subject=subject, closed_at=None)


def paused_robot() -> Notice:
    robot = make_robot("ops")
    return raised(NoticeKind.ROBOT_PAUSED, subject=robot_subject(robot.pk), robot="ops", reason="token_unknown")


def exhausted() -> Organisation:
    until = timezone.now() + timedelta(days=3)
    organisation = make_organisation("Branch", quota_exhausted_until=until)
    subject = organisation_subject(organisation.pk)
    raised(NoticeKind.QUOTA_EXHAUSTED, subject=subject, organisation="Branch", until=until.isoformat())
    return organisation


def put_away(client: Client, notice: Notice, **data: str) -> str:
    """The page that it leads to."""
    response = client.post(reverse("broadcasts:notice_put_away", args=[notice.pk]), data)
    assert response.status_code == 302
    return text_of(client, response.headers["Location"])


def test_the_overview_begins_with_what_is_open_and_what_to_do(english: Client) -> None:
    notice = paused_robot()
    text = text_of(english, reverse("overview"))
    assert "The robot “ops” was paused" in text
    assert "Copy the webhook from the robot" in text
    assert reverse("robots:detail", args=[notice.subject.removeprefix("robot:")]) in text
    assert text.index("The robot “ops” was paused") < text.index("First steps")


def test_what_happened_often_says_how_often(english: Client) -> None:
    raised()
    raised()
    assert "2 times, last" in text_of(english, reverse("overview"))


def test_a_notice_is_put_away_on_record(english: Client) -> None:
    notice = raised()
    assert "If it happens again, you are told again" in put_away(english, notice)
    assert "shut out this server" not in text_of(english, reverse("overview"))
    notice.refresh_from_db()
    assert notice.closed_at is not None
    assert notice.closed_by_name == "admin"
    entry = Entry.objects.get(action="notice.put_away")
    assert (entry.actor_name, entry.target_id, entry.detail["kind"]) == ("admin", str(notice.pk), "address_banned")


def test_what_was_put_away_and_happens_again_is_told_again(english: Client) -> None:
    put_away(english, raised())
    raised()
    assert "shut out this server" in text_of(english, reverse("overview"))


def test_putting_away_twice_does_nothing_the_second_time(english: Client) -> None:
    notice = raised()
    put_away(english, notice)
    assert "over already" in put_away(english, notice)
    assert Entry.objects.filter(action="notice.put_away").count() == 1


def test_what_needs_a_decision_cannot_be_put_away(english: Client) -> None:
    notice = raised(NoticeKind.UNCERTAIN_WAITING, count=3)
    assert reverse("broadcasts:notice_put_away", args=[notice.pk]) not in text_of(english, reverse("overview"))
    assert "stays until what it asks for is done" in put_away(english, notice)
    notice.refresh_from_db()
    assert notice.closed_at is None


def test_from_the_list_it_leads_back_to_the_list(english: Client) -> None:
    assert "What somebody had to know or to do" in put_away(english, raised(), **{"from": "list"})


def test_the_list_tells_what_is_open_what_is_over_and_who_put_what_away(english: Client) -> None:
    raised(NoticeKind.CLOCK_OFF, skew=4000)
    close_notices(open_notices(NoticeKind.CLOCK_OFF, ""), at=timezone.now())
    put_away(english, raised())
    paused_robot()
    text = text_of(english, reverse("broadcasts:notice_list"))
    assert [word in text for word in (">Open</span>", ">Over</span>", ">Put away</span>")] == [True] * 3
    assert "admin" in text
    only_open = text_of(english, reverse("broadcasts:notice_list") + "?state=open")
    assert "The robot “ops”" in only_open
    assert "shut out" not in only_open
    only_over = text_of(english, reverse("broadcasts:notice_list") + "?state=over")
    assert "The robot “ops”" not in only_over
    assert "shut out" in only_over


def test_an_empty_list_says_what_will_stand_here(english: Client) -> None:
    assert "No notices so far" in text_of(english, reverse("broadcasts:notice_list"))
    assert "No notice fits" in text_of(english, reverse("broadcasts:notice_list") + "?state=over")


def test_many_open_notices_leave_room_on_the_overview(english: Client) -> None:
    for _number in range(8):
        robot = make_robot()
        raised(NoticeKind.ROBOT_PAUSED, subject=robot_subject(robot.pk), robot=robot.name, reason="token_unknown")
    text = text_of(english, reverse("overview"))
    assert text.count("was paused, nothing is sent") == 6 * 2  # once to read, once to tell the buttons apart
    assert "2 more notices" in text
    assert reverse("broadcasts:notice_list") + "?state=open" in text


def test_a_used_up_quota_is_resumed_from_the_notice(english: Client) -> None:
    organisation = exhausted()
    url = reverse("robots:organisation_resume", args=[organisation.pk])
    assert f'action="{url}"' in text_of(english, reverse("overview"))
    response = english.post(url)
    assert "Sending to the robots of Branch goes on" in text_of(english, response.headers["Location"])
    organisation.refresh_from_db()
    assert organisation.quota_exhausted_until is None


def test_who_may_only_read_sees_no_buttons() -> None:
    organisation, notice = exhausted(), paused_robot()
    reader = client_with("view_notice")
    text = text_of(reader, reverse("overview"))
    assert "The robot “ops” was paused" in text
    for url in (
        reverse("robots:organisation_resume", args=[organisation.pk]),
        reverse("robots:organisation_detail", args=[organisation.pk]),
        reverse("robots:detail", args=[notice.subject.removeprefix("robot:")]),
        reverse("broadcasts:notice_put_away", args=[notice.pk]),
    ):
        assert url not in text
    assert reader.post(reverse("broadcasts:notice_put_away", args=[notice.pk])).status_code == 403


def test_who_may_not_see_notices_sees_none_on_the_overview(powerless_client: Client) -> None:
    paused_robot()
    assert "“ops”" not in text_of(powerless_client, reverse("overview"))
    assert powerless_client.get(reverse("broadcasts:notice_list")).status_code == 403


def test_strangers_and_wrong_verbs_are_turned_away(stranger: Client, english: Client) -> None:
    notice = raised()
    away, listed = reverse("broadcasts:notice_put_away", args=[notice.pk]), reverse("broadcasts:notice_list")
    assert stranger.get(listed).status_code == stranger.post(away).status_code == 302
    assert english.get(away).status_code == english.post(listed).status_code == 405
    assert english.post(reverse("broadcasts:notice_put_away", args=[987654])).status_code == 404


def test_names_in_a_notice_are_never_markup(english: Client) -> None:
    raised(NoticeKind.ROBOT_PAUSED, subject="robot:1", robot="<b>ops</b>", reason="token_unknown")
    assert "<b>ops</b>" not in text_of(english, reverse("overview"))


def test_the_list_takes_as_many_queries_with_many_notices_as_with_few(
    english: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    url = reverse("broadcasts:notice_list")
    for number in range(60):
        raised(NoticeKind.ROBOT_PAUSED, subject=robot_subject(number + 1), robot="ops", reason="token_unknown")
    english.get(url)
    with django_assert_num_queries(4):  # session, user, rows, banner; an administrator's permissions need no asking
        english.get(url)


def test_the_clock_is_one_notice_and_no_list_of_robots_in_need(english: Client) -> None:
    for number in range(5):
        make_robot(f"till {number}", last_kind="refused_robot", last_reason="timestamp_invalid")
    assert "till 3" in text_of(english, reverse("overview"))
    raised(NoticeKind.CLOCK_OFF, skew=4000)
    text = text_of(english, reverse("overview"))
    assert "67 minutes ahead" in text
    assert "till 3" not in text
