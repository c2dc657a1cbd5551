from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from messages.models import DeliveryStatus, Draft
from messages.tests.test_history import make_attempt
from tests.factories import make_broadcast, make_delivery, make_draft, make_robot, make_run, make_tag, make_user

pytestmark = pytest.mark.django_db

READ_ONLY = ["broadcast", "run", "delivery", "attempt"]


def make_row(name: str):
    broadcast = make_broadcast("Fire drill", status="fired", at_mobiles=["13900005678"])
    run = make_run(broadcast)
    delivery = make_delivery(make_robot(name="ops"), run=run, status=DeliveryStatus.DELIVERED)
    attempt = make_attempt(delivery)
    return {"broadcast": broadcast, "run": run, "delivery": delivery, "attempt": attempt}[name]


def admin_url(name: str, page: str, *args: object) -> str:
    return reverse(f"admin:broadcasts_{name}_{page}", args=args)


def draft_fields(draft: Draft | None = None, **changes: object) -> dict[str, object]:
    fields = {"name": "Fire drill", "msgtype": "text", "content": '{"content": "Drill at three."}'}
    return {**fields, "based_on": draft.version if draft else "", **changes}


# --- what was sent is read only ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", READ_ONLY)
def test_what_was_sent_can_be_read(staff_client, name):
    row = make_row(name)
    assert staff_client.get(admin_url(name, "changelist")).status_code == 200
    page = staff_client.get(admin_url(name, "change", row.pk))
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()


@pytest.mark.parametrize("name", READ_ONLY)
def test_what_was_sent_cannot_be_added_changed_or_deleted(staff_client, name):
    row = make_row(name)
    before = type(row).objects.filter(pk=row.pk).values().get()
    assert staff_client.get(admin_url(name, "add")).status_code == 403
    assert staff_client.post(admin_url(name, "add"), {}).status_code == 403
    assert staff_client.post(admin_url(name, "change", row.pk), {"name": "Changed"}).status_code == 403
    assert staff_client.post(admin_url(name, "delete", row.pk), {"post": "yes"}).status_code == 403
    assert type(row).objects.filter(pk=row.pk).values().get() == before


def test_whole_mobiles_and_fingerprints_of_tokens_stay_off_the_screen(staff_client):
    broadcast = make_row("broadcast")
    assert "13900005678" not in staff_client.get(admin_url("broadcast", "change", broadcast.pk)).content.decode()
    attempt = broadcast.runs.get().deliveries.get().attempts.get()
    assert (
        attempt.token_fingerprint not in staff_client.get(admin_url("attempt", "change", attempt.pk)).content.decode()
    )


def test_moments_stand_on_the_clocks_of_the_default_zone_and_what_is_not_there_as_a_dash(staff_client):
    run = make_run(planned_at=datetime(2026, 11, 24, 20, 30, tzinfo=UTC))
    delivery = make_delivery(run=run, status=DeliveryStatus.UNCERTAIN)
    staff_client.cookies["django_language"] = "en"
    text = staff_client.get(admin_url("delivery", "change", delivery.pk)).content.decode()
    assert "Nov. 25, 2026, 4:30 a.m." in text
    assert ">None<" not in text


# --- drafts go through the service ------------------------------------------------------------------------------------
def test_a_draft_made_in_the_admin_is_a_first_version_on_record(staff_client, admin):
    robot, tag = make_robot(), make_tag()
    response = staff_client.post(admin_url("draft", "add"), draft_fields(robots=[robot.pk], tags=[tag.pk]))
    assert response.status_code == 302
    draft = Draft.objects.get()
    assert (draft.version, draft.created_by, draft.content) == (1, admin, {"content": "Drill at three."})
    assert (list(draft.robots.all()), list(draft.tags.all())) == ([robot], [tag])
    assert draft.versions.get().saved_by_name == "admin"
    assert Entry.objects.get(action="draft.saved").target_label == "Fire drill"


def test_a_draft_saved_in_the_admin_is_one_more_version(staff_client):
    robot = make_robot()
    draft = make_draft(robots=[robot])
    response = staff_client.post(admin_url("draft", "change", draft.pk), draft_fields(draft, name="Drill", robots=[]))
    assert response.status_code == 302
    draft.refresh_from_db()
    assert (draft.name, draft.version, draft.robots.count()) == ("Drill", 1, 0)
    assert draft.versions.get().snapshot["robots"] == []


def test_a_draft_that_somebody_saved_meanwhile_is_not_overwritten(staff_client):
    draft = make_draft()
    staff_client.post(admin_url("draft", "change", draft.pk), draft_fields(draft, name="Theirs"))
    response = staff_client.post(admin_url("draft", "change", draft.pk), draft_fields(draft, name="Mine"))
    assert response.status_code == 200
    assert "admin" in str(response.context["adminform"].form.non_field_errors())
    draft.refresh_from_db()
    assert draft.name == "Theirs"


def test_drafts_are_deleted_by_the_service_one_by_one_and_many_at_once(staff_client):
    first, second = make_draft("One"), make_draft("Two")
    staff_client.post(admin_url("draft", "delete", first.pk), {"post": "yes"})
    staff_client.post(
        admin_url("draft", "changelist"),
        {"action": "delete_selected", "_selected_action": [second.pk], "post": "yes"},
    )
    assert not Draft.objects.exists()
    labels = Entry.objects.filter(action="draft.deleted").values_list("target_label", flat=True)
    assert set(labels) == {"One", "Two"}


# --- who gets in ------------------------------------------------------------------------------------------------------
def test_a_stranger_lands_on_our_own_sign_in_page_and_comes_back(stranger):
    response = stranger.get(admin_url("delivery", "changelist"), follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert "next=%2Fadmin%2Fbroadcasts%2Fdelivery%2F" in response.redirect_chain[-1][0].replace("/", "%2F")


def test_who_is_no_staff_is_forbidden(powerless_client):
    response = powerless_client.get(reverse("admin:index"), follow=True)
    assert response.status_code == 403


def test_the_admins_own_sign_out_ends_the_session_on_record(staff_client):
    assert staff_client.get(reverse("admin:logout")).status_code == 405
    assert staff_client.post(reverse("admin:logout")).url == reverse("account_login")
    assert Entry.objects.filter(action="user.signed_out").count() == 1


def test_the_admins_own_password_page_is_ours(staff_client):
    assert staff_client.get(reverse("admin:password_change")).url == reverse("account_change_password")


def test_staff_see_only_what_they_may(db):
    user = make_user("clerk")
    User.objects.filter(pk=user.pk).update(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_delivery"))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(admin_url("delivery", "changelist")).status_code == 200
    assert client.get(admin_url("run", "changelist")).status_code == 403
    assert client.get(admin_url("draft", "changelist")).status_code == 403
