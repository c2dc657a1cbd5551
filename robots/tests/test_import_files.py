"""What an uploaded file may be: encodings, separators, headers, quoted cells, and the lines of its mistakes."""

from __future__ import annotations

import codecs

import pytest
from django.utils import translation

from robots.imports.decoding import decode
from robots.imports.mistakes import ImportRefused
from robots.imports.recipients import COLUMNS
from robots.imports.robots import COLUMNS as ROBOT_COLUMNS
from robots.imports.tables import read_rows
from robots.imports.templates import csv_bytes, recipients_template, robots_template

TEXT = "姓名,手机号\n张三,13800001234\n李四🎉,13900001234\n"


@pytest.fixture(autouse=True)
def _in_english() -> object:
    with translation.override("en"):
        yield


def mistakes_of(data: bytes) -> list[tuple[int, str, str]]:
    with pytest.raises(ImportRefused) as caught:
        read_rows(decode(data), COLUMNS)
    return [(mistake.line, mistake.column, mistake.text) for mistake in caught.value.mistakes]


def cells_of(text: str) -> list[tuple[int, dict[str, str]]]:
    return [(row.line, dict(row.cells)) for row in read_rows(text, COLUMNS)]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(TEXT.encode(), id="UTF-8"),
        pytest.param(codecs.BOM_UTF8 + TEXT.encode(), id="UTF-8 with a BOM"),
        pytest.param(TEXT.encode("gb18030"), id="GB18030"),
        pytest.param(TEXT.encode("utf-16"), id="UTF-16"),
        pytest.param(codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), id="UTF-16, big end first"),
    ],
)
def test_every_usual_encoding_is_read(data: bytes) -> None:
    assert decode(data) == TEXT


def test_a_single_gb18030_line_among_utf8_is_named() -> None:
    data = TEXT.encode() + "王五,13700001234\n".encode("gb18030")
    ((line, _column, text),) = mistakes_of(data)
    assert line == 4
    assert "not UTF-8 like the rest" in text


def test_a_gb18030_line_under_a_utf8_bom_is_named() -> None:
    data = codecs.BOM_UTF8 + b"name,mobile\n" + "王五,13700001234\n".encode("gb18030")
    assert [mistake[0] for mistake in mistakes_of(data)] == [2]


def test_a_single_utf8_line_among_gb18030_is_named() -> None:
    data = TEXT.encode("gb18030") + "王五五,13700001234\n".encode()
    ((line, _column, text),) = mistakes_of(data)
    assert line == 4
    assert "is UTF-8, the rest" in text


def test_bytes_of_no_encoding_are_named() -> None:
    ((line, _column, text),) = mistakes_of(b"name,mobile\nok,13800001234\n\xff\xff,13900001234\n")
    assert line == 3
    assert "neither UTF-8 nor GB18030" in text


@pytest.mark.parametrize(
    ("data", "line", "said"),
    [
        pytest.param(b"PK\x03\x04rest", 1, "spreadsheet file", id="xlsx"),
        pytest.param(b"\xd0\xcf\x11\xe0rest", 1, "spreadsheet file", id="xls"),
        pytest.param("name\na\n".encode("utf-16-le"), 1, "zero byte", id="UTF-16 without a BOM"),
        pytest.param("name\nx\0\n".encode("utf-16"), 2, "zero byte", id="UTF-16 with a zero"),
        pytest.param(TEXT.encode("utf-16")[:-1], 3, "middle of a character", id="UTF-16, cut"),
        pytest.param(b"", 1, "name the columns", id="empty"),
        pytest.param(b"\n\n  \n", 1, "name the columns", id="blank lines only"),
        pytest.param(b"\n\nname,mobile\n", 3, "no rows below", id="nothing below the header"),
        pytest.param(b"a,b\nc,d\n", 1, "name the columns", id="no header"),
        pytest.param(b"name,shoe size\nx,38\n", 1, "not known", id="an unknown column"),
        pytest.param("name,姓名\nx,y\n".encode(), 1, "more than once", id="a column twice"),
        pytest.param(b"mobile\n13800001234\n", 1, "missing", id="a needed column missing"),
        pytest.param(b"name,mobile\nx,138,00001234\n", 2, "more cells than columns", id="an unquoted separator"),
        pytest.param(b"name,,mobile\nx,y,13800001234\n", 2, "more cells than columns", id="a column without a name"),
        pytest.param(b'name,mobile\nok,1\n"x,13800001234\ny,2\n', 3, "quotation mark", id="a quote never closed"),
        pytest.param(b'name,mobile\n"x"y,13800001234\n', 2, "quotation mark", id="a quote in the middle"),
    ],
)
def test_a_file_that_cannot_be_read_is_explained(data: bytes, line: int, said: str) -> None:
    ((told, _column, text),) = mistakes_of(data)
    assert told == line
    assert said in text


