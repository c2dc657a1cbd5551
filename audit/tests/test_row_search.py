from collections.abc import Iterator

import pytest
from django.utils import translation

from audit.row_search import FEW, NEAREST, SHOWN, Asked, RowSearch
from robots.models import Robot, Tag
from tests.factories import make_robot, make_tag

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def tags() -> RowSearch:
    return RowSearch(Tag.objects.all(), ("name",))


def make_many(count: int = FEW + 1) -> None:
    Tag.objects.bulk_create(Tag(name=f"shop {number:05d}") for number in range(count))


@pytest.fixture(params=[0, FEW + 1], ids=["few", "many"])
def others(request: pytest.FixtureRequest) -> None:
    make_many(request.param)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("North", "North", id="the very name, though it is a part of another's"),
        pytest.param("NORTH", "North", id="but for capitals"),
        pytest.param("harbour", "North harbour", id="a part that only one has"),
        pytest.param("harb  nor", "North harbour", id="words in any order"),
        pytest.param("门店", "华东门店", id="Chinese"),
        pytest.param("50%", "50% off", id="a sign that means something to databases"),
        pytest.param("7", "7", id="a name of digits"),
    ],
)
@pytest.mark.usefixtures("others")
def test_a_name_or_a_part_that_fits_no_other_finds_the_row(text, name):
    for made in ("North", "North harbour", "华东门店", "50% off", "7"):
        make_tag(made)
    assert str(tags().find(Asked.given("", text)).row) == name


@pytest.mark.usefixtures("others")
def test_a_number_finds_the_row_of_that_key_and_wins_over_a_text():
    tag = make_tag("North")
    make_tag(str(tag.pk))
    assert tags().find(Asked.given(str(tag.pk), "something")).row == tag


def test_a_name_where_a_link_has_the_number_finds_the_row():
    assert tags().find(Asked.given(make_tag("North").name, "")).row == Tag.objects.get()


def test_names_that_differ_by_capitals_alone_are_told_apart():
    make_tag("north"), make_tag("North")
    assert str(tags().find(Asked(text="North")).row) == "North"
    assert tags().find(Asked(text="NORTH")).row is None


def test_a_second_name_finds_the_row_too():
    robot = make_robot("ops", group_name="运维值班群")
    assert RowSearch(Robot.objects.all(), ("name", "group_name")).find(Asked(text="值班")).row == robot


@pytest.mark.usefixtures("others")
def test_a_text_that_fits_several_names_the_first_of_them():
    for number in range(30):
        make_tag(f"North {number:02d}")
    found = tags().find(Asked(text="north"))
    assert found.row is None
    assert str(found.problem) == "Several fit “north”. Which one?"
    assert [str(row) for row in found.near] == [f"North {number:02d}" for number in range(NEAREST)]


@pytest.mark.parametrize("typed", ["harbuor", "habour", "xarbour", "harbourx", "harboux"])
@pytest.mark.usefixtures("others")
def test_a_mistyped_name_brings_up_the_nearest(typed):
    make_tag("harbour")
    found = tags().find(Asked(text=typed))
    assert str(found.problem) == f"Nothing fits “{typed}”. Did you mean:"
    assert str(found.near[0]) == "harbour"


def test_a_text_like_no_name_says_that_nothing_fits():
    make_tag("North")
    found = tags().find(Asked(text="{}"))
    assert (str(found.problem), found.near) == ("Nothing fits “{}”.", ())


@pytest.mark.parametrize("number", ["4711", "9" * 40, "²"])
@pytest.mark.usefixtures("others")
def test_a_number_of_no_row_is_a_problem_and_never_a_crash(number):
    found = tags().find(Asked.given(number, ""))
    assert found.row is None
    assert found.problem


def test_nothing_asked_for_is_no_problem_and_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        found = tags().find(Asked.given("  ", "\0 "))
    assert (found.row, found.problem, found.near) == (None, "", ())


def test_no_text_is_too_long_or_too_odd_to_look_for():
    assert tags().find(Asked.given("", "x" * 100_000)).problem
    assert tags().find(Asked.given("", "a\0b")).problem


def test_what_is_offered_begins_with_the_text_before_it_merely_has_it():
    make_many()
    make_tag("a shop"), make_tag("shop")
    offered = [str(row) for row in tags().shown("shop")]
    assert (offered[0], len(offered)) == ("shop", SHOWN)
    assert "a shop" not in offered


def test_few_rows_are_all_there_and_many_are_not():
    make_many(FEW)
    assert (tags().many, len(tags().first)) == (False, FEW)
    make_tag("one more")
    assert tags().many
    assert len(tags().shown("")) == SHOWN
