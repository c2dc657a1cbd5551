"""Keys pressed in a real browser, and how long until the preview has drawn what they typed."""

from __future__ import annotations

from typing import Final
from urllib.parse import urljoin

from django.conf import settings

try:
    from playwright.sync_api import Page, sync_playwright

    from tests.browser.chromium import find_chromium

    HAS_PLAYWRIGHT = True
except ImportError:  # they come with the development packages
    HAS_PLAYWRIGHT = False

WARMING_UP: Final = 5
BETWEEN_MS: Final = 40
_WATCH: Final = """() => {
    let pressed = 0;
    window.answers = [];
    document.addEventListener("input", () => { pressed = performance.now(); }, true);
    new MutationObserver(() => requestAnimationFrame(() => {
        if (pressed) { window.answers.push(performance.now() - pressed); pressed = 0; }
    })).observe(document.getElementById("preview-body"), { childList: true });
}"""


def in_browser(address: str, session: str, *, keystrokes: int) -> list[float]:
    """Milliseconds of each; none where there is no browser."""
    chromium = find_chromium() if HAS_PLAYWRIGHT else None
    if chromium is None:
        return []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": urljoin(address, "/")}])
        page = context.new_page()
        page.goto(address)
        answers = _typed(page, keystrokes)
        browser.close()
    return answers


def _typed(page: Page, keystrokes: int) -> list[float]:
    page.evaluate(_WATCH)
    page.locator("#id_text").focus()
    page.keyboard.press("Control+End")
    for number in range(WARMING_UP + keystrokes):
        page.keyboard.press("x")
        page.wait_for_function("count => window.answers.length >= count", arg=number + 1)
        page.wait_for_timeout(BETWEEN_MS)
    answers: list[float] = page.evaluate("() => window.answers")
    return answers[WARMING_UP:]
