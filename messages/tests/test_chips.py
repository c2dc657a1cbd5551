"""Chips in a text: who is meant, and what is said when it is nobody or not clear."""

from __future__ import annotations

import pytest
from django.utils import translation

from dingtalk.payloads import NOBODY, ActionCard, At, Link, Markdown, Text
from messages.rendering.chips import chip_of_list, chip_of_person, in_plain_words, with_other_chips
from messages.services.checks import check_launch, tailoring_of
from messages.services.mending import mended
from messages.services.overrides import Override
from messages.services.snapshots import Snapshot
from tests.factories import make_list, make_recipient, make_robot

pytestmark = pytest.mark.django_db


def of_group(message, *, at=NOBODY, external=False, **options):
    robot = make_robot(external=external)
    return tailoring_of(message, at=at, **options).of(robot)


def texts_of(message):
    with translation.override("en"):
        check = check_launch(message=message, at=NOBODY, robots=[make_robot()])
    return [finding.text for finding in check.blockers]


def test_a_chip_of_a_person_mentions_them_without_any_other_choice():
    make_recipient("李伟", mobile="13800000001", user_id="liwei")
    group = of_group(Text("请@[李伟]值班"))
    assert group.message == Text("请@13800000001 值班")
    assert group.at == At(mobiles=("13800000001",))


def test_a_chip_of_a_list_mentions_everybody_on_it_by_name():
    people = [make_recipient("王", mobile="13800000002"), make_recipient("安", user_id="an")]
    make_list("值班", people)
    group = of_group(Markdown("t", "@[值班]"), at=At(mobiles=("13800000002",)))
    assert group.message == Markdown("t", "@an @13800000002")
    assert group.at == At(mobiles=("13800000002",), user_ids=("an",))


def test_an_external_group_reads_the_name_of_whoever_has_no_mobile():
    make_recipient("安", user_id="an")
    group = of_group(Text("@[安] hello"), external=True)
    assert group.message == Text("安 hello")
    assert not group.at
    assert [person.name for person in group.unable] == ["安"]


def test_an_action_card_prefers_user_ids_inside_the_organisation():
    make_recipient("李伟", mobile="13800000001", user_id="liwei")
    card = ActionCard("t", "@[李伟]", "Open", "https://example.com")
    assert of_group(card).at == At(user_ids=("liwei",))
    assert of_group(card, external=True).at == At(mobiles=("13800000001",))


def test_a_name_that_two_have_asks_which_one_and_a_number_answers():
    one = make_recipient("李伟", mobile="13800000001")
    other = make_recipient("李伟", mobile="13900000002")
    (text,) = texts_of(Text("第一行\n请@[李伟]"))
    assert text == (
        f"In the text, line 2, character 2: there are several called “李伟”. Write which one:"
        f" @[李伟#{one.pk}] (138****0001), @[李伟#{other.pk}] (139****0002)."
    )
    assert of_group(Text(f"@[李伟#{other.pk}]")).at == At(mobiles=("13900000002",))


def test_a_person_and_a_list_of_the_same_name_are_told_apart():
    make_list("李伟", [make_recipient("安", mobile="13800000003")])
    person = make_recipient("李伟", mobile="13800000001")
    assert "several called" in texts_of(Text("@[李伟]"))[0]
    assert of_group(Text(f"@[李伟#{person.pk}]")).at == At(mobiles=("13800000001",))


def test_an_unknown_name_is_told_with_the_nearest():
    make_recipient("Li Weiming")
    assert texts_of(Text("@[Li Weimin]")) == [
        "In the text, line 1, character 1: nobody is called “Li Weimin”, and no list. Did you mean “Li Weiming”?"
    ]


def test_a_title_mentions_nobody():
    make_recipient("Li")
    assert texts_of(Markdown("@[Li]", "text")) == [
        "In the title, line 1, character 1: “Li” cannot be mentioned here, only in the text."
        ' For the signs themselves write {{ "@[" }}.'
    ]


