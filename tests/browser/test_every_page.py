"""Every page that can be opened: nothing in the console, nothing beside the screen, nothing that cannot be read out.

The pages are found by asking every address of the product, so that a page added later is looked at, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page

from audit.actors import user_actor
from messages.models import Draft
from messages.services.drafts import save_draft
from messages.services.overrides import Override, kept
from messages.services.snapshots import Snapshot
from tests.addresses import every_address
from tests.browser.complaints import Complaints
from tests.browser.conftest import OpenBrowser, SignedIn
from tests.factories import make_recipient, make_robot, make_user
from tests.world import LONG, World, make_world

pytestmark = [
    pytest.mark.browser,
    pytest.mark.embedded,  # pages look the same on any database, and these tests take a minute
    pytest.mark.django_db(transaction=True, databases=["default", "simulator"]),
]

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
# Pages that look different for what stands behind the question mark.
VARIANTS = (
    "/broadcasts/?q=nothing-fits-this",
    "/history/?q=nothing-fits-this",
    "/robots/?q=nothing-fits-this",
    "/drafts/archived/?q=nothing-fits-this",
    "/templates/?q=nothing-fits-this",
    f"/templates/categories/rename/?category={LONG[:50]}",
    *(f"/drafts/new/?msgtype={msgtype}" for msgtype in ("link", "markdown", "actionCard", "feedCard")),
)
# Where one answers, or where a part of a page comes from: not pages.
NO_PAGES = ("/simulator/robot/", "/simulator/elsewhere")
MEASURE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  const ends = (one) => one.getBoundingClientRect().right;
  const wide = Array.from(document.body.querySelectorAll("*")).filter((one) => ends(one) > room);
  return wide.slice(0, 3).map((one) => `${one.tagName}.${one.className} ends at ${ends(one)}`);
}"""
# Switched here and not by the system's setting, whose change reaches a page some time later; and without transitions,
# which would still run while the colours are read.
SWITCH_TO_DARK = """() => {
  const still = new CSSStyleSheet();
  still.replaceSync("*, ::before, ::after { transition: none !important; }");
  document.adoptedStyleSheets = [still];
  Object.assign(document.documentElement.dataset, { theme: "dark", bsTheme: "dark" });
}"""
# The headings of a message that is shown are the message's; an empty heading is not shown.
WORDS = """() => ({
  title: document.title,
  language: document.documentElement.lang,
  headings: Array.from(document.querySelectorAll("h1"))
    .filter((one) => one.innerText && !one.closest(".dt-chat")).length,
})"""
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")
VIOLATIONS = {"resultTypes": ["violations"]}
SERIOUS = ("serious", "critical")
SAME_WHEN_EMPTY = ("/admin/", "/accounts/")
WITHOUT_ROWS = [address.path({}) for address in every_address() if not address.parameters]


@pytest.fixture
def world(admin: User) -> World:
    return make_world(admin)


def pages(client: Client, paths: Iterable[str]) -> list[str]:
    """Those of the paths that a browser shows as a page."""
    return [path for path in paths if not path.startswith(NO_PAGES) and _is_page(client, path)]


def _is_page(client: Client, path: str) -> bool:
    response = client.get(path)
    return response.status_code == 200 and b"<!doctype html>" in response.content[:100].lower()


def every_page(client: Client, world: World) -> list[str]:
    number = world.rows["broadcasts/"].pk
    chosen = [f"/resend/?broadcast={number}", f"/decisions/?broadcast={number}"]
    return [*pages(client, (world.path(address) for address in every_address())), *VARIANTS, *chosen]


def too_wide(page: Page, size: dict[str, int]) -> list[str]:
    page.set_viewport_size(size)  # type: ignore[arg-type]
    return [f"{page.url} at {size['width']}: {found}" for found in page.evaluate(MEASURE)]


def not_accessible(page: Page, *, light: Sequence[str] = RULES) -> list[str]:
    """By the rules of WCAG 2.1 AA in the light theme; in the dark one only the colours differ."""
    page.evaluate(Axe().axe_script)
    wrong = _axe(page, "light", light)
    page.evaluate(SWITCH_TO_DARK)
    return wrong + _axe(page, "dark", ["color-contrast"])


def _axe(page: Page, theme: str, rules: Sequence[str]) -> list[str]:
    found = page.evaluate("(options) => axe.run(options)", {"runOnly": list(rules), "preload": False, **VIOLATIONS})
    return [
        f"{page.url} in {theme}: {violation['id']} {node['target']} {node['html'][:200]}"
        for violation in found["violations"]
        if violation["impact"] in SERIOUS
        for node in violation["nodes"][:3]
    ]


def misnamed(page: Page, language: str) -> list[str]:
    words = page.evaluate(WORDS)
    sound = words["title"] and words["headings"] == 1 and words["language"] == language
    return [] if sound else [f"{page.url}: {words}"]


