"""The filters by a row of another table, on every page that has one, while there are few rows and with 10,000."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone, translation
from pytest_django import DjangoAssertNumQueries

from audit.row_search import FEW, SHOWN
from messages.models import Draft
from robots.models import Organisation, Recipient, RecipientList, Robot, Tag
from tests.factories import make_broadcast, make_delivery, make_list, make_robot, make_tag

pytestmark = pytest.mark.django_db

MANY = 10_000
# Each with the number of its queries, which are as many with few rows, and the fields that are searched.
PAGES = {
    "/history/": (10, ("robot", "tag")),
    "/robots/": (7, ("tag", "organisation")),
    "/robots/recipients/": (6, ("list",)),
    "/broadcasts/": (7, ("author",)),
    "/drafts/": (5, ("author",)),
}
LARGEST = 120_000
ADMIN = "/admin/robots/robot/"


@pytest.fixture
def english(admin: User) -> Iterator[Client]:
    client = Client(headers={"accept-language": "en"})
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    with translation.override("en"):
        yield client


def fill(count: int) -> None:
    """Past the services, and with webhooks that nothing reads."""
    numbers, now = range(count), timezone.now()
    Tag.objects.bulk_create(Tag(name=f"tag {number:05d}") for number in numbers)
    RecipientList.objects.bulk_create(RecipientList(name=f"list {number:05d}") for number in numbers)
    Recipient.objects.bulk_create(Recipient(name=f"person {n:05d}", user_id=f"u{n}") for n in numbers)
    Organisation.objects.bulk_create(Organisation(name=f"organisation {number:05d}") for number in numbers)
    head_office = Organisation.objects.get(name="organisation 00000")
    Robot.objects.bulk_create(
        Robot(name=f"robot {n:05d}", organisation=head_office, token_set_at=now, token_fingerprint=f"f{n}")
        for n in numbers
    )
    users = User.objects.bulk_create(User(username=f"user {number:05d}") for number in numbers)
    Draft.objects.bulk_create(Draft(name=user.username, content={}, created_by=user) for user in users)


def page(client: Client, address: str) -> str:
    response = client.get(address, headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def shown(text: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", text).split()))


def names_in_history(client: Client, query: str) -> set[str]:
    lines = client.get(f"/history/?{query}").context["lines"]
    return {line.delivery.robot_name for line in lines}


# --- many ---


def test_with_10000_rows_no_page_has_more_choices_than_anybody_reads(
    english: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    fill(MANY)
    robot = Robot.objects.get(name="robot 09999")
    make_delivery(robot)
    make_broadcast(created_by=User.objects.get(username="user 09999"))
    english.get("/history/")
    for address, (queries, fields) in PAGES.items():
        with django_assert_num_queries(queries):
            text = page(english, address)
        for name in fields:
            assert f'name="{name}-name"' in text, address
            assert f'<select class="form-select" name="{name}"' not in text, address
        assert text.count("<option") <= SHOWN * len(fields) + 40, address
        assert len(text) < LARGEST, address
    with django_assert_num_queries(7):
        text = page(english, ADMIN)
    assert text.count("organisation__id__exact=") == SHOWN
    assert len(text) < LARGEST


def test_typing_offers_the_first_that_fit(english: Client) -> None:
    fill(FEW + 1)
    text = page(english, "/history/?robot-name=robot 001")
    options = re.findall(r'<option value="(robot [^"]+)">', text)
    assert options == [f"robot 001{number:02d}" for number in range(SHOWN)]


@pytest.mark.parametrize("typed", ["shop", "SHOP", "sho", "华东"], ids=["exact", "capitals", "a part", "its group"])
def test_what_is_typed_is_found_and_shown_with_a_way_to_drop_it(english: Client, typed: str) -> None:
    fill(FEW + 1)
    shop = make_robot("shop", group_name="华东一群")
    make_delivery(shop), make_delivery(Robot.objects.get(name="robot 00007"))
    query = f"state=waiting&robot-name={typed}&before=999999999"
    assert names_in_history(english, query) == {"shop"}
    text = page(english, f"/history/?{query}")
    assert f'<input type="hidden" name="robot" value="{shop.pk}">' in text
    assert 'name="robot-name"' not in text
    assert 'href="/history/?state=waiting"' in text
    assert 'aria-label="Drop the filter Robot: shop"' in text


def test_a_link_with_the_number_shows_the_name(english: Client) -> None:
    fill(FEW + 1)
    tag = make_tag("north")
    make_delivery(make_robot("shop", tags=[tag])), make_delivery(Robot.objects.get(name="robot 00007"))
    assert names_in_history(english, f"tag={tag.pk}") == {"shop"}
    text = page(english, f"/history/?tag={tag.pk}")
    assert 'aria-label="Drop the filter Tag: north"' in text
    assert f'<input type="hidden" name="tag" value="{tag.pk}">' in text


def test_a_robot_that_is_called_by_a_number_is_found_by_it(english: Client) -> None:
    fill(FEW + 1)
    first = Robot.objects.get(name="robot 00000")
    make_delivery(make_robot(str(first.pk))), make_delivery(first)
    assert names_in_history(english, f"robot-name={first.pk}") == {str(first.pk)}
    assert names_in_history(english, f"robot={first.pk}") == {"robot 00000"}


def test_what_fits_several_or_nothing_filters_nothing_and_says_beside_it_what_was_meant(english: Client) -> None:
    fill(FEW + 1)
    meant = Robot.objects.get(name="robot 00007")
    make_delivery(meant)
    for typed, problem in (
        ("robot 0000", "Several fit “robot 0000”. Which one?"),
        ("robto 00007", "Nothing fits “robto 00007”. Did you mean:"),
    ):
        assert names_in_history(english, f"robot-name={typed}") == {"robot 00007"}
        text = page(english, f"/history/?robot-name={typed}&state=waiting")
        assert problem in shown(text)
        assert f'value="{typed}"' in text, "what was typed is still there"
        assert 'aria-invalid="true" aria-describedby="id_robot_error"' in text
    assert f'href="/history/?state=waiting&amp;robot={meant.pk}"' in text


def test_a_row_that_is_gone_is_said_to_be_gone(english: Client) -> None:
    fill(FEW + 1)
    assert "It is not there any more. Choose another one." in shown(page(english, "/history/?robot=99999999"))


def test_every_list_is_narrowed_by_what_is_typed(english: Client) -> None:
    fill(FEW + 1)
    tag, writer = make_tag("north"), User.objects.get(username="user 00003")
    robot = make_robot("shop", tags=[tag])
    make_list("board", [Recipient.objects.get(name="person 00003")])
    make_broadcast("Drill", created_by=writer), make_broadcast("Other")
    for address, wanted in (
        ("/robots/?tag-name=nort", robot.name),
        ("/robots/recipients/?list-name=boa", "person 00003"),
        ("/broadcasts/?author-name=user 00003", "Drill"),
        ("/drafts/?author-name=user 00003", "user 00003"),
    ):
        response = english.get(address)
        assert [str(row) for row in response.context["page"].rows] == [wanted], address


# --- few ---


def test_few_rows_are_a_select_and_a_typed_name_chooses_in_it(english: Client) -> None:
    robot = make_robot("shop")
    make_delivery(robot), make_delivery(make_robot("school"))
    for query in (f"robot={robot.pk}", "robot-name=shop", "robot=shop"):
        assert names_in_history(english, query) == {"shop"}
        text = page(english, f"/history/?{query}")
        assert f'<option value="{robot.pk}" selected>shop</option>' in text
        assert "<datalist" not in text


def test_a_select_says_what_does_not_fit(english: Client) -> None:
    make_delivery(make_robot("shop"))
    text = shown(page(english, "/history/?robot-name=nobody"))
    assert "Nothing fits “nobody”." in text


# --- the admin ---


def admin_names(client: Client, query: str) -> list[str]:
    return sorted(robot.name for robot in client.get(f"{ADMIN}?{query}").context["cl"].result_list)


def test_the_admin_finds_what_is_typed_among_many_and_links_to_what_fits(english: Client) -> None:
    fill(FEW + 1)
    tag = make_tag("north")
    make_robot("shop", tags=[tag])
    for query in ("tags__id__exact-name=nort", f"tags__id__exact={tag.pk}"):
        assert admin_names(english, f"{query}&status__exact=active") == ["shop"]
        text = page(english, f"{ADMIN}?{query}&status__exact=active")
        assert '<input type="hidden" name="status__exact" value="active">' in text
        assert '<a href="?status__exact=active">All</a>' in text
    text = page(english, f"{ADMIN}?organisation__id__exact-name=organisation 0000")
    assert "Several fit “organisation 0000”. Which one?" in shown(text)
    assert text.count("organisation__id__exact=") == 10
    assert "Nothing fits “@@”." in shown(page(english, f"{ADMIN}?tags__id__exact-name=@@"))
    assert page(english, f"{ADMIN}?_facets=True")


def test_the_admin_links_to_few(english: Client) -> None:
    north, south = make_tag("north"), make_tag("south")
    make_robot("shop", tags=[north]), make_robot("school", tags=[south])
    assert admin_names(english, f"tags__id__exact={north.pk}") == ["shop"]
    text = page(english, ADMIN)
    assert f'href="?tags__id__exact={south.pk}"' in text
    assert "row-filter" not in text
