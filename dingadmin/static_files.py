"""Collects static files, and only when one of them changed: a second start has no time for it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

STAMP: Final = "static.stamp"


def collect_static() -> bool:
    """True when they were collected, False when nothing had changed since."""
    stamp = Path(settings.HOME.path) / STAMP
    state = _state_of_sources()
    if stamp.exists() and stamp.read_text(encoding="ascii") == state and Path(settings.STATIC_ROOT).is_dir():
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0, skip_checks=True)
    stamp.write_text(state, encoding="ascii")
    return True


def _state_of_sources() -> str:
    """A hash over the path, size and time of every source file."""
    digest = hashlib.sha256(str(settings.STATIC_ROOT).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
