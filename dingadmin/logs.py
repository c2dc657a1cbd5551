"""How every process of ours logs: one line each to standard error, in the installation's zone, without secrets."""

from __future__ import annotations

import logging
from typing import Any, Final


class OneLineErrors(logging.Filter):
    """The error without its traceback: beat would write sixty lines a second while the broker is away."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[1] is not None:
            record.msg, record.args, record.exc_info = str(record.exc_info[1]), None, None
        return True


CONFIG: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "redact": {"()": "dingadmin.redaction.RedactSecrets"},
        "one_line": {"()": "dingadmin.logs.OneLineErrors"},
    },
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["redact"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # A tick every second: each would be two lines that say nothing.
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING", "filters": ["one_line"]},
        # Theirs would write past the filter.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        "gunicorn.error": {"handlers": [], "level": "INFO", "propagate": True},
        "gunicorn.access": {"handlers": [], "level": "INFO", "propagate": True},
    },
}
