"""Whatever a browser finds wrong with a page: errors in the console, policies broken, files that are not there."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response

# Chromium puts most broken policies into the console by itself, but not all of them.
_SAY_BROKEN_POLICIES = """
addEventListener("securitypolicyviolation", (event) =>
  console.error("policy broken:", event.violatedDirective, event.blockedURI, event.sourceFile, event.lineNumber));
"""
# htmx complains of requests that the next page cuts off; what the server refused is seen by its status.
_CUT_OFF = ("htmx:afterRequest", "htmx:sendError", "htmx:sendAbort")
# What the page asked for itself, unlike pictures that a message may take from anywhere.
_OURS = ("document", "stylesheet", "script", "font", "xhr", "fetch")


@dataclass
class Complaints:
    all: list[str] = field(default_factory=list)

    def listen_to(self, context: BrowserContext) -> None:
        context.add_init_script(_SAY_BROKEN_POLICIES)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.all.append(f"uncaught: {error.error}"))
        context.on("response", self._response)
        context.on("request", self._request)

    def expect(self, part: str) -> None:
        """Take out what the test wanted to see; it must be there."""
        found = [complaint for complaint in self.all if part in complaint]
        assert found, f"{part!r} is not among {self.all}"
        self.all = [complaint for complaint in self.all if part not in complaint]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_CUT_OFF):
            self.all.append(f"{message.type}: {message.text} ({message.page.url if message.page else ''})")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.all.append(f"status {response.status}: {response.url}")

    def _request(self, request: Request) -> None:
        if request.resource_type in _OURS and urlsplit(request.url).hostname not in ("127.0.0.1", "localhost"):
            self.all.append(f"another host was asked: {request.url}")
