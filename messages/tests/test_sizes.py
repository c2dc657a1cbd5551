"""The largest message of an audience: found without rendering every group's, and the same as if one had."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dingtalk.payloads import NOBODY, At, Link, Markdown, Message, Text
from messages.rendering.values import RunFacts
from messages.services.overrides import Override
from messages.services.sizes import largest_of, size_of
from messages.services.tailoring import Tailoring
from robots.models import Robot
from tests.factories import make_robot, make_tag

RUN = RunFacts(datetime(2026, 11, 24, 6, 0, tzinfo=UTC), "Asia/Shanghai")
NUMBERS = At(mobiles=("13800001234",))


def tailored(message: Message, *, at: At = NOBODY, overrides: tuple[Override, ...] = ()) -> Tailoring:
    return Tailoring(message, at=at, run=RUN, overrides=overrides)


def by_rendering_all(tailoring: Tailoring, robots: list[Robot], at: At) -> int:
    return max(size_of(tailoring.of(robot).message, at) for robot in robots)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "message",
    [
        pytest.param(Text("Dear {{ group }}: ask {{ manager }} at {{ run.time }}."), id="text"),
        pytest.param(Markdown("{{ group }}", "# {{ robot.name }}\n\n{{ manager|default:group }}"), id="markdown"),
        pytest.param(Link("t", "x {{ manager }}", "https://a.example/{{ group }}?q={{ manager }}"), id="addresses"),
    ],
)
@pytest.mark.parametrize("at", [pytest.param(NOBODY, id="nobody"), pytest.param(NUMBERS, id="a mention")])
def test_the_largest_is_the_one_that_rendering_every_group_finds(message: Message, at: At):
    tag = make_tag()
    tag.variables = {"manager": "Han Meimei 经理"}
    tag.save()
    robots = [
        make_robot("a", variables={"manager": "Li"}),
        make_robot("bb", group_name="“Shop”\n\\", variables={"manager": '"' * 20}),
        make_robot("c", group_name="店" * 20, tags=[tag]),
        make_robot("d", keywords=["通知"], footer="通知：总部" * 9, variables={"manager": "x"}),
        make_robot("e", keywords=["通知"], append_keyword=True, variables={"manager": "通知" * 8}),
    ]
    overrides = (Override("robot", robots[0].pk, "", "Own words, and not many: {{ group }}"),)
    for own in ((), overrides):
        tailoring = tailored(message, at=at, overrides=own)
        found = largest_of(tailoring, robots)
        assert found is not None
        assert found.bytes == by_rendering_all(tailoring, robots, at)
        assert size_of(tailoring.of(found.robot).message, at) == found.bytes
        assert not found.everywhere


VALUES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).map(lambda text: f"x{text}x")


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.text(st.sampled_from('ab"\\店 \n'), max_size=40),
    values=st.lists(VALUES, min_size=1, max_size=12),
)
def test_whatever_the_values_are_it_is_found(text: str, values: list[str]):
    robots = [Robot(pk=number + 1, name=f"r{number}", variables={"v": value}) for number, value in enumerate(values)]
    tailoring = tailored(Text(f"{text}{{{{ v }}}}{text}{{{{ v }}}}."))
    found = largest_of(tailoring, robots)
    assert found is not None
    assert found.bytes == by_rendering_all(tailoring, robots, NOBODY)


@pytest.mark.django_db
def test_a_text_without_variables_is_as_large_everywhere():
    robots = [make_robot(name) for name in "ab"]
    found = largest_of(tailored(Text("Drill")), robots)
    assert found
    assert found.everywhere
    assert found.bytes == size_of(Text("Drill"), NOBODY)


def test_without_a_group_there_is_none():
    assert largest_of(tailored(Text("Drill")), []) is None
