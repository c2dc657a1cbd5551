"""Whom a group's message mentions: exactly those in `at` stand in its text, each of them once."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dingtalk.payloads import MAX_MENTIONS, At, Text, place_mentions
from dingtalk.payloads.mentions import marks_in
from messages.rendering.mentioning import GroupRules, Person, PlacedChip, mentioned_in
from messages.rendering.message import template_of
from messages.rendering.sharing import SharingGroup, shared_out
from messages.rendering.values import RunFacts, values_of
from messages.tests.test_variable_syntax import RUN

LI = Person("Li Wei", mobile="13800000001", user_id="li", number=1)
WANG = Person("Wang", mobile="13800000002", number=2)
ZHAO = Person("Zhao", user_id="zhao", number=3)
FEW = settings(max_examples=200, deadline=None)


def written(source: str, people: list[Person], chips: list[tuple[str, list[Person]]], **rules: bool) -> tuple[str, At]:
    """The text of one group as it goes out; a chip is called in `source` as its first entry says."""
    message = Text(source)
    template = template_of(message)
    lists = dict(chips)
    placed = [
        PlacedChip(chip.name, tuple(lists[chip.written]), chip.written)
        for text in template.texts.values()
        for chip in text.chips
    ]
    asked = [*people, *(person for chip in placed for person in chip.people)]
    here = mentioned_in(asked, placed, rules=GroupRules(**rules), typed=template.typed)
    values = values_of(robot="ops", group="值班群", variables=here.texts, run=RUN)
    filled = template.filled(values)
    assert filled.missing == ()
    sent = place_mentions(filled.message, here.at)
    assert isinstance(sent, Text)
    return sent.content, here.at


def test_a_chip_becomes_the_mark_where_it_stands_and_the_others_are_appended():
    text, at = written("请 @[Li Wei] 值班", [WANG], [("Li Wei", [LI])])
    assert text == "请 @13800000001 值班\n@13800000002"
    assert at == At(mobiles=("13800000002", "13800000001"))


def test_a_mark_never_grows_together_with_what_stands_beside_it():
    text, _at = written("x@[Zhao]7和@[Li Wei]你好", [], [("Zhao", [ZHAO]), ("Li Wei", [LI])])
    assert text == "x @zhao 7和@13800000001 你好"


def test_a_second_chip_of_the_same_person_is_a_name():
    text, at = written("@[Li Wei], again @[Li Wei]", [], [("Li Wei", [LI])])
    assert text == "@13800000001, again Li Wei"
    assert at == At(mobiles=("13800000001",))


def test_a_list_does_not_mention_again_who_stands_there_already():
    text, _at = written("@[Li Wei] and @[Managers]", [], [("Li Wei", [LI]), ("Managers", [LI, WANG, ZHAO])])
    assert text == "@13800000001 and @13800000002 @zhao"
    text, _at = written("@[Li Wei] and @[Managers]", [], [("Li Wei", [LI]), ("Managers", [LI])])
    assert text == "@13800000001 and Managers"


def test_a_mark_typed_by_hand_counts():
    text, _at = written("@13800000001 and @[Li Wei]", [], [("Li Wei", [LI])])
    assert text == "@13800000001 and Li Wei"


def test_an_external_group_is_given_mobiles_only():
    text, at = written("@[Li Wei] @[Zhao]", [], [("Li Wei", [LI]), ("Zhao", [ZHAO])], external=True)
    assert text == "@13800000001 Zhao"
    assert at == At(mobiles=("13800000001",))
    here = mentioned_in([LI, ZHAO], [], rules=GroupRules(external=True))
    assert here.unable == (ZHAO,)


def test_a_card_is_given_user_ids_first_as_its_documentation_wants():
    text, at = written("@[Li Wei] @[Wang]", [], [("Li Wei", [LI]), ("Wang", [WANG])], by_user_id=True)
    assert text == "@li @13800000002"
    assert at == At(mobiles=("13800000002",), user_ids=("li",))


@pytest.mark.parametrize("source", ["@[Li Wei](https://example.com)", "@[]", "@[Li\nWei]", "@ [Li Wei]", "[Li Wei]"])
def test_what_is_no_chip_stays_as_it_stands(source):
    assert template_of(Text(source)).plain


def test_the_brackets_themselves_can_be_written():
    template = template_of(Text('{{ "@[" }}Li Wei]'))
    values = values_of(robot="ops", group="", variables={}, run=RunFacts(RUN.planned_at, RUN.zone))
    assert template.filled(values).message == Text("@[Li Wei]")


# Short alphabets, so that numbers and userIds begin with one another, and names meet.
USER_IDS = st.text("ab.1_-@", max_size=4).map(lambda text: f"a{text}" if text else "")
MOBILES = st.sampled_from(["", "13800000001", "13800000002", "1380000000", "+852-91234567", "+852-9123456"])
PEOPLE = st.lists(st.builds(Person, st.sampled_from("甲乙丙"), MOBILES, USER_IDS, st.integers(1, 9)), max_size=6)
WORDS = st.sampled_from(["请", "a", "1", " ", "\n", "，", "_", "-", ".", "{{ group }}", "＠", "[x]", "**"])
CHIPS = st.sampled_from(["@[一]", "@[二]", "@[三]"])


@FEW
@given(st.lists(WORDS | CHIPS, max_size=12), PEOPLE, st.lists(PEOPLE, min_size=3, max_size=3), st.booleans())
def test_exactly_those_in_at_stand_in_the_text_and_never_twice(pieces, people, chips, external):
    lists = list(zip("一二三", chips, strict=True))
    text, at = written("".join(pieces), people, lists, external=external)
    assert Counter(marks_in(text, at)) == Counter({*at.mobiles, *at.user_ids})
    if external:
        assert at.user_ids == ()


@FEW
@given(
    st.lists(st.builds(Person, st.text("abc", min_size=1, max_size=3), MOBILES, USER_IDS), max_size=30),
    st.lists(st.booleans(), max_size=5),
    st.lists(st.frozensets(st.integers(0, 5), max_size=3), max_size=30),
    st.integers(1, 6),
)
def test_whoever_is_shared_out_stands_in_one_group_and_nobody_is_lost(people, external, notes, most):
    groups = [SharingGroup(key, GroupRules(external=mark)) for key, mark in enumerate(external)]
    known = dict(zip(people, notes, strict=False))
    shares = shared_out(people, groups, known=known, most=most)
    placed = Counter(person for share in shares.by_group.values() for person in share)
    assert all(len(share) <= most for share in shares.by_group.values())
    assert set(placed.values()) <= {1}
    assert {*placed, *shares.left} == set(people)
    assert not set(placed) & set(shares.left)
    for group in groups:
        assert all(group.rules.mark_of(person) for person in shares.by_group[group.key])


def test_people_are_shared_out_by_name_over_the_groups_in_their_order():
    people = [Person(f"P{number:03d}", mobile=f"138{number:08d}") for number in range(120)][::-1]
    groups = [SharingGroup(key, GroupRules()) for key in (7, 8, 9)]
    shares = shared_out(people, groups, known={})
    assert sorted(person.name for person in shares.by_group[7]) == [f"P{number:03d}" for number in range(50)]
    assert [len(shares.by_group[key]) for key in (7, 8, 9)] == [MAX_MENTIONS, MAX_MENTIONS, 20]
    assert shares.left == ()


def test_whoever_is_known_to_be_in_a_group_is_mentioned_there():
    groups = [SharingGroup(key, GroupRules()) for key in (1, 2)]
    shares = shared_out([LI, WANG, ZHAO], groups, known={ZHAO: {2, 99}, WANG: {99}}, most=2)
    assert shares.by_group == {1: {LI, WANG}, 2: {ZHAO}}


def test_who_finds_no_room_is_named():
    shares = shared_out([LI, WANG, ZHAO], [SharingGroup(1, GroupRules(external=True))], known={}, most=1)
    assert shares.left == (WANG, ZHAO)
