from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from dingadmin.env import Environment


def env(**variables: str) -> Environment:
    return Environment(variables)


def test_a_value_comes_without_the_white_space_around_it() -> None:
    assert env(NAME="  value\n").text("NAME") == "value"


def test_an_empty_value_counts_as_not_set() -> None:
    assert env(NAME=" ").text("NAME", "default") == "default"
    assert env(NAME="").flag("NAME", default=True) is True
    assert env(NAME="").whole("NAME", 7, least=1, most=9) == 7


def test_a_value_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from a file\n", encoding="utf-8")

    assert env(NAME_FILE=str(tmp_path / "secret")).text("NAME") == "from a file"


def test_a_value_wins_over_a_file(tmp_path: Path) -> None:
    assert env(NAME="direct", NAME_FILE=str(tmp_path / "missing")).text("NAME") == "direct"


def test_a_file_that_cannot_be_read_stops_the_start_and_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"NAME_FILE cannot be read: No such file"):
        env(NAME_FILE=str(tmp_path / "missing")).text("NAME")


@pytest.mark.parametrize("word", ["1", "true", "YES", "On"])
def test_a_yes_is_read(word: str) -> None:
    assert env(NAME=word).flag("NAME") is True


@pytest.mark.parametrize("word", ["0", "false", "NO", "Off"])
def test_a_no_is_read(word: str) -> None:
    assert env(NAME=word).flag("NAME") is False


def test_an_unset_flag_is_neither() -> None:
    assert env().flag("NAME") is None


def test_words_are_separated_by_commas_or_white_space() -> None:
    assert env(NAME="one, two\nthree").words("NAME") == ["one", "two", "three"]


def test_an_address_loses_the_slash_at_its_end() -> None:
    assert env(NAME="https://example.com/simulator/").base_url("NAME", "") == "https://example.com/simulator"
    assert env().base_url("NAME", "") == ""


def test_a_proxy_may_have_a_password() -> None:
    url = "http://user:not-real@proxy.example.com:3128"

    assert env(NAME=url).base_url("NAME", "", password=True) == url


def test_a_zone_is_read() -> None:
    assert env(NAME="Europe/Berlin").zone("NAME", "Asia/Shanghai") == "Europe/Berlin"
    assert env().zone("NAME", "Asia/Shanghai") == "Asia/Shanghai"


@pytest.mark.parametrize("value", ["maybe", "2", "ja"])
def test_an_odd_flag_stops_the_start(value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="NAME must be 1 or 0"):
        env(NAME=value).flag("NAME")


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        pytest.param("many", "NAME must be a number", id="a word"),
        pytest.param("0", "NAME must lie between 1 and 20", id="too small"),
        pytest.param("21", "NAME must lie between 1 and 20", id="too large"),
        pytest.param("nan", "NAME must lie between 1 and 20", id="not a number"),
        pytest.param("1.5", "NAME must be a whole number", id="a fraction"),
    ],
)
def test_an_odd_number_stops_the_start(value: str, sentence: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=sentence):
        env(NAME=value).whole("NAME", 18, least=1, most=20)


@pytest.mark.parametrize(
    "value",
    ["oapi.dingtalk.com", "ftp://example.com", "https://", "https://example.com/?x=1", "https://user@example.com"],
)
def test_an_odd_address_stops_the_start(value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="NAME must be an address"):
        env(NAME=value).base_url("NAME", "")


@pytest.mark.parametrize("value", ["Shanghai", "Asia", "../../etc/passwd", "UTC+8"])
def test_an_odd_zone_stops_the_start(value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="NAME must be a time zone such as"):
        env(NAME=value).zone("NAME", "Asia/Shanghai")


def test_no_error_repeats_the_value() -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        env(NAME="https://user:a-password@example.com").base_url("NAME", "")

    assert "a-password" not in str(caught.value)