def test_a_type_that_cannot_mention_says_so():
    make_recipient("Li")
    (text,) = texts_of(Link("t", "@[Li]", "https://example.com"))
    assert "DingTalk mentions nobody in a message of the type “Link”" in text


def test_what_a_variable_says_is_never_a_mention():
    make_recipient("Li", mobile="13800000001")
    robot = make_robot(variables={"who": "@[Li]"})
    group = tailoring_of(Text("{{ who }}"), at=NOBODY).of(robot)
    assert (group.message, group.at) == (Text("@[Li]"), NOBODY)


def test_own_words_mention_whom_they_name():
    make_recipient("Li", mobile="13800000001")
    make_recipient("Wang", mobile="13800000002")
    own, other = make_robot(), make_robot()
    tailoring = tailoring_of(Text("@[Li]"), at=NOBODY, overrides=[Override("robot", own.pk, text="@[Wang]")])
    assert tailoring.of(own).at == At(mobiles=("13800000002",))
    assert tailoring.of(other).at == At(mobiles=("13800000001",))


def test_chips_take_four_queries_however_many_and_for_however_many_robots(django_assert_num_queries):
    people = [make_recipient(f"P{number}", mobile=f"138{number:08d}") for number in range(20)]
    lists = [make_list(f"L{number}", people) for number in range(10)]
    text = " ".join([*(f"@[{person}]" for person in people), *(f"@[{each}]" for each in lists)])
    robots = [make_robot() for _number in range(20)]
    with django_assert_num_queries(4):  # people of at, people and lists of chips, who is on them
        tailoring = tailoring_of(Text(text), at=At(mobiles=(people[0].mobile,)))
        groups = [tailoring.of(robot) for robot in robots]
    assert {len(group.at.mobiles) for group in groups} == {20}


def test_chips_are_written_so_that_they_are_read_again():
    assert chip_of_person("Li Wei", 7) == "@[Li Wei]"
    assert chip_of_person("Li Wei", 7, numbered=True) == "@[Li Wei#7]"
    assert chip_of_person("Li [ext]", 7) == "@[Li ext#7]"
    assert chip_of_list("Room #12", 3) == "@[Room #12#list3]"
    assert in_plain_words("Ask @[Li Wei#7] or @[On call]") == "Ask Li Wei or On call"
    assert with_other_chips("@[Li] @[Li2]", means=lambda who: who.name == "Li", new="@[Wang]") == "@[Wang] @[Li2]"


def one_of(code: str, message, **options):
    check = check_launch(message=message, robots=[make_robot()], **{"at": NOBODY, **options})
    return next(finding for finding in check.blockers if finding.code == code)


def test_one_press_writes_the_nearest_name():
    make_recipient("Li Weiming")
    text = "@[Li Weimin], @[Li Weimin] and @[Nobody else]"
    snapshot = Snapshot("d", "text", {"content": text}, overrides=[{"kind": "tag", "pk": 1, "text": "@[Li Weimin]"}])
    after = mended(snapshot, one_of("mention_unknown", Text(text)))
    assert after.content == {"content": "@[Li Weiming], @[Li Weiming] and @[Nobody else]"}
    assert after.overrides[0]["text"] == "@[Li Weiming]"


def test_one_press_shares_the_people_out():
    at = At(mobiles=tuple(f"138{number:08d}" for number in range(51)))
    after = mended(Snapshot("d", "text", {"content": "a"}), one_of("mentions_left_out", Text("a"), at=at))
    assert after.mention_sharing


def test_one_press_removes_mentions_wherever_they_stand():
    make_recipient("Li")
    link = {"title": "t", "text": "Ask @[Li]", "messageUrl": "https://example.com"}
    message = Link("t", "Ask @[Li]", "https://example.com")
    after = mended(Snapshot("d", "link", link), one_of("mentions_not_supported", message))
    assert after.content == {**link, "text": "Ask Li"}
