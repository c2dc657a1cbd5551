"""Robots and recipients as files that the imports take: the filters of the list, no secret, no formula, on record."""

from __future__ import annotations

import csv
import io

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from openpyxl import load_workbook

from audit.actors import Actor
from audit.models import Entry
from robots.imports.harmless import harmless, restored
from robots.imports.mistakes import ImportRefused
from robots.imports.recipients import COLUMNS as OF_RECIPIENTS
from robots.imports.recipients import import_recipients
from robots.imports.robots import COLUMNS as OF_ROBOTS
from robots.imports.robots import import_robots
from robots.imports.templates import RECIPIENT_COLUMNS, ROBOT_COLUMNS
from robots.models import Recipient, Robot
from robots.tests.pages import text_of
from tests.factories import (
    fake_token,
    make_list,
    make_organisation,
    make_recipient,
    make_robot,
    make_tag,
    make_user,
)

pytestmark = pytest.mark.django_db

ROBOTS, RECIPIENTS = "/robots/export/robots", "/robots/recipients/export/recipients"
SECRET = "SEC" + "0" * 40
BY = Actor(name="wang")


def csv_of(client: Client, path: str) -> bytes:
    answer = client.post(path)
    assert answer.status_code == 200
    assert answer.streaming
    return answer.getvalue()


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def full_robot() -> Robot:
    return make_robot(
        "=运维",
        secret=SECRET,
        group_name="'+值班群",
        keywords=["通知", "a;b", 'say "hi"'],
        ip_ranges=["10.0.0.0/8"],
        variables={"manager": "Li; Lei", "phone": "8001"},
        footer="通知\n第二行",
        external=True,
        for_tests=True,
        tags=[make_tag("IT"), make_tag("@HQ")],
    )


def values_of(robot: Robot) -> tuple[object, ...]:
    names = ("name", "group_name", "keywords", "ip_ranges", "variables", "footer", "external", "for_tests")
    return (*(getattr(robot, name) for name in names), sorted(tag.name for tag in robot.tags.all()))


def test_the_columns_are_those_of_the_imports() -> None:
    assert set(ROBOT_COLUMNS) == set(OF_ROBOTS.names)
    assert set(RECIPIENT_COLUMNS) == set(OF_RECIPIENTS.names)


