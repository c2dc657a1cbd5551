"""The order of a start: what could refuse it comes first, and touches nothing."""

from __future__ import annotations

import os
import sys
from typing import Final

from django.conf import settings
from django.core.management.base import BaseCommand
from django.shortcuts import resolve_url

from dingadmin.checks import TAG
from dingadmin.preparation import demo_is_due, mark_demo, prepare
from dingadmin.static_files import collect_static
from dingadmin.supervisor import embedded_redis, programs
from dingadmin.supervisor.locks import check_port, hold_home
from dingadmin.supervisor.output import Output
from dingadmin.supervisor.stack import Stack, listening_for_signals
from dingadmin.supervisor.welcome import Welcome

# No new work comes in first; then the worker ends its calls, for which it needs Redis.
STOP_ORDER: Final = (("web", "beat"), ("worker",), ("redis",))


def run(*, host: str, port: int, output: Output) -> None:
    """Run the stack until a signal ends it. StartRefusedError or SystemCheckError when it cannot start."""
    os.umask(0o077)  # whatever this process and its children write is for their owner alone
    with hold_home(settings.HOME), listening_for_signals() as stop:
        check_port(host, port)
        if demo_is_due():
            mark_demo()
            _start_over()
        _tell_children(port)
        stack = Stack(output, stop)
        welcome = Welcome(output, host=host, port=port, path=resolve_url(settings.LOGIN_URL))
        try:
            _start_redis(stack)
            BaseCommand().check(tags=[TAG], include_deployment_checks=True)
            welcome.introduce(prepare())
            collect_static()
            stack.start_all(programs.web(host, port), programs.worker(), programs.beat())
            stack.watch(welcome.when_ready)
        finally:
            welcome.before_the_end()
            stack.shut_down(STOP_ORDER)


def _start_redis(stack: Stack) -> None:
    if settings.REDIS_EMBEDDED:
        embedded_redis.prepare_socket_directory(settings.HOME)
        server = stack.start(embedded_redis.embedded_redis(settings.HOME))
        embedded_redis.wait_until_ready(server, settings.REDIS_URL)


def _start_over() -> None:
    """The settings were read before the demo was decided on: read them again, in the same process."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606


def _tell_children(port: int) -> None:
    os.environ["DINGADMIN_PORT"] = str(port)
    os.environ["DINGADMIN_HOME"] = str(settings.HOME.path)
    os.environ["PYTHONUNBUFFERED"] = "1"
