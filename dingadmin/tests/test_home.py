from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cryptography.fernet import Fernet

from dingadmin.home import MAX_SOCKET_PATH_BYTES, Home, new_encryption_key, new_secret_key


def test_a_key_is_made_once_and_read_ever_after(tmp_path: Path) -> None:
    home = Home(tmp_path / "var")

    first = home.key("secret_key", new_secret_key)

    assert len(first) >= 50
    assert home.key("secret_key", new_secret_key) == first


def test_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "deep" / "var")

    home.key("secret_key", new_secret_key)

    assert home.path.stat().st_mode & 0o777 == 0o700
    assert (home.path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_an_encryption_key_is_one_that_fernet_takes() -> None:
    assert Fernet(new_encryption_key())


def test_processes_that_race_for_a_key_agree(tmp_path: Path) -> None:
    home = Home(tmp_path / "var")

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _number: home.key("secret_key", new_secret_key), range(50)))

    assert len(keys) == 1
    assert "" not in keys


def test_the_socket_stands_in_the_home() -> None:
    assert Home(Path("/var/lib/dingadmin")).redis_socket == Path("/var/lib/dingadmin/redis.sock")


def test_the_socket_of_a_long_path_stands_in_a_short_folder_of_its_own() -> None:
    long_path = Path("/home") / ("机" * 40)
    other = Path("/home") / ("器" * 40)

    socket = Home(long_path).redis_socket

    assert len(os.fsencode(socket)) <= MAX_SOCKET_PATH_BYTES
    assert socket == Home(long_path).redis_socket
    assert socket != Home(other).redis_socket


def test_a_path_that_just_fits_is_used() -> None:
    name = "x" * (MAX_SOCKET_PATH_BYTES - len("//redis.sock"))

    assert Home(Path("/") / name).redis_socket == Path("/") / name / "redis.sock"
    assert Home(Path("/") / f"{name}x").redis_socket.parent != Path("/") / f"{name}x"
