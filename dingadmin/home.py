"""The files of the embedded mode: what `var/` holds, and where."""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from collections.abc import Callable
from contextlib import suppress
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
        if not path.exists():
            _write_once(path, make())
        return path.read_text(encoding="ascii").strip()


def new_secret_key() -> str:
    return secrets.token_urlsafe(48)


def new_encryption_key() -> str:
    return Fernet.generate_key().decode("ascii")


def _write_once(path: Path, text: str) -> None:
    """The file appears whole or not at all, and the first of two writers wins."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mode 0600
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
    try:
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        os.unlink(draft)
