"""What can be read as a body, and why something else cannot."""

from __future__ import annotations

import pytest

from simulator.diagnoses import Diagnosis
from simulator.verdicts import bodies


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", Diagnosis.BODY_EMPTY),
        (b"  \n", Diagnosis.BODY_EMPTY),
        (b'{"msgtype":"text",}', Diagnosis.BODY_NOT_JSON),
        (b'{"text":{"content":"C:\\Data"}}', Diagnosis.BODY_NOT_JSON),
        (b'{"text":{"content":"a\nb"}}', Diagnosis.BODY_RAW_CONTROL),
        (b"[1]", Diagnosis.BODY_NOT_OBJECT),
        (b"null", Diagnosis.BODY_NOT_OBJECT),
        (b'{"a":NaN}', Diagnosis.BODY_NOT_JSON),
        ('{"text":"中"}'.encode("gbk"), Diagnosis.BODY_NOT_UTF8),
        (b"\xef\xbb\xbf{}", Diagnosis.BODY_WITH_BOM),
        (b'{"text":"\\ud83d"}', Diagnosis.BODY_SURROGATE),
        (b'{"\\udc00":1}', Diagnosis.BODY_SURROGATE),
        (b'{"a":' + b"[" * 200 + b"]" * 200 + b"}", Diagnosis.BODY_TOO_DEEP),
        (b'{"a":' + b"[" * 100_000, Diagnosis.BODY_TOO_DEEP),
        (b"msgtype=text&text=x", Diagnosis.FORM_WITH_JSON_HEADER),
        (b'{"a":' + b"9" * 5000 + b"}", Diagnosis.BODY_NOT_JSON),
    ],
    ids=lambda value: str(value) if isinstance(value, Diagnosis) else "",
)
def test_a_body_that_cannot_be_read_says_why(raw: bytes, why: Diagnosis) -> None:
    body = bodies.read(bodies.JSON, raw)
    assert body.message is None
    assert [note.diagnosis for note in body.notes] == [why]


def test_json_is_read_with_its_characters_intact() -> None:
    body = bodies.read(bodies.JSON, '{"msgtype":"text","text":{"content":"引号\\" 反斜杠\\\\ 🚒"}}'.encode())
    assert body.message == {"msgtype": "text", "text": {"content": '引号" 反斜杠\\ 🚒'}}


def test_a_pair_of_surrogates_is_one_character() -> None:
    assert bodies.read(bodies.JSON, b'{"a":"\\ud83d\\ude92"}').message == {"a": "🚒"}


def test_a_key_that_stands_twice_is_noticed() -> None:
    body = bodies.read(bodies.JSON, b'{"a":1,"a":2}')
    assert body.message == {"a": 2}
    assert [note.diagnosis for note in body.notes] == [Diagnosis.DUPLICATE_KEY]


def test_a_form_holds_its_objects_as_json() -> None:
    raw = b"msgtype=text&text=%7B%22content%22%3A%22%E4%BD%A0%22%7D&at=%7B%22isAtAll%22%3Atrue%7D&msgUuid=u"
    assert bodies.read(bodies.FORM, raw).message == {
        "msgtype": "text",
        "text": {"content": "你"},
        "at": {"isAtAll": True},
        "msgUuid": "u",
    }


@pytest.mark.parametrize("raw", [b"msgtype=text&text={content", b"msgtype=%ff"], ids=["no JSON inside", "no UTF-8"])
def test_a_form_that_cannot_be_read_has_no_message(raw: bytes) -> None:
    assert bodies.read(bodies.FORM, raw).message is None
