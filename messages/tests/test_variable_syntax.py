"""The syntax of variables: what it takes, what it refuses and where, and that nothing else can be done with it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dingtalk.payloads import ActionCard, Button, FeedCard, FeedLink, Link, Markdown, Text, cleaned
from messages.rendering.message import storable, template_of
from messages.rendering.template import LONGEST_SOURCE, MOST_VARIABLES, literal, read_template
from messages.rendering.values import BUILT_IN, RunFacts, Values, values_of

RUN = RunFacts(planned_at=datetime(2027, 1, 5, 1, 30, tzinfo=UTC), zone="Asia/Shanghai", number=3)
VALUES = values_of(robot="ops", group="值班群", variables={"店长": "王五", "code": "{{ group }}"}, run=RUN)
KNOWN = (*BUILT_IN, "店长", "code", "manager")

# What people and attackers type: pieces of the syntax, of other syntaxes, and whatever else.
PIECES = st.sampled_from(
    [
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "|",
        ":",
        '"',
        "'",
        "\\",
        "_(",
        ")",
        ".",
        "__class__",
        "robot",
        "name",
        "run.time",
        "date",
        "default",
        "group",
        "店长",
        "%Y",
        "%q",
        "-1e9",
        "{",
        "}",
        "include",
        "load",
        "${7*7}",
        " ",
        "\n",
    ]
)
SOURCES = st.lists(PIECES | st.text(max_size=4), max_size=25).map("".join)


def rendered(source: str, values: Values = VALUES) -> str:
    filled = template_of(Text(source)).filled(values)
    assert filled.missing == ()
    assert isinstance(filled.message, Text)
    return filled.message.content


def faults(source: str) -> list[tuple[str, int, int]]:
    template = read_template(source)
    return [(fault.code, fault.line, fault.column) for fault in (*template.faults, *template.unknown(KNOWN))]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("no variables", "no variables"),
        ("{{ robot.name }}/{{group}}", "ops/值班群"),
        ("店长 {{ 店长 }}", "店长 王五"),
        ("{{ run.date }} {{ run.time }} #{{ run.number }}", "2027-01-05 09:30 #3"),
        ('{{ run.time|date:"%-m月%-d日 %A %H:%M, %Y, 100%%" }}', "1月5日 星期二 09:30, 2027, 100%"),
        ('{{ manager|default:"the office" }}', "the office"),
        ('{{ 店长|default:"the office" }}', "王五"),
        ("{{ manager|default:group }}", "值班群"),
        ('{{ "{{" }} group }}', "{{ group }}"),
        ('{{ "{%" }} if %}', "{% if %}"),
        ("{% and {# alone, }} too", "{% and {# alone, }} too"),
    ],
)
def test_a_text_is_filled_in(source: str, text: str) -> None:
    assert faults(source) == []
    assert rendered(source) == text


def test_what_comes_out_of_a_variable_is_never_read_again() -> None:
    assert rendered("{{ code }}") == "{{ group }}"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("{% if x %}a{% endif %}", [("template_tag", 1, 1), ("template_tag", 1, 12)]),
        ('one\n  {% include "x" %}', [("template_tag", 2, 3)]),
        ("a {# b #}", [("template_tag", 1, 3)]),
        ("a\nb {{ group", [("template_unclosed", 2, 3)]),
        ("{{ group\n}}", [("template_unclosed", 1, 1)]),
        ("{{ }}", [("template_unreadable", 1, 1)]),
        ("{{ a b }}", [("template_unreadable", 1, 1)]),
        ("{{ group() }}", [("template_unreadable", 1, 1)]),
        ("{{ group.__class__ }}", [("template_unreadable", 1, 1)]),
        ('{{ _("group") }}', [("template_unreadable", 1, 1)]),
        ("{{ group|upper }}", [("filter_unknown", 1, 1)]),
        ("{{ group|default }}", [("template_unreadable", 1, 1)]),
        ('{{ group|date:"%Y" }}', [("date_elsewhere", 1, 1)]),
        ('{{ run.date|date:"%Q" }}', [("date_sign_unknown", 1, 1)]),
        ('{{ run.date|date:"Y-m-d" }}', [("date_sign_unknown", 1, 1)]),
        ("x {{ robot.token_encrypted }}", [("variable_unknown", 1, 3)]),
        ("{{ group.upper }}", [("variable_unknown", 1, 1)]),
        ("{{ robot }}", [("variable_unknown", 1, 1)]),
        ("{{ 5 }}", [("variable_unknown", 1, 1)]),
        ("{{ group|default:nobody }}", [("variable_unknown", 1, 1)]),
        ("{{ group }}" * (MOST_VARIABLES + 1), [("template_too_big", 1, 1)]),
        ("{{ group }}" + "x" * LONGEST_SOURCE, [("template_too_big", 1, 1)]),
    ],
)
def test_what_is_wrong_is_told_at_its_place(source: str, found: list[tuple[str, int, int]]) -> None:
    assert faults(source) == found


def test_django_s_verbatim_is_refused_like_any_tag() -> None:
    assert faults("{% verbatim %}{{ group }}{% endverbatim %}")[0] == ("template_tag", 1, 1)


@pytest.mark.parametrize(
    ("name", "nearest"), [("robot.nam", "robot.name"), ("name", "robot.name"), ("Manger", "manager"), ("zzzzzz", "")]
)
def test_an_unknown_name_comes_with_the_nearest_known_one(name: str, nearest: str) -> None:
    (fault,) = read_template(f"{{{{ {name} }}}}").unknown(KNOWN)
    assert fault.params == {"name": name, "nearest": nearest}


def test_a_group_without_a_value_is_told_and_nothing_is_made_up() -> None:
    nameless = values_of(robot="ops", group="", variables={}, run=RUN)
    filled = template_of(Markdown("{{ manager }}", "{{ group }} {{ manager }}")).filled(nameless)
    assert filled.missing == ("manager", "group")


def test_a_run_s_words_win_over_variables_of_the_same_name() -> None:
    assert rendered("{{ run.number }}", values_of(robot="", group="", variables={"run.number": "x"}, run=RUN)) == "3"


def test_every_text_of_a_message_is_filled_in_and_addresses_are_encoded() -> None:
    link = Link("{{ group }}", "{{ 店长 }}", "https://a.example/?g={{ group }}&n={{ run.number }}", "{{ picture }}")
    values = Values({**VALUES.texts, "picture": "https://a.example/p.png?x=1"}, VALUES.moment)
    assert template_of(link).filled(values).message == Link(
        "值班群", "王五", "https://a.example/?g=%E5%80%BC%E7%8F%AD%E7%BE%A4&n=3", "https://a.example/p.png?x=1"
    )
    card = ActionCard("t", "x", buttons=(Button("{{ group }}", "https://{{ robot.name }}.example"),))
    assert template_of(card).filled(VALUES).message == ActionCard(
        "t", "x", buttons=(Button("值班群", "https://ops.example"),)
    )
    feed = FeedCard((FeedLink("a", "https://a.example", "https://a.example/p"), FeedLink("{{ group }}", "b", "c")))
    filled = template_of(feed).filled(VALUES).message
    assert isinstance(filled, FeedCard)
    assert [row.title for row in filled.links] == ["a", "值班群"]


def test_what_is_stored_keeps_its_variables_and_is_cleaned_elsewhere() -> None:
    link = Link("a\x00", "中\r\n", "https://a.example/中?{{ group }}", "https://a.example/中")
    assert storable(link) == Link("a", "中\n", "https://a.example/中?{{ group }}", "https://a.example/%E4%B8%AD")
    assert storable(Text("plain\x00")) == cleaned(Text("plain\x00"))


@given(st.text(max_size=300))
@example("{{{%{#{{ {{{{ }}")
def test_any_text_can_be_said_literally(text: str) -> None:
    source = literal(text)
    if source.count("{{") <= MOST_VARIABLES:
        assert faults(source) == []
        assert rendered(source) == text


@given(st.text(alphabet=st.characters(exclude_characters="{"), max_size=200))
def test_without_an_opening_brace_a_text_stays_as_it_is(text: str) -> None:
    assert template_of(Text(text)).plain
    assert rendered(text) == text


@given(SOURCES)
def test_whatever_is_typed_is_either_filled_in_or_refused_at_a_place_inside_it(source: str) -> None:
    template = template_of(Text(source))
    problems = (*template.faults(), *template.unknown(KNOWN))
    lines = source.split("\n")
    for problem in problems:
        line, column = int(problem.params["line"]), int(problem.params["column"])
        assert 1 <= line <= len(lines)
        assert 1 <= column <= len(lines[line - 1]) + 1
    if not problems:
        filled = template.filled(VALUES).message
        assert isinstance(filled, Text)
        assert len(filled.content) <= len(source) + 500 * MOST_VARIABLES


@given(SOURCES, st.dictionaries(st.sampled_from(["店长", "code", "manager"]), SOURCES))
def test_values_are_put_in_as_they_are_whatever_they_look_like(source: str, variables: dict[str, str]) -> None:
    template = template_of(Text(source))
    if template.faults() or template.unknown(KNOWN) or template.plain:
        return
    marked = values_of(robot="R", group="G", variables={name: f"<{name}>" for name in variables}, run=RUN)
    own = values_of(robot="R", group="G", variables=variables, run=RUN)
    with_marks, filled = template.filled(marked).message, template.filled(own).message
    assert isinstance(with_marks, Text)
    assert isinstance(filled, Text)
    expected = with_marks.content
    if not any(f"<{name}>" in source for name in variables):
        for name in variables:
            expected = expected.replace(f"<{name}>", f"\x00{name}\x00")
        for name, value in variables.items():
            expected = expected.replace(f"\x00{name}\x00", value) if "\x00" not in value else expected
        assert "\x00" in "".join([source, *variables.values()]) or filled.content == expected
