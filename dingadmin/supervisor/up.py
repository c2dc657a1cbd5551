"""The order of a start: what could refuse it comes first, and touches nothing."""

from __future__ import annotations

import os
import sys
from typing import Final

from django.conf import settings
from django.core import checks
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from dingadmin.checks import TAG
from dingadmin.preparation import Administrator, demo_is_due, mark_demo, prepare
from dingadmin.static_files import collect_static
from dingadmin.supervisor import embedded_redis, programs
from dingadmin.supervisor.errors import StartRefusedError
from dingadmin.supervisor.first_page import answers, reachable_host
from dingadmin.supervisor.locks import check_port, hold_home
from dingadmin.supervisor.output import Output
from dingadmin.supervisor.stack import Stack, Stop, listening_for_signals

# No new work comes in first; then the worker ends its calls, for which it needs Redis.
STOP_ORDER: Final = (("web", "beat"), ("worker",), ("redis",))


def run(*, host: str, port: int, output: Output) -> None:
    """Run the stack until a signal ends it. StartRefusedError when it cannot start."""
    os.umask(0o077)  # whatever this process and its children write is for their owner alone
    with hold_home(settings.HOME), listening_for_signals() as stop:
        check_port(host, port)
        if demo_is_due():
            mark_demo()
            _start_over()
        _tell_children(port)
        stack = Stack(output, stop)
        welcome = Welcome(host, port, output)
        try:
            _bring_up(stack, stop, welcome)
            stack.watch(welcome.when_ready)
        finally:
            welcome.say_password()
            stack.shut_down(STOP_ORDER)


class Welcome:
    """The three lines that others read: where it is and, once only, who may sign in."""

    def __init__(self, host: str, port: int, output: Output) -> None:
        self.host, self.port = host, port
        self._output = output
        self._ready = False
        self._administrator: Administrator | None = None

    def introduce(self, administrator: Administrator | None) -> None:
        self._administrator = administrator

    def when_ready(self) -> None:
        host = reachable_host(self.host)
        if self._ready or not answers(host, self.port, resolve_url(settings.LOGIN_URL)):
            return
        self._ready = True
        self._output.say(f"Address: http://{programs.bracketed(host)}:{self.port}/")
        self.say_password()

    def say_password(self) -> None:
        """Also when the start broke off after the account was made: nobody could tell the password later."""
        if self._administrator is not None:
            self._output.say(f"User: {self._administrator.name}")
            self._output.say(f"Password: {self._administrator.password}")
            self._administrator = None


def _bring_up(stack: Stack, stop: Stop, welcome: Welcome) -> None:
    if settings.REDIS_EMBEDDED:
        embedded_redis.prepare_socket_directory(settings.HOME)
        server = stack.start(embedded_redis.embedded_redis(settings.HOME))
        embedded_redis.wait_until_ready(server, settings.REDIS_URL)
    _refuse_mistakes()
    welcome.introduce(prepare())
    collect_static()
    if not stop:
        for program in (programs.web(welcome.host, welcome.port), programs.worker(), programs.beat()):
            stack.start(program)


def _start_over() -> None:
    """The settings were read before the demo was decided on: read them again, in the same process."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606


def _tell_children(port: int) -> None:
    os.environ["DINGADMIN_PORT"] = str(port)
    os.environ["DINGADMIN_HOME"] = str(settings.HOME.path)
    os.environ["PYTHONUNBUFFERED"] = "1"


def _refuse_mistakes() -> None:
    found = checks.run_checks(tags=[TAG], include_deployment_checks=True)
    for message in found:
        print(message, file=sys.stderr)  # noqa: T201
    if any(message.is_serious() for message in found):
        raise StartRefusedError(_("DingAdmin does not start with these mistakes in its settings."))
