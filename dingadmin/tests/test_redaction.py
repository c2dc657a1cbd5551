from __future__ import annotations

import logging
import logging.config
from collections.abc import Iterator
from io import StringIO

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger

from dingadmin import gunicorn as web_settings
from dingadmin import logs
from dingadmin.celery import app
from dingadmin.redaction import RedactSecrets, redact

TOKEN = "f" * 60 + "0001"
SECRET = "SEC" + "0" * 60 + "0002"


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """What the console would show: our own handler, writing to memory."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(RedactSecrets())
    logger = logging.getLogger("tests.redaction")
    logger.addHandler(handler)
    yield written
    logger.removeHandler(handler)


@pytest.mark.parametrize(
    "text",
    [
        f"https://oapi.dingtalk.com/robot/send?access_token={TOKEN}&timestamp=1",
        f"https%3A//oapi.dingtalk.com/robot/send?access_token%3D{TOKEN}",
        f"{{'access_token': '{TOKEN}'}}",
        f'{{"access_token": "{TOKEN}"}}',
        f"ACCESS_TOKEN={TOKEN}",
        f"the token {TOKEN} was refused",
        f"{TOKEN.upper()}",
        f"the secret {SECRET}",
        "/robot/send?timestamp=1&sign=0001%2Fnot-real%3D",
        "postgres://dingadmin:not-real@db:5432/dingadmin",
        "redis://:not-real@redis:6379/0",
    ],
)
def test_no_secret_comes_through(text: str) -> None:
    shown = redact(text)

    assert "***" in shown
    for secret in (TOKEN, TOKEN.upper(), SECRET, "0001%2Fnot-real", "not-real"):
        assert secret not in shown


@pytest.mark.parametrize(
    "text",
    [
        "delivery 12 of run 3: 310000 keywords not in content",
        "http://127.0.0.1:8000/robots/4/",
        "SECOND try",
        "12:30:05 worker@host: design=flat",
    ],
)
def test_everything_else_stays_readable(text: str) -> None:
    assert redact(text) == text


def test_arguments_are_redacted(lines: StringIO) -> None:
    logging.getLogger("tests.redaction").warning("called %s", f"/robot/send?access_token={TOKEN}")

    assert lines.getvalue() == "called /robot/send?access_token=***\n"


def test_a_traceback_is_redacted(lines: StringIO) -> None:
    try:
        raise ValueError(f"/robot/send?access_token={TOKEN}")
    except ValueError:
        logging.getLogger("tests.redaction").exception("broken", stack_info=True)

    assert "ValueError: /robot/send?access_token=***" in lines.getvalue()
    assert TOKEN not in lines.getvalue()


def test_arguments_that_do_not_fit_are_left_out(lines: StringIO) -> None:
    logging.getLogger("tests.redaction").warning("no place for it", TOKEN)

    assert lines.getvalue() == "no place for it\n"


def test_every_handler_of_ours_has_the_filter() -> None:
    assert all("redact" in handler["filters"] for handler in logs.CONFIG["handlers"].values())
    assert all(logger.get("handlers", []) == [] for logger in logs.CONFIG["loggers"].values())


def test_a_broker_that_is_away_costs_beat_one_line_a_second(lines: StringIO) -> None:
    logger = logging.getLogger("tests.redaction")
    logger.addFilter(only_one_line := logs.OneLineErrors())
    try:
        raise ConnectionError("Couldn't apply scheduled task tick: redis://:not-real@redis:6379/0")
    except ConnectionError:
        logger.exception("Message Error: %s", "a stack")
    finally:
        logger.removeFilter(only_one_line)

    assert lines.getvalue() == "Couldn't apply scheduled task tick: redis://:***@redis:6379/0\n"


def test_celery_adds_no_handler_of_its_own() -> None:
    before = list(logging.getLogger().handlers)

    app.log.setup_logging_subsystem(loglevel="INFO")

    assert logging.getLogger().handlers == before
    assert all(isinstance(handler, logging.NullHandler) for handler in logging.getLogger("celery").handlers)


def test_gunicorn_writes_through_our_handler_alone() -> None:
    config = Config()
    config.set("logconfig_dict", web_settings.logconfig_dict)
    config.set("accesslog", web_settings.accesslog)
    root = logging.getLogger()
    before = list(root.handlers)
    try:
        gunicorn_logger = Logger(config)
    finally:
        root.handlers[:] = before

    assert gunicorn_logger.error_log.handlers == []
    assert gunicorn_logger.access_log.handlers == []


def test_the_access_log_leaves_out_the_query() -> None:
    assert "%(U)s" in web_settings.access_log_format
    assert not {"%(q)s", "%(r)s", "%(f)s"} & set(web_settings.access_log_format.replace('"', " ").split())
