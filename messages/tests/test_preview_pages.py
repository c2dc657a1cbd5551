"""The live preview beside the form: any group, what was put in for it, and what is said beside the fields."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from django.urls import reverse

from messages.pages.switching import Choice, switch_of
from robots.models import Robot
from robots.tests.pages import text_of
from tests.factories import make_organisation, make_recipient, make_robot, make_tag

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def preview(client, robots: Sequence[Robot], **fields: object) -> str:
    """The answer to a keystroke, as it is written."""
    form = {"msgtype": "markdown", "title": "Drill", "robots": [robot.pk for robot in robots], **fields}
    response = client.post(reverse("broadcasts:draft_preview"), form, headers=HTMX)
    assert response.status_code == 200
    return str(response.content.decode())


def beside(answer: str, field: str) -> str:
    """What is said beside a field, without its tags."""
    found = re.search(f'<div class="remarks" id="remarks-{field}"[^>]*>(.*?)</div>', answer, re.DOTALL)
    assert found, f"nothing can be said beside {field}"
    return " ".join(re.sub("<[^>]*>", " ", found[1]).split())


def options(answer: str) -> list[str]:
    return re.findall(r"<option [^>]*>([^<]*)</option>", answer)


# --- which group ------------------------------------------------------------------------------------------------------
def test_groups_with_words_of_their_own_are_listed_first_and_the_words_for_all_are_shown(english):
    robots = [make_robot(name) for name in ("a", "b", "c")]
    for robot in robots:
        Robot.objects.filter(pk=robot.pk).update(group_name=f"Shop {robot.name}")
    words = {"own_kind": "robot", "own_pk": robots[2].pk, "own_title": "", "own_text": "For c alone."}
    answer = preview(english, robots, text="For all.", **words)
    assert options(answer) == ["Shop c · c", "Shop a · a", "Shop b · b"]
    assert '<optgroup label="With words of their own">' in answer
    assert "For all." in answer
    assert "For c alone." not in answer
    assert f'<option value="{robots[0].pk}" selected>' in answer
    assert "2 of 3" in answer


def test_one_goes_on_to_the_next_group_and_round_again(english):
    robots = [make_robot(name) for name in "ab"]
    answer = preview(english, robots, text="x", shown=robots[1].pk)
    buttons = dict(re.findall(r'id="shown-(back|on)" name="shown" value="(\d+)"', answer))
    assert buttons == {"back": str(robots[0].pk), "on": str(robots[0].pk)}
    assert "The next group:" in answer


def test_of_many_groups_some_are_listed_and_all_can_be_searched(english):
    robots = [make_robot(f"r{number:03d}", group_name=f"Shop {number:03d}") for number in range(60)]
    answer = preview(english, robots, text="x")
    assert len(options(answer)) == 50
    assert "data-many" in answer
    assert "There are more: search for their names." in answer
    found = preview(english, robots, text="x", search_shown="shop 058")
    assert options(found) == ["Shop 000 · r000", "Shop 058 · r058"]  # the one that is shown, and the one that is found
    assert "1 group is found." in found
    assert "No group is found." in preview(english, robots, text="x", search_shown="nowhere")


def test_without_another_group_there_is_nothing_to_choose(english):
    assert "id_shown" not in preview(english, [make_robot()], text="x")
    assert "id_shown" not in preview(english, [], text="x")


def test_a_browser_without_scripts_keeps_the_group_the_search_and_the_width(english):
    robots = [make_robot(name, group_name=f"Shop {name}") for name in "ab"]
    form = {"msgtype": "text", "text": "To {{ group }}", "robots": [robot.pk for robot in robots]}
    asked = {**form, "shown": robots[1].pk, "search_shown": "shop", "width": "desktop"}
    page = english.post(reverse("broadcasts:draft_preview"), asked)
    assert "Put in for Shop b" in text_of(page)
    content = page.content.decode()
    assert 'id="id_search_shown" form="compose" value="shop"' in content
    assert 'value="desktop" form="compose" checked' in content
    assert "To {{ group }}</textarea>" in content


def test_the_switch_lists_the_chosen_group_wherever_it_stands():
    choices = [Choice(number, f"g{number}", f"r{number}") for number in range(100)]
    switch = switch_of(choices, chosen=99)
    assert switch.chosen == choices[99]
    assert switch.listed[0] == choices[99]
    assert (switch.position, switch.total, switch.on) == (100, 100, choices[0])


# --- what was put in --------------------------------------------------------------------------------------------------
def test_each_piece_says_where_it_comes_from(english):
    tag = make_tag("North")
    tag.variables = {"office": "Harbin"}
    tag.save()
    robot = make_robot("a", group_name="Shop A", variables={"manager": "Li"}, tags=[tag], keywords=["Notice"])
    Robot.objects.update(footer="Notice of the head office")
    answer = preview(english, [robot], text="{{ group }}: {{ manager }}, {{ office }}")
    marks = dict(re.findall(r'<span class="dt-from" title="([^"]*)">([^<]*)</span>', answer))
    assert marks == {
        "{{ group }} · set by itself": "Shop A",
        "{{ manager }} · from the robot": "Li",
        "{{ office }} · from the tag “North”": "Harbin",
        "the robot&#x27;s footer, because the text has none of its keywords": "Notice of the head office",
    }
    assert text_of_fragment(answer).count("from the tag “North”") == 1  # in the list of what was put in


def text_of_fragment(html: str) -> str:
    return " ".join(re.sub("<[^>]*>", " ", html).split())


def test_a_mention_at_the_end_is_told_from_one_in_the_text(english):
    people = [make_recipient("Li Wei", mobile="13800001234"), make_recipient("Han", mobile="13800005678")]
    answer = preview(
        english, [make_robot()], text="Ask @13800001234", mention_recipients=[person.pk for person in people]
    )
    told = text_of_fragment(answer)
    assert "@138****5678 Han added at the end" in told
    assert "@138****1234 Li Wei added" not in told
    assert "13800005678" not in answer


# --- beside the fields ------------------------------------------------------------------------------------------------
def test_what_dingtalk_will_not_show_is_told_beside_its_field_with_the_line(english):
    text = "one\n\n| a |\n|---|\n\n[x](a.example)\n\n![p](data:image/png;base64,AAAA)"
    answer = preview(english, [make_robot()], text=text)
    told = beside(answer, "text")
    assert "Line 3: DingTalk will not show this table everywhere" in told
    assert "Line 6: A link without https:// in front leads nowhere" in told
    assert "Line 8: DingTalk shows pictures by their public address only" in told
    assert "Repeat it in the text if readers must see it." in beside(answer, "title")
    assert answer.count("DingTalk will not show this") > 3  # where they stand, too


def test_pictures_of_a_link_and_a_feed_are_told_about_beside_their_addresses(english):
    link = {"msgtype": "link", "text": "x", "url": "https://a.example", "picture": "https://10.0.0.1/p.png"}
    assert "not reachable from there" in beside(preview(english, [make_robot()], **link), "picture")
    feed = {
        "feed_title": ["", "One"],
        "feed_url": ["", "https://a.example"],
        "feed_picture": ["", "http://a.example/p"],
    }
    answer = preview(english, [make_robot()], msgtype="feedCard", **feed)
    assert "Give the picture's address with https://" in beside(answer, "feed-1-picture").replace("&#x27;", "'")


def test_hints_about_own_words_stand_beside_these(english):
    robot = make_robot()
    words = {"own_kind": "robot", "own_pk": robot.pk, "own_title": "", "own_text": "Drill ~~now~~"}
    answer = preview(english, [robot], text="Drill", **words)
    assert "Line 1: DingTalk will not strike words through" in beside(answer, "own-0")
    assert beside(answer, "text") == ""


# --- how large --------------------------------------------------------------------------------------------------------
def test_the_bar_shows_the_largest_group_and_names_it(english):
    robots = [
        make_robot(name, group_name=f"Shop {name}", variables={"v": "x" * size}) for name, size in (("a", 5), ("b", 90))
    ]
    answer = preview(english, robots, text="Drill {{ v }}")
    assert "the largest, in Shop b" in answer
    bytes_of_a = re.search(
        r'<progress class="meter" value="(\d+)" max="20000"', preview(english, robots[:1], text="Drill {{ v }}")
    )
    bytes_of_b = re.search(r'<progress class="meter" value="(\d+)" max="20000"', answer)
    assert bytes_of_a
    assert bytes_of_b
    assert int(bytes_of_b[1]) == int(bytes_of_a[1]) + 85


def test_a_group_whose_message_is_too_large_is_told_of_while_another_is_shown(english):
    robots = [make_robot("a", group_name="Shop a"), make_robot("b", group_name="Shop b")]
    Robot.objects.filter(name="b").update(variables={"v": "店" * 60})
    answer = preview(english, robots, text="Drill " + '{{ v|default:"x" }}' * 120)
    assert beside(answer, "size").startswith("In “Shop b”: the message has 21,")
    assert 'data-tone="bad"' in answer


def test_the_same_text_everywhere_names_no_group(english):
    assert "the largest" not in preview(english, [make_robot("a"), make_robot("b")], text="Drill")


# --- what it costs ----------------------------------------------------------------------------------------------------
def test_a_keystroke_takes_as_many_queries_for_500_robots_as_for_one(english, django_assert_num_queries):
    tag, organisation = make_tag("North"), make_organisation("Head office")
    tag.variables = {"office": "Harbin"}
    tag.save()
    make_robot("first", organisation=organisation, variables={"manager": "Li"}, tags=[tag])
    own = {"own_kind": "tag", "own_pk": tag.pk, "own_title": "", "own_text": "{{ manager|default:office }}"}
    form = {"all_robots": "1", "text": '{{ manager|default:group }} {{ office|default:"" }}', **own}
    preview(english, [], **form)  # fills the caches
    with django_assert_num_queries(8):
        preview(english, [], **form)
    others = Robot.objects.bulk_create(
        Robot(
            name=f"r{number:03d}",
            group_name=f"Shop {number}",
            organisation=organisation,
            token_fingerprint=f"{number:064d}",
            token_set_at=organisation.created_at,
            variables={"manager": f"M{number}"},
            keywords=["Notice"] if number % 3 else [],
            footer="Notice",
        )
        for number in range(499)
    )
    Robot.tags.through.objects.bulk_create(Robot.tags.through(robot=robot, tag=tag) for robot in others[::2])
    with django_assert_num_queries(8):
        answer = preview(english, [], **form)
    assert "500 groups" in " ".join(answer.split())
