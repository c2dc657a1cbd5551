"""A real Chromium, and behind it the product on a socket of its own.

The browser is English unless a test says otherwise. Whatever the browser complains about fails the test.
"""

from __future__ import annotations

import contextlib
import functools
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.chromium import require_chromium
from tests.browser.complaints import Complaints
from tests.browser.sending import Sending
from tests.factories import make_user

SWITCHES = (
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
# Longer than Playwright's 5 s: the machine may be busy with other tests.
PATIENCE_MS = 20_000

OpenBrowser = Callable[..., BrowserContext]
SignedIn = Callable[..., Page]


@pytest.fixture(scope="session")
def base_url() -> None:
    """Each test's server has its own; and the plugin that this replaces uses what pytest warns of."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": str(require_chromium()), "args": list(SWITCHES)}


@pytest.fixture(autouse=True, scope="session")
def _patience() -> None:
    expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "locale": "en-US",
        "viewport": {"width": 1280, "height": 800},
    }


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """What any browser of the test complained about; a test that expects something takes it out."""
    complaints = Complaints()
    yield complaints
    assert complaints.all == []


@pytest.fixture
def site(simulator: str, live_server: Any) -> str:
    """The product's address; its simulator is called at the same one."""
    return str(live_server.url)


@pytest.fixture
def new_browser(
    complaints: Complaints, browser: Browser, browser_context_args: dict[str, Any]
) -> Iterator[OpenBrowser]:
    """Makes a browser of its own, with its own cookies; takes Playwright's options."""
    with contextlib.ExitStack() as stack:

        def opened(**options: Any) -> BrowserContext:
            context = browser.new_context(**{**browser_context_args, **options})
            stack.callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            complaints.listen_to(context)
            return context

        yield opened
    _wait_for_last_words()


@pytest.fixture
def open_browser(site: str, new_browser: OpenBrowser) -> OpenBrowser:
    """The same, on the tests' own server."""
    return functools.partial(new_browser, base_url=site)


@pytest.fixture
def signed_in(open_browser: OpenBrowser, site: str) -> SignedIn:
    """Makes a page in a browser of its own that is signed in as the user, an administrator made here by default."""

    def page(user: User | None = None, **options: Any) -> Page:
        context = open_browser(**options)
        user = user or User.objects.filter(username="admin").first() or make_user("admin", superuser=True)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(user), "url": site}])
        return context.new_page()

    return page


@pytest.fixture
def sending(site: str) -> Iterator[Sending]:
    """The tick and the pump, running beside the test as worker and beat do."""
    with Sending() as running:
        yield running


def _wait_for_last_words() -> None:
    """A page that is closed saves what was typed: its call must not meet the emptying of the tables."""
    ends_at = time.monotonic() + 10
    time.sleep(0.1)  # it leaves the browser after the page
    while any("process_request_thread" in thread.name for thread in threading.enumerate()):
        if time.monotonic() > ends_at:
            return
        time.sleep(0.02)


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return str(client.session.session_key)
