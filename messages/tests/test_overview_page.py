from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from messages.engine.care import take_care
from messages.models import BroadcastKind, BroadcastStatus, DeliveryStatus, EngineState
from messages.tests.test_history import make_attempt
from robots.models import Organisation, RobotStatus
from tests.factories import (
    make_broadcast,
    make_delivery,
    make_draft,
    make_organisation,
    make_robot,
    make_run,
    make_user,
)

pytestmark = pytest.mark.django_db


def text_of(client: Client) -> str:
    response = client.get(reverse("overview"))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_a_fresh_installation_is_told_its_first_steps(english):
    text = text_of(english)
    assert "First steps" in text
    assert text.count("still to do") == 3
    assert reverse("robots:create") in text


def test_each_first_step_is_ticked_by_what_is_there(english):
    make_robot()
    make_draft()
    text = text_of(english)
    assert text.count('aria-label="done"') == 2
    assert text.count("still to do") == 1


def test_what_came_with_the_demo_ticks_no_step(english):
    make_robot(organisation=make_organisation("Demo", simulated=True))
    make_draft(demo=True)
    make_broadcast(kind=BroadcastKind.TEST, status=BroadcastStatus.FIRED)
    assert text_of(english).count("still to do") == 3


def test_the_first_steps_go_away_once_something_was_sent(english):
    make_draft()
    make_broadcast(robots=[make_robot()], status=BroadcastStatus.FIRED)
    assert "First steps" not in text_of(english)


def test_what_goes_out_next_stands_with_its_time_in_its_own_zone(english):
    at = timezone.now().replace(microsecond=0) + timedelta(hours=3, minutes=1)
    make_broadcast("Later", planned_at=at + timedelta(days=1), robots=[make_robot()])
    broadcast = make_broadcast("Fire drill", planned_at=at, zone="Europe/Berlin", robots=[make_robot(), make_robot()])
    text = text_of(english)
    assert f"{at.astimezone(ZoneInfo('Europe/Berlin')):%Y-%m-%d %H:%M} (Europe/Berlin)" in strip_tags(text)
    assert "in 3 hours" in text
    assert text.index("Fire drill") < text.index("Later")
    assert reverse("broadcasts:broadcast_detail", args=[broadcast.pk]) in text


def test_todays_counts_lead_to_exactly_the_rows_they_count(english):
    run = make_run(planned_at=timezone.now())
    for status in (DeliveryStatus.DELIVERED, DeliveryStatus.DELIVERED, DeliveryStatus.FAILED):
        make_delivery(run=run, status=status, reason="token_unknown")
    make_delivery(run=make_run(planned_at=timezone.now() - timedelta(days=2)), status=DeliveryStatus.DELIVERED)
    response = english.get(reverse("overview"))
    counts = {count.status: count.count for count in response.context["counts"]}
    assert counts == {"delivered": 2, "failed": 1}
    today = timezone.now().astimezone(ZoneInfo(settings.TIME_ZONE)).strftime("%Y-%m-%d")
    link = f"{reverse('broadcasts:history')}?state=delivered&amp;from={today}&amp;to={today}"
    assert link in response.content.decode()
    assert len(english.get(link.replace("&amp;", "&")).context["lines"]) == 2


def test_failures_stand_with_their_reason_in_words_and_lead_to_their_rows(english):
    run = make_run(planned_at=timezone.now())
    make_delivery(run=run, status=DeliveryStatus.FAILED, reason="content_refused")
    response = english.get(reverse("overview"))
    text = response.content.decode()
    assert "The message is not one that DingTalk takes." in text
    assert "content_refused</" not in text
    assert "reason=content_refused" in text


