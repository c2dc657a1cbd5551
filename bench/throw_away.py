"""A home of its own for what is measured, gone when the process ends. To import it is to set Django up on it."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Final

import django

OURS: Final = ("DINGADMIN_", "DINGTALK_", "DATABASE_URL", "REDIS_URL", "DJANGO_")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


HOME: Final = Path(tempfile.mkdtemp(prefix="dingadmin-bench-"))
PORT: Final = _free_port()
# Takes DingTalk's place: nothing that is measured leaves this machine.
ENDPOINT_PORT: Final = _free_port()

atexit.register(shutil.rmtree, HOME, ignore_errors=True)
for name in [name for name in os.environ if name.startswith(OURS)]:
    del os.environ[name]
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "dingadmin.settings",
    "DINGADMIN_HOME": str(HOME),
    "DINGADMIN_PORT": str(PORT),
    "DINGADMIN_SIMULATOR": "1",
    "DINGTALK_BASE_URL": f"http://127.0.0.1:{ENDPOINT_PORT}",
}
django.setup()
