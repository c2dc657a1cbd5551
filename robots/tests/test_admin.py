from __future__ import annotations

import pytest
from django.test import Client

from audit.models import Entry
from robots.encryption import decrypt
from robots.models import Organisation, Recipient, RecipientList, Robot, Tag
from tests.factories import make_list, make_organisation, make_recipient, make_robot, make_tag

pytestmark = pytest.mark.django_db

TOKEN = "f" * 60 + "0001"
SECRET = "SECtest-not-real-000000"
ROBOTS = "/admin/robots/robot/"


def actions() -> list[str]:
    return list(Entry.objects.exclude(action__startswith="user.").order_by("number").values_list("action", flat=True))


def fields(**changed: object) -> dict[str, object]:
    organisation = Organisation.objects.get_or_create(name="HQ")[0]
    return {
        "name": "Ops",
        "group_name": "",
        "organisation": organisation.pk,
        "keywords": "",
        "ip_ranges": "",
        **changed,
    }


def test_a_robot_is_added_changed_and_deleted_on_record(english: Client) -> None:
    tag = make_tag("IT")
    answer = english.post(f"{ROBOTS}add/", fields(webhook=f"{TOKEN}\n{SECRET}", tags=[tag.pk]))
    assert answer.status_code == 302
    robot = Robot.objects.get()
    assert decrypt(robot.token_encrypted).reveal() == TOKEN
    assert decrypt(robot.secret_encrypted).reveal() == SECRET
    assert list(robot.tags.all()) == [tag]

    change = f"{ROBOTS}{robot.pk}/change/"
    english.post(change, fields(name="Ops 2", webhook="", secret="", tags=[]))
    robot.refresh_from_db()
    assert (robot.name, robot.tags.count()) == ("Ops 2", 0)
    assert decrypt(robot.secret_encrypted).reveal() == SECRET

    english.post(change, fields(name="Ops 2", webhook="", remove_secret="on"))
    robot.refresh_from_db()
    assert not robot.has_secret

    english.post(f"{ROBOTS}{robot.pk}/delete/", {"post": "yes"})
    assert not Robot.objects.exists()
    assert actions() == ["robot.created", "robot.updated", "robot.updated", "robot.deleted"]
    assert Entry.objects.first().actor_name == "admin"


def test_no_page_of_the_admin_shows_a_token_or_a_secret(english: Client) -> None:
    robot = make_robot("Ops", token=TOKEN, secret=SECRET)
    change = f"{ROBOTS}{robot.pk}/change/"
    pages = [english.get(url) for url in (ROBOTS, change, f"{ROBOTS}{robot.pk}/history/", f"{ROBOTS}add/")]
    pages.append(english.post(change, fields(name="", webhook=f"{TOKEN}\n{SECRET}")))
    pages.append(english.post(f"{ROBOTS}add/", fields(name="", webhook=f"{TOKEN}\n{SECRET}")))
    for page in pages:
        assert page.status_code == 200
        for hidden in (TOKEN, SECRET, robot.token_encrypted, robot.secret_encrypted):
            assert hidden not in page.content.decode()
    assert "Signing secret set on" in pages[1].content.decode()


def test_the_same_webhook_is_refused(english: Client) -> None:
    make_robot("First", token=TOKEN)
    answer = english.post(f"{ROBOTS}add/", fields(webhook=TOKEN))
    assert "This webhook belongs to the robot" in answer.content.decode()


def test_people_and_labels_are_written_on_record(english: Client) -> None:
    english.post("/admin/robots/tag/add/", {"name": "IT"})
    english.post(f"/admin/robots/tag/{Tag.objects.get().pk}/change/", {"name": "Ops"})
    english.post("/admin/robots/organisation/add/", {"name": "HQ", "edition": "professional"})
    organisation = Organisation.objects.get()
    assert organisation.monthly_quota == 50_000
    edit = {"name": "HQ", "edition": "standard", "monthly_quota": 9}
    english.post(f"/admin/robots/organisation/{organisation.pk}/change/", edit)
    english.post("/admin/robots/recipient/add/", {"name": "Li", "mobile": "+86 13800001234"})
    recipient = Recipient.objects.get(mobile="13800001234")
    english.post(f"/admin/robots/recipient/{recipient.pk}/change/", {"name": "Li Si", "user_id": "li4"})
    english.post("/admin/robots/recipientlist/add/", {"name": "Board", "members": [recipient.pk]})
    board = RecipientList.objects.get()
    assert list(board.members.all()) == [recipient]
    english.post(f"/admin/robots/recipientlist/{board.pk}/change/", {"name": "Board"})
    assert not board.members.exists()
    for path in (f"tag/{Tag.objects.get().pk}", f"organisation/{organisation.pk}", f"recipient/{recipient.pk}"):
        english.post(f"/admin/robots/{path}/delete/", {"post": "yes"})
    english.post(f"/admin/robots/recipientlist/{board.pk}/delete/", {"post": "yes"})
    assert actions() == [
        "tag.created",
        "tag.updated",
        "organisation.created",
        "organisation.updated",
        "recipient.created",
        "recipient.updated",
        "recipient_list.created",
        "recipient_list.updated",
        "tag.deleted",
        "organisation.deleted",
        "recipient.deleted",
        "recipient_list.deleted",
    ]


def test_every_list_of_the_admin_opens(english: Client) -> None:
    make_robot("Ops", organisation=make_organisation())
    make_recipient("张三", mobile="13800001234")
    make_list("Board")
    for model in ("robot", "tag", "organisation", "recipient", "recipientlist"):
        assert english.get(f"/admin/robots/{model}/").status_code == 200
    assert "138****1234" in english.get("/admin/robots/recipient/").content.decode()