def test_every_page_fits_can_be_read_out_and_has_enough_contrast(
    world: World, staff_client: Client, signed_in: SignedIn
) -> None:
    page = signed_in()
    wrong: list[str] = []
    for path in every_page(staff_client, world):
        page.set_viewport_size(DESKTOP)
        page.goto(path)
        wrong += misnamed(page, "en")
        if not path.startswith("/admin/"):
            wrong += not_accessible(page)
        wrong += too_wide(page, DESKTOP) + too_wide(page, PHONE)
    assert not wrong, "\n".join(wrong)


def test_every_page_of_ours_fits_a_phone_in_chinese_as_well(
    world: World, staff_client: Client, signed_in: SignedIn
) -> None:
    page = signed_in(locale="zh-CN", viewport=PHONE)
    wrong: list[str] = []
    for path in every_page(staff_client, world):
        if not path.startswith("/admin/"):
            page.goto(path)
            wrong += misnamed(page, "zh-hans") + too_wide(page, PHONE)
    assert not wrong, "\n".join(wrong)


def test_the_pages_of_a_draft_are_as_sound_with_all_that_may_stand_on_them(admin: User, signed_in: SignedIn) -> None:
    """Own words, mentions, blockers, the test group and the first group, which no fresh draft has."""
    draft = _full_draft(admin)
    page = signed_in()
    wrong: list[str] = []
    for path in ("", "dry-run/", "launch/", "versions/", "versions/1/"):
        page.set_viewport_size(DESKTOP)
        page.goto(f"/drafts/{draft.pk}/{path}")
        page.locator("details.fold").evaluate_all("folds => folds.forEach((fold) => { fold.open = true; })")
        wrong += not_accessible(page) + too_wide(page, DESKTOP) + too_wide(page, PHONE)
    assert not wrong, "\n".join(wrong)


def _full_draft(by: User) -> Draft:
    robots = [make_robot(f"Robot {place}", group_name=f"Group {place}") for place in range(3)]
    robots.append(make_robot("Strict", keywords=["Notice"], group_name="Strict group"))
    robots.append(make_robot("Closed", status="paused", paused_reason="by_person"))
    make_robot("Tester", for_tests=True)
    people = [make_recipient(f"Person {place}") for place in range(5)]
    own = Override("robot", robots[0].pk, "", "Other words for this group, `as code`.")
    snapshot = Snapshot(
        name="Fire drill",
        msgtype="markdown",
        content={
            "title": "Fire drill",
            "text": "Drill in {{ group }} at three, @[Person 0].\n\n![plan](http://a.example/a)",
        },
        robots=[robot.pk for robot in robots],
        mention_recipients=[person.pk for person in people],
        overrides=kept([own]),
    )
    draft = save_draft(draft=None, snapshot=snapshot, based_on=None, by=user_actor(by))
    later = replace(snapshot, name="Fire drill at four")
    return save_draft(draft=draft, snapshot=later, based_on=draft.version, by=user_actor(by))


def test_the_admin_has_enough_contrast_in_our_colours(admin: User, world: World, signed_in: SignedIn) -> None:
    """Its words and forms are Django's own; the colours are ours."""
    page = signed_in()
    wrong: list[str] = []
    user = f"/admin/auth/user/{admin.pk}/change/"
    for path in ("/admin/", "/admin/auth/user/", user, "/admin/robots/robot/"):
        page.goto(path)
        wrong += not_accessible(page, light=["color-contrast"])
    assert not wrong, "\n".join(wrong)


def test_the_pages_of_an_empty_installation_are_as_sound(
    admin: User, staff_client: Client, signed_in: SignedIn
) -> None:
    page = signed_in()
    wrong: list[str] = []
    for path in pages(staff_client, WITHOUT_ROWS):
        if not path.startswith(SAME_WHEN_EMPTY) and not path.endswith(("/add/", "/new/", "/import/")):
            page.goto(path)
            wrong += not_accessible(page) + too_wide(page, PHONE)
    assert not wrong, "\n".join(wrong)


def test_the_pages_for_what_is_forbidden_or_not_there_are_as_sound(
    admin: User, signed_in: SignedIn, complaints: Complaints
) -> None:
    wrong: list[str] = []
    for page, path, status in (
        (signed_in(), "/no-such-page/", 404),
        (signed_in(make_user("powerless")), "/robots/", 403),
    ):
        page.goto(path)
        complaints.expect(f"status {status}")
        complaints.expect("Failed to load resource")
        wrong += misnamed(page, "en") + not_accessible(page) + too_wide(page, PHONE)
    assert not wrong, "\n".join(wrong)


def test_the_pages_for_strangers_are_as_sound(open_browser: OpenBrowser) -> None:
    found = pages(Client(), WITHOUT_ROWS)
    assert "/accounts/login/" in found
    page = open_browser().new_page()
    wrong: list[str] = []
    for path in found:
        page.goto(path)
        wrong += misnamed(page, "en") + not_accessible(page) + too_wide(page, PHONE)
    assert not wrong, "\n".join(wrong)
