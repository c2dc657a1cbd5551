"""Variables of robots and tags: what staff write, and what of it is kept."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from audit.actors import Actor
from audit.models import Entry
from robots.imports.mistakes import ImportRefused
from robots.imports.robots import import_robots
from robots.models import Robot, Tag
from robots.rules.variables import clean_variables, variable_lines
from robots.services.robots import update_robot
from robots.services.tags import create_tag, update_tag
from robots.tests.pages import text_of
from tests.factories import fake_token, make_organisation, make_robot, make_tag

LI = Actor(name="li")
HOOK = "https://oapi.dingtalk.com/robot/send?access_token="


def test_variables_are_read_line_by_line() -> None:
    assert clean_variables(["manager = Li  Lei", "", "店长＝王五", "sum=1=2"]) == {
        "manager": "Li Lei",
        "店长": "王五",
        "sum": "1=2",
    }


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["manager"], "“manager” is no variable"),
        (["manager="], "is no variable"),
        (["=Li"], "is no variable"),
        (["a=1", "a=2"], "“a” stands here more than once"),
        (["robot=x"], "a name that messages know already"),
        (["a.b=x"], "cannot be the name of a variable"),
        (["_a=x"], "cannot be the name of a variable"),
        (["1a=x"], "cannot be the name of a variable"),
        (["a" * 41 + "=x"], "cannot be the name of a variable"),
        (["a=" + "x" * 501], "has 501 characters"),
        ([f"a{number}=x" for number in range(51)], "At most 50 variables"),
        (["hook=" + HOOK + "x"], "stands here in clear"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_no_variable_is_refused_in_words(lines: list[str], said: str) -> None:
    with translation.override("en"):
        with pytest.raises(ValidationError) as caught:
            clean_variables(lines)
        assert said in " ".join(caught.value.messages)


@given(st.lists(st.text(max_size=60), max_size=5))
def test_whatever_is_written_is_kept_as_it_will_be_read_again_or_refused(lines: list[str]) -> None:
    try:
        kept = clean_variables(lines)
    except ValidationError:
        return
    assert clean_variables(variable_lines(kept)) == kept


@pytest.mark.django_db
def test_a_robot_s_variables_are_written_on_its_page_and_shown(english: Client) -> None:
    robot = make_robot("ops")
    posted = {"name": "ops", "organisation": robot.organisation_id, "variables": "manager=Li Lei\nphone=8001"}
    answer = english.post(f"/robots/{robot.pk}/edit/", posted, follow=True)
    assert "Variables manager=Li Lei phone=8001" in text_of(answer)
    assert Robot.objects.get().variables == {"manager": "Li Lei", "phone": "8001"}
    assert Entry.objects.get(action="robot.updated").detail["variables"] == [
        {},
        {"manager": "Li Lei", "phone": "8001"},
    ]
    assert "manager=Li Lei\nphone=8001" in english.get(f"/robots/{robot.pk}/edit/").content.decode()


@pytest.mark.django_db
def test_a_mistake_stands_beside_the_field_and_nothing_typed_is_lost(english: Client) -> None:
    robot = make_robot("ops")
    posted = {"name": "ops", "organisation": robot.organisation_id, "variables": "manager=Li Lei\nphone"}
    answer = english.post(f"/robots/{robot.pk}/edit/", posted)
    assert "“phone” is no variable" in text_of(answer)
    assert "manager=Li Lei\nphone" in answer.content.decode()


@pytest.mark.django_db
def test_a_tag_s_variables_are_written_on_its_page(english: Client) -> None:
    english.post("/robots/tags/add/", {"name": "North", "variables": "region=North"})
    tag = Tag.objects.get()
    assert tag.variables == {"region": "North"}
    assert "region=North" in english.get(f"/robots/tags/{tag.pk}/edit/").content.decode()
    english.post(f"/robots/tags/{tag.pk}/edit/", {"name": "North", "variables": "region=Far north"})
    tag.refresh_from_db()
    assert tag.variables == {"region": "Far north"}


@pytest.mark.django_db
def test_services_refuse_what_forms_refuse() -> None:
    with pytest.raises(ValidationError):
        create_tag(name="North", variables={"run": "x"}, by=LI)
    with pytest.raises(ValidationError):
        update_tag(make_tag(), name="North", variables={"a b": "x"}, by=LI)


@pytest.mark.django_db
def test_who_does_not_speak_of_a_robot_s_variables_keeps_them() -> None:
    robot = make_robot("ops", variables={"manager": "Li Lei"})
    update_robot(
        robot,
        name="ops 2",
        group_name="",
        organisation=robot.organisation,
        keywords=[],
        ip_ranges=[],
        tags=[],
        notes="",
        by=LI,
    )
    robot.refresh_from_db()
    assert (robot.name, robot.variables) == ("ops 2", {"manager": "Li Lei"})


@pytest.mark.django_db
def test_robots_are_imported_with_their_variables() -> None:
    data = f"name,webhook,变量\nops,{HOOK}{fake_token()},manager=Li Lei;phone=8001\nplain,{HOOK}{fake_token()},"
    import_robots(data.encode(), organisation=make_organisation(), by=LI)
    assert list(Robot.objects.values_list("name", "variables")) == [
        ("ops", {"manager": "Li Lei", "phone": "8001"}),
        ("plain", {}),
    ]


@pytest.mark.django_db
def test_a_variable_that_cannot_be_imported_is_told_with_its_line() -> None:
    data = f"name,webhook,variables\nops,{HOOK}{fake_token()},manager"
    with translation.override("en"), pytest.raises(ImportRefused) as caught:
        import_robots(data.encode(), organisation=make_organisation(), by=LI)
    assert [(mistake.line, mistake.column) for mistake in caught.value.mistakes] == [(2, "variables")]
    assert not Robot.objects.exists()


@pytest.mark.django_db
def test_robots_are_imported_with_their_footers() -> None:
    data = (
        f"name,webhook,keywords,footer\nops,{HOOK}{fake_token()},Notice,Notice of the office\nb,{HOOK}{fake_token()},,"
    )
    import_robots(data.encode(), organisation=make_organisation(), by=LI)
    assert list(Robot.objects.order_by("name").values_list("name", "footer")) == [
        ("b", ""),
        ("ops", "Notice of the office"),
    ]
    wrong = f"name,webhook,keywords,footer\nc,{HOOK}{fake_token()},Notice,Office"
    with translation.override("en"), pytest.raises(ImportRefused) as caught:
        import_robots(wrong.encode(), organisation=make_organisation(), by=LI)
    assert [(mistake.line, mistake.column) for mistake in caught.value.mistakes] == [(2, "footer")]