def test_an_export_of_robots_is_imported_elsewhere_once_webhooks_are_filled_in(english: Client) -> None:
    robot = full_robot()
    before = values_of(robot)
    data = csv_of(english, f"{ROBOTS}.csv")
    assert data.startswith(b"\xef\xbb\xbf")
    robot.delete()

    with pytest.raises(ImportRefused) as refused:
        import_robots(data, organisation=make_organisation(), by=BY)
    assert [(one.line, one.column) for one in refused.value.mistakes] == [(2, "webhook")]
    assert not Robot.objects.exists()

    rows = table(data)
    rows[0]["webhook"] = fake_token()
    filled = io.StringIO()
    writer = csv.DictWriter(filled, ROBOT_COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    import_robots(filled.getvalue().encode(), organisation=make_organisation(), by=BY)
    assert values_of(Robot.objects.get()) == before


def test_a_robot_that_is_there_already_is_told_by_its_name_and_not_changed(english: Client) -> None:
    make_robot("Ops")
    rows = csv_of(english, f"{ROBOTS}.csv").decode().replace("Ops,,", f"Ops,{fake_token()},")
    with pytest.raises(ImportRefused) as refused:
        import_robots(rows.encode(), organisation=make_organisation(), by=BY)
    assert refused.value.mistakes[0].column == "name"
    assert Robot.objects.count() == 1


def test_no_secret_leaves(english: Client) -> None:
    token = fake_token()
    make_robot("Ops", token=token, secret=SECRET)
    for kind in ("csv", "xlsx"):
        data = english.post(f"{ROBOTS}.{kind}").getvalue()
        cells = str(table(data)) if kind == "csv" else str(list(load_workbook(io.BytesIO(data)).active.values))
        assert "Ops" in cells
        assert token not in cells
        assert SECRET not in cells
    assert all(row["webhook"] == row["secret"] == "" for row in table(csv_of(english, f"{ROBOTS}.csv")))


@pytest.mark.parametrize("cell", ["=1+1", "+86", "-1", "@x", "\tx", "\rx", "'=1", "''@x", "'", "'a", "a=b", ""])
def test_no_cell_is_run_and_each_comes_back_as_it_was(cell: str) -> None:
    assert not harmless(cell).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert restored(harmless(cell)) == cell


def test_the_cells_of_an_xlsx_are_text_and_no_formulas(english: Client) -> None:
    full_robot()
    answer = english.post(f"{ROBOTS}.xlsx")
    sheet = load_workbook(io.BytesIO(answer.getvalue())).active
    header, row = sheet.iter_rows()
    assert tuple(cell.value for cell in header) == ROBOT_COLUMNS
    assert (row[0].value, row[0].data_type, row[0].number_format) == ("=运维", "s", "@")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="robots.xlsx"'
    assert "spreadsheetml" in answer.headers["Content-Type"]


def test_recipients_come_back_with_their_lists_and_groups(english: Client) -> None:
    robot = make_robot("Ops")
    person = make_recipient("张三", mobile="+852-61234567", user_id="zhang")
    make_list("On call", [person])
    person.groups.add(robot)
    data = csv_of(english, f"{RECIPIENTS}.csv")
    Recipient.objects.all().delete()
    import_recipients(data, by=BY)
    again = Recipient.objects.get()
    assert (again.name, again.mobile, again.user_id) == ("张三", "+852-61234567", "zhang")
    assert [str(one) for one in again.lists.all()] == ["On call"]
    assert [*again.groups.all()] == [robot]


def test_who_may_only_look_gets_masked_mobiles_and_the_log_says_which_it_was(english: Client) -> None:
    make_recipient("张三", mobile="13800001234")
    reader = make_user("reader")
    reader.user_permissions.set(Permission.objects.filter(codename="view_recipient"))
    looking = Client()
    looking.force_login(reader, backend="django.contrib.auth.backends.ModelBackend")
    assert table(csv_of(looking, f"{RECIPIENTS}.csv"))[0]["mobile"] == "138****1234"
    assert table(csv_of(english, f"{RECIPIENTS}.csv"))[0]["mobile"] == "13800001234"
    entries = Entry.objects.filter(action="recipient.exported").order_by("number")
    assert [(one.actor_name, one.detail) for one in entries] == [
        ("reader", {"recipients": 1, "as": "csv", "mobiles": "masked"}),
        ("admin", {"recipients": 1, "as": "csv", "mobiles": "in full"}),
    ]


def test_the_filters_of_the_list_hold_for_its_export(english: Client) -> None:
    tag = make_tag("IT")
    make_robot("Ops", tags=[tag])
    make_robot("HR")
    assert f'action="{ROBOTS}.csv?tag={tag.pk}"' in english.get(f"/robots/?tag={tag.pk}").content.decode()
    assert [row["name"] for row in table(csv_of(english, f"{ROBOTS}.csv?tag={tag.pk}"))] == ["Ops"]
    assert Entry.objects.get(action="robot.exported").detail == {"robots": 1, "as": "csv"}

    make_recipient("张三")
    make_recipient("李四")
    assert [row["name"] for row in table(csv_of(english, f"{RECIPIENTS}.csv?q=李"))] == ["李四"]


def test_the_pages_say_what_is_in_the_file(english: Client) -> None:
    make_robot()
    make_recipient()
    assert "Webhooks and secrets are left empty." in text_of(english.get("/robots/"))
    assert "with mobile numbers in full. The export goes on record." in text_of(english.get("/robots/recipients/"))


def test_a_long_list_takes_as_many_queries_as_a_short_one(english: Client, django_assert_max_num_queries) -> None:
    tag = make_tag()
    for _number in range(30):
        make_robot(tags=[tag])
    with django_assert_max_num_queries(12):
        assert len(table(csv_of(english, f"{ROBOTS}.csv"))) == 30


@pytest.mark.parametrize("path", [f"{ROBOTS}.csv", f"{ROBOTS}.xlsx", f"{RECIPIENTS}.csv", f"{RECIPIENTS}.xlsx"])
def test_strangers_sign_in_who_may_not_is_refused_and_opening_exports_nothing(
    stranger: Client, powerless_client: Client, english: Client, path: str
) -> None:
    assert stranger.post(path).status_code == 302
    assert powerless_client.post(path).status_code == 403
    assert english.get(path).status_code == 405
