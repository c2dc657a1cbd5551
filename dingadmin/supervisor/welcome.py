"""The three lines that people and scripts read: where it is and, once only, who may sign in."""

from __future__ import annotations

import time
from typing import Final

from dingadmin.preparation import Administrator
from dingadmin.supervisor.first_page import answers, reachable_host
from dingadmin.supervisor.output import Output
from dingadmin.supervisor.programs import bracketed

LONGEST_INTERVAL_SECONDS: Final = 2.0


class Welcome:
    def __init__(self, output: Output, *, host: str, port: int, path: str) -> None:
        """`path` is the page that must answer before anybody is told to come."""
        self._output = output
        self._host, self._port, self._path = reachable_host(host), port, path
        self._ready = False
        self._interval = 0.1  # seconds to the next look, longer every time
        self._next_look = 0.0
        self._administrator: Administrator | None = None

    def introduce(self, administrator: Administrator | None) -> None:
        self._administrator = administrator

    def when_ready(self) -> None:
        now = time.monotonic()
        if self._ready or now < self._next_look:
            return
        self._next_look, self._interval = now + self._interval, min(self._interval * 1.2, LONGEST_INTERVAL_SECONDS)
        self._ready = answers(self._host, self._port, self._path)
        if self._ready:
            address = f"Address: http://{bracketed(self._host)}:{self._port}/"
            self._output.say("\n".join([address, *self._password_lines()]))

    def before_the_end(self) -> None:
        """When the start broke off after the account was made: nobody could tell the password later."""
        for line in self._password_lines():
            self._output.say(line)

    def _password_lines(self) -> list[str]:
        administrator, self._administrator = self._administrator, None
        return [f"User: {administrator.name}", f"Password: {administrator.password}"] if administrator else []