def test_a_header_that_holds_secrets_is_not_quoted() -> None:
    secret = "SECtest-not-real-" + "0" * 40
    for header in (f"x,{secret}", f"name,{secret}"):
        assert secret not in str(mistakes_of(f"{header}\nx,y\n".encode()))


@pytest.mark.parametrize("separator", [",", ";", "\t", "，"])
def test_the_separator_is_taken_from_the_header(separator: str) -> None:
    text = f"name{separator}mobile\n张三{separator}13800001234\n"
    assert cells_of(text) == [(2, {"name": "张三", "mobile": "13800001234"})]


def test_excels_separator_line_is_understood() -> None:
    assert cells_of("sep=;\r\nname;mobile\r\nx;1\r\n") == [(3, {"name": "x", "mobile": "1"})]


@pytest.mark.parametrize(
    "header", ["name,mobile", " NAME , Mobile ", "姓名,手机号", "Name*,手机号码", "ｎａｍｅ,手机"], ids=str
)
def test_headers_are_known_by_many_words(header: str) -> None:
    assert cells_of(f"{header}\nx,1\n") == [(2, {"name": "x", "mobile": "1"})]


def test_robot_headers_are_known_in_chinese() -> None:
    row = read_rows("名称,Webhook,加签密钥,关键词,IP段,标签,群名称\na,b,c,d,e,f,g\n", ROBOT_COLUMNS)[0]
    assert dict(row.cells) == {
        "name": "a",
        "webhook": "b",
        "secret": "c",
        "keywords": "d",
        "ip_ranges": "e",
        "tags": "f",
        "group": "g",
    }


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    text = 'name,lists\r\n"two\r\nlines",a\r\n\r\nafter,b\r\n"three\n\nlines",c\nlast,d'
    assert [line for line, _cells in cells_of(text)] == [2, 5, 6, 9]


def test_short_rows_leave_the_rest_empty_and_blank_rows_do_not_count() -> None:
    rows = read_rows("name,mobile\nx\n,\n  ,  \ny,2\n", COLUMNS)
    assert [(row.line, row["name"], row["mobile"]) for row in rows] == [(2, "x", ""), (5, "y", "2")]


def test_cells_hold_several_values() -> None:
    (row,) = read_rows('name,lists\nx,"a; b；c;;\nd"\n', COLUMNS)
    assert row.several("lists") == ["a", "b", "c", "d"]


def test_what_a_spreadsheet_could_run_is_escaped_on_the_way_out_and_read_back() -> None:
    data = csv_bytes([["name", "mobile"], ["=1+1", "+852-91234567"], ["@x", "-1"]])
    assert data.startswith(codecs.BOM_UTF8)
    assert "'=1+1,'+852-91234567" in data.decode()
    rows = read_rows(decode(data), COLUMNS)
    assert [(row["name"], row["mobile"]) for row in rows] == [("=1+1", "+852-91234567"), ("@x", "-1")]


def test_templates_are_read_by_their_own_importers() -> None:
    assert set(read_rows(decode(robots_template()), ROBOT_COLUMNS)[0].cells) == set(ROBOT_COLUMNS.names)
    assert set(read_rows(decode(recipients_template()), COLUMNS)[0].cells) == set(COLUMNS.names)
