"""The library: made of drafts, used for drafts, ordered by categories, taken along and brought in as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from audit.models import Entry
from messages.management.arguments import read_message
from messages.models import Draft, Shelf
from messages.services.libraries import add_templates, read_library, written_library
from messages.services.message_files import FileRefused
from messages.services.snapshots import Snapshot
from messages.services.starters import STARTERS
from messages.services.templates import (
    NotATemplate,
    categories,
    describe_template,
    rename_category,
    save_as_template,
    use_template,
)
from messages.tests.draft_parts import WANG, saved, text_of
from tests.factories import make_draft, make_robot

pytestmark = pytest.mark.django_db

LIST = "/templates/"
IMPORT = "/templates/import/"
STARTERS_PAGE = "/templates/starters/"
EXPORT = "/templates/templates.json"
RENAME = "/templates/categories/rename/"
HELLO = {"msgtype": "text", "text": {"content": "Hello"}}


def make_template(name: str = "Drill", category: str = "", description: str = "", **fields: object) -> Draft:
    return make_draft(name, shelf=Shelf.TEMPLATES, category=category, description=description, version=1, **fields)


def names(client: Client, path: str = LIST) -> list[str]:
    return [template.name for template in client.get(path).context["page"].rows]


def upload(client: Client, body: object, name: str = "library.json") -> str:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return text_of(client.post(IMPORT, {"file": SimpleUploadedFile(name, data)}, follow=True))


# --- made and used ----------------------------------------------------------------------------------------------------
def test_a_draft_is_saved_as_a_template_and_a_template_makes_a_draft(english: Client) -> None:
    robot = make_robot()
    own = [{"kind": "robot", "pk": robot.pk, "title": "", "text": "For you"}]
    draft = saved(robot, mention_everyone=True, overrides=own)
    form = {"name": "Drill", "category": " Safety  first ", "description": "Twice a year"}
    text = text_of(english.post(f"/drafts/{draft.pk}/save-as-template/", form, follow=True))
    assert "“Drill” is a template now; the draft stays as it is." in text
    template = Draft.objects.get(shelf=Shelf.TEMPLATES)
    assert (template.category, template.description) == ("Safety first", "Twice a year")
    assert Snapshot.of(template).changes_from(Snapshot.of(draft)) == ["name"]

    response = english.post(f"/templates/{template.pk}/use/")
    made = Draft.objects.latest("pk")
    assert response["Location"] == f"/drafts/{made.pk}/"
    assert not Snapshot.of(made).changes_from(Snapshot.of(template))
    assert (made.shelf, made.made_from, made.made_from_name) == (Shelf.DRAFTS, template, "Drill")
    assert "Made from the template “Drill”" in text_of(english.get(f"/drafts/{made.pk}/"))
    assert Entry.objects.filter(action="template.used", target_id=str(template.pk)).count() == 1

    english.post(f"/drafts/{template.pk}/delete/")
    made.refresh_from_db()
    assert (made.made_from, made.made_from_name) == (None, "Drill")
    assert "Made from the template “Drill”" in text_of(english.get("/drafts/"))


def test_a_template_is_edited_on_the_compose_page_which_says_that_it_is_one(english: Client) -> None:
    template = save_as_template(draft=saved(), name="Drill", category="", description="", by=WANG)
    page = text_of(english.get(f"/drafts/{template.pk}/"))
    assert "This is a template: it is not sent itself." in page
    assert "Save and go on to sending" not in page
    assert f'action="/templates/{template.pk}/use/"' in page
    form = {"name": "Drill", "msgtype": "text", "text": "At four", "draft": template.pk, "based_on": 1}
    english.post(f"/drafts/{template.pk}/", form)
    template.refresh_from_db()
    assert (template.content, template.version, template.shelf) == ({"content": "At four"}, 2, Shelf.TEMPLATES)


def test_templates_are_not_among_the_drafts_nor_drafts_among_the_templates(english: Client) -> None:
    draft, template = make_draft("A draft"), make_template("A template")
    assert names(english) == ["A template"]
    assert "A template" not in text_of(english.get("/drafts/"))
    assert english.get(f"/templates/{draft.pk}/").status_code == 404
    assert english.post(f"/templates/{draft.pk}/use/").status_code == 404
    assert english.get(f"/templates/{template.pk}/").status_code == 200
    with pytest.raises(NotATemplate):
        use_template(template=draft, by=WANG)
    with pytest.raises(NotATemplate):
        describe_template(template=draft, category="x", description="", by=WANG)


# --- the list ---------------------------------------------------------------------------------------------------------
def test_the_library_is_grouped_and_shows_each_message(english: Client) -> None:
    make_template("Drill", "Safety", "Twice a year", content={"content": "Leave <b>now</b>, {{ group }}"})
    make_template("Lunch")
    text = text_of(english.get(LIST))
    assert "Leave &lt;b&gt;now&lt;/b&gt;, {{ group }}" in text
    assert "Twice a year" in text
    assert text.index("Without a category") < text.index('id="category-2">Safety')


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("q=twice", ["Drill"], id="by its description"),
        pytest.param("q=三点", ["Lunch"], id="by Chinese words of the message"),
        pytest.param("category=Safety", ["Drill"], id="by category"),
        pytest.param("category=+", ["Lunch"], id="without a category"),
        pytest.param("category=Nowhere&type=video", ["Lunch", "Drill"], id="nonsense filters nothing"),
        pytest.param("type=markdown", [], id="by type"),
    ],
)
def test_the_library_can_be_narrowed_down(english: Client, query: str, found: list[str]) -> None:
    make_template("Drill", "Safety", "Twice a year")
    make_template("Lunch", content={"content": "三点吃饭"})
    assert names(english, f"{LIST}?{query}") == found


def test_the_library_is_paged_there_and_back(english: Client) -> None:
    for number in range(60):
        make_template(f"T{number % 7}", f"C{number % 3}")
    seen, url, back = [], "?", ""
    while url:
        page = english.get(f"{LIST}{url}").context["page"]
        seen += [(template.category, template.name, template.pk) for template in page.rows]
        url, back = page.next_url, page.previous_url
    assert (len(seen), seen) == (60, sorted(seen))
    assert [template.pk for template in english.get(f"{LIST}{back}").context["page"].rows] == [
        pk for _category, _name, pk in seen[24:48]
    ]
    assert english.get(f"{LIST}?after=9999&before=x").context["page"].is_first


def test_the_library_takes_as_many_queries_for_many_rows_as_for_one(english, django_assert_num_queries) -> None:
    for number in range(30):
        make_template(f"Template {number}", f"Category {number}")
    with django_assert_num_queries(5):  # session, user, categories of the filter, templates, banner
        english.get(LIST)
    first = Draft.objects.earliest("pk").pk
    with django_assert_num_queries(6):  # and the place
        english.get(f"{LIST}?after={first}")


def test_the_ready_made_templates_are_looked_for_in_the_library_at_once(english, django_assert_num_queries) -> None:
    with django_assert_num_queries(5):  # session, user, categories, templates of these names, banner
        english.get(STARTERS_PAGE)


def test_an_empty_library_leads_to_ready_made_templates_in_the_language_of_the_page(english: Client) -> None:
    assert f'href="{STARTERS_PAGE}"' in text_of(english.get(LIST))
    assert "Notice of maintenance" in text_of(english.get(STARTERS_PAGE))
    text = text_of(english.post(STARTERS_PAGE, {"starter": [starter.key for starter in STARTERS]}, follow=True))
    assert "4 templates are new." in text
    assert set(Draft.objects.values_list("category", flat=True)) == {"IT", "Administration", "Safety"}
    again = text_of(english.get(STARTERS_PAGE))
    assert again.count("disabled") == 4
    with translation.override("zh-hans"):
        chinese = [starter.entry() for starter in STARTERS]
    assert chinese[0].name == "系统维护通知"
    assert all("{{ group }}" in str(entry.content["text"]) for entry in chinese if "{{" in str(entry.content["text"]))
    assert add_templates(chinese, by=WANG).templates == 4


# --- categories -------------------------------------------------------------------------------------------------------
def test_a_category_is_spelled_as_it_is_there_already() -> None:
    make_template("One", "Safety")
    template = save_as_template(draft=make_draft(), name="Two", category="SAFETY", description="", by=WANG)
    assert template.category == "Safety"
    assert [(category.name, category.templates) for category in categories()] == [("Safety", 2)]


def test_a_category_is_renamed_and_its_spelling_too() -> None:
    make_template("One", "safety")
    assert rename_category(old="safety", new="Safety", by=WANG) == 1
    assert rename_category(old="Safety", new="Safety", by=WANG) == 0
    assert [category.name for category in categories()] == ["Safety"]
    assert Entry.objects.filter(action="template.category_renamed").count() == 1


def test_a_category_that_takes_anothers_name_asks_before_both_are_one(english: Client) -> None:
    make_template("One", "Fire")
    make_template("Two", "Safety")
    text = text_of(english.post(f"{RENAME}?category=Fire", {"new": "safety"}))
    assert "There is “Safety” already. The 1 template moves there" in text
    assert len(categories()) == 2
    told = text_of(english.post(f"{RENAME}?category=Fire", {"new": "safety", "merge": "1"}, follow=True))
    assert "1 template of “Fire” stands in its new category." in told
    assert [(category.name, category.templates) for category in categories()] == [("Safety", 2)]
    assert english.get(f"{RENAME}?category=Fire").status_code == 302


def test_what_is_said_about_a_template_is_no_version_and_on_record(english: Client) -> None:
    template = make_template("Drill", "Safety")
    english.post(f"/templates/{template.pk}/about/", {"category": "", "description": "Twice\na year"})
    template.refresh_from_db()
    assert (template.category, template.description, template.version) == ("", "Twice a year", 1)
    assert Entry.objects.get(action="template.described").detail == {"category": "", "category_before": "Safety"}


# --- files ------------------------------------------------------------------------------------------------------------
def test_a_library_is_exported_and_comes_back_and_each_message_is_what_send_takes(
    english: Client, tmp_path: Path
) -> None:
    make_template("消防", "安全", "一年两次", content={"content": "三点，{{ group }}"})
    make_template("Lunch", msgtype="markdown", content={"title": "Lunch", "text": "# Now"})
    response = english.get(EXPORT)
    assert response["Content-Disposition"].startswith("attachment")
    exported = json.loads(response.content)
    assert [(entry["name"], entry["category"], entry["description"]) for entry in exported] == [
        ("Lunch", "", ""),
        ("消防", "安全", "一年两次"),
    ]
    for entry in exported:
        (tmp_path / "message.json").write_text(json.dumps(entry["message"]))
        read_message(file=str(tmp_path / "message.json"), text=None)
    assert [entry["name"] for entry in json.loads(english.get(f"{EXPORT}?category=").content)] == ["Lunch"]

    there = upload(english, response.content)
    assert "0 templates are new. 2 stand in the library already." in there
    Draft.objects.all().delete()
    assert "2 templates are new." in upload(english, response.content)
    assert written_library() == response.content
    template = Draft.objects.get(name="消防")
    assert Snapshot.from_json(template.versions.get().snapshot) == Snapshot.of(template)
    assert Entry.objects.filter(action="template.imported").count() == 1


def test_a_file_with_one_message_is_one_template(english: Client) -> None:
    upload(english, HELLO, "Greeting.json")
    upload(english, {"name": "Another", "message": HELLO})
    assert names(english) == ["Another", "Greeting"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param(b"[{]", ["line 1, column 3 is where reading ended"], id="no JSON"),
        pytest.param([], ["The file must be a message in { }, or a list of templates in [ ]."], id="empty list"),
        pytest.param("text", ["The file must be a message in { }"], id="a text"),
        pytest.param([HELLO, 3], ["Template 2: A template must be an object in { }."], id="a number in the list"),
        pytest.param(
            [
                {"name": "A", "message": HELLO},
                {"name": "B", "message": {"msgtype": "text", "text": {"contents": 1}}, "categorie": ""},
                {"name": 3},
            ],
            [
                "Template 2, “B”: A template has no “categorie”.",
                "Template 2, “B”: Fill in the text.",
                "Template 3: “name” must be a text in quotes.",
                "Template 3: “message” must be a message in { }.",
            ],
            id="every mistake at its place",
        ),
        pytest.param(
            {"msgtype": "text", "text": {"content": "x"}, "at": {}}, ["Remove “at” from the message"], id="with at"
        ),
    ],
)
def test_a_file_with_a_mistake_adds_nothing(english: Client, body: object, told: list[str]) -> None:
    text = upload(english, body if isinstance(body, bytes) else json.dumps(body).encode())
    assert "Nothing was imported." in text
    for part in told:
        assert part in text
    assert not Draft.objects.exists()


def test_ten_thousand_templates_come_in_and_no_more() -> None:
    rows = [{"name": f"T{number}", "category": f"C{number % 9}", "message": HELLO} for number in range(10_001)]
    with pytest.raises(FileRefused):
        read_library(json.dumps(rows).encode(), called="x.json", name="x")
    entries = read_library(json.dumps(rows[:1200]).encode(), called="x.json", name="x")
    assert add_templates([*entries, *entries], by=WANG).templates == 1200
    assert len(json.loads(written_library())) == 1200