def test_what_nobody_can_know_is_put_before_a_person(english):
    make_delivery(make_robot(name="ops"), status=DeliveryStatus.UNCERTAIN)
    make_delivery(make_robot(name="retried"), status=DeliveryStatus.UNCERTAIN, due_at=timezone.now())
    take_care(timezone.now())
    text = text_of(english)
    assert "1 delivery needs your decision" in text
    assert "Look into the groups, then say of each" in text
    assert f'{reverse("broadcasts:history")}?state=uncertain"' in text


def test_robots_that_need_care_stand_with_the_reason(english):
    make_robot(name="gone", status=RobotStatus.PAUSED, paused_reason="token_unknown")
    make_robot(name="hushed", hold_until=timezone.now() + timedelta(minutes=8), hold_reason="throttled")
    make_robot(name="fine", last_kind="delivered")
    text = text_of(english)
    assert "gone" in text
    assert "hushed" in text
    assert "Silenced" in text
    assert "fine" not in text


def test_the_months_use_says_in_words_what_the_bar_shows(english):
    organisation = make_organisation("Shops", monthly_quota=4)
    robot = make_robot(organisation=organisation)
    make_attempt(make_delivery(robot, status=DeliveryStatus.DELIVERED), started_at=timezone.now())
    make_broadcast(robots=[robot], planned_at=timezone.now())
    text = text_of(english)
    assert "1 of 4 used (25 %) · 1 more planned" in text
    assert "By the end of the month 2 messages will be left" in text
    Organisation.objects.update(reserve=3)
    text = text_of(english)
    assert "3 kept for urgent broadcasts" in text
    assert "leaves less than the reserve" in text
    assert "messages that DingTalk accepted since the first of this month" in text


def test_a_worker_that_stopped_is_told_on_the_first_page(english):
    EngineState.objects.create(pk=1, ticked_at=timezone.now() - timedelta(minutes=5))
    assert "Nothing is being sent" in text_of(english)


def test_the_first_page_reads_in_chinese(staff_client):
    staff_client.cookies["django_language"] = "zh-hans"
    response = staff_client.get(reverse("overview"))
    assert response.headers["Content-Language"] == "zh-hans"


def test_the_number_of_queries_does_not_grow_with_the_rows(english, django_assert_max_num_queries):
    def fill(count: int) -> None:
        for _ in range(count):
            organisation = make_organisation()
            robot = make_robot(organisation=organisation, status=RobotStatus.PAUSED, paused_reason="token_unknown")
            make_broadcast(robots=[robot], planned_at=timezone.now() + timedelta(hours=1))
            run = make_run(planned_at=timezone.now())
            make_attempt(make_delivery(robot, run=run, status=DeliveryStatus.FAILED, reason="token_unknown"))
            make_delivery(robot, status=DeliveryStatus.UNCERTAIN)

    fill(6)
    with django_assert_max_num_queries(20) as few:
        text_of(english)
    fill(6)
    with django_assert_max_num_queries(20) as many:
        text_of(english)
    assert len(many) == len(few)


def test_a_stranger_is_sent_to_sign_in(stranger):
    assert stranger.get(reverse("overview")).url.startswith(reverse("account_login"))


def test_without_permissions_the_page_shows_nothing_of_robots_and_messages(powerless_client):
    make_robot(name="gone", status=RobotStatus.PAUSED, paused_reason="token_unknown")
    make_delivery(make_robot(name="ops"), status=DeliveryStatus.UNCERTAIN)
    make_broadcast("Fire drill")
    text = text_of(powerless_client)
    assert not any(name in text for name in ("gone", "ops", "Fire drill", "Head office"))


def test_who_may_see_robots_alone_sees_robots_alone():
    user = make_user("keeper")
    user.user_permissions.add(Permission.objects.get(codename="view_robot"))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    make_robot(name="gone", status=RobotStatus.PAUSED, paused_reason="token_unknown")
    make_broadcast("Fire drill")
    text = text_of(client)
    assert "gone" in text
    assert "Fire drill" not in text


def test_the_wrong_verb_is_refused(staff_client):
    assert staff_client.post(reverse("overview")).status_code == 405
