"""The files of the embedded mode: what `var/` holds, and where."""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

# The kernel keeps 108 bytes for a unix socket's path, the closing NUL included.
MAX_SOCKET_PATH_BYTES = 107


@dataclass(frozen=True, slots=True)
class Home:
    path: Path

    @property
    def database(self) -> Path:
        return self.path / "dingadmin.sqlite3"

    @property
    def simulator_database(self) -> Path:
        return self.path / "simulator.sqlite3"

    @property
    def demo_marker(self) -> Path:
        """Stands while the demo data of a fresh start has not been removed."""
        return self.path / "demo"

    @property
    def lock(self) -> Path:
        return self.path / "up.lock"

    @property
    def redis_socket(self) -> Path:
        """The embedded Redis's socket: in the home, or in a short private directory when that path is too long."""
        socket = self.path / "redis.sock"
        if len(os.fsencode(socket)) <= MAX_SOCKET_PATH_BYTES:
            return socket
        name = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"dingadmin-{os.getuid()}-{name}" / "redis.sock"

    def key(self, name: str, make: Callable[[], str]) -> str:
        """Read the key file, or write a new one that only its owner may read. Safe when two processes race."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.path / name
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return _read_written(path)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(make())
        return _read_written(path)


def new_secret_key() -> str:
    return secrets.token_urlsafe(48)


def new_encryption_key() -> str:
    return Fernet.generate_key().decode("ascii")


def _read_written(path: Path) -> str:
    return path.read_text(encoding="ascii").strip()
