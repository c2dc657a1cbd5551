"""What docs/protocol.md counts under Body and Size and no other test says by its number."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from dingtalk.payloads import MAX_MENTIONS, At, Link, Text, build, problems
from dingtalk.replies import classify
from messages.engine.outcomes import Facts, decide
from messages.models import DeliveryStatus, UncertainPolicy

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def test_body_34_mobiles_and_user_ids_go_as_arrays_of_strings() -> None:
    at = json.loads(build(Text("Hi"), At(mobiles=("13800001234",), user_ids=("manager1",))))["at"]
    assert at["atMobiles"] == ["13800001234"]
    assert at["atUserIds"] == ["manager1"]


def test_body_36_fifty_people_go_and_one_more_is_refused_beforehand() -> None:
    fifty = tuple(f"138{number:08d}" for number in range(MAX_MENTIONS))
    assert MAX_MENTIONS == 50
    assert problems(Text("Hi"), At(mobiles=fifty)) == ()
    found = problems(Text("Hi"), At(mobiles=fifty, user_ids=("manager1",)))
    assert [problem.code for problem in found] == ["too_many_mentions"]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("https://a.example/图 片?q=中", "https://a.example/%E5%9B%BE%20%E7%89%87?q=%E4%B8%AD"),
        ("dingtalk://dingtalkclient/page/link?url=x", "dingtalk://dingtalkclient/page/link?url=x"),
        ("a.example/page", None),
        ("/page", None),
        ("javascript:alert(1)", None),
    ],
)
def test_body_38_addresses_are_absolute_and_encoded_or_refused(typed: str, sent: str | None) -> None:
    link = Link("Title", "Text", typed)
    if sent is None:
        assert [(problem.code, problem.field) for problem in problems(link)] == [("url_not_absolute", "messageUrl")]
    else:
        assert json.loads(build(link))["link"]["messageUrl"] == sent


def test_size_44_what_dingtalk_finds_too_long_all_the_same_is_not_sent_again() -> None:
    body = b'{"errcode":460101,"errmsg":"message too long, exceed 20000 bytes"}'
    outcome = classify(http_status=200, headers={}, body=body, truncated=False, now_ms=0)
    facts = Facts(tries=0, uncertain_tries=0, policy=UncertainPolicy.RETRY_SAFELY, fired_at=NOW, calls=1)
    move = decide(outcome, facts, now=NOW, jitter=0)
    assert (move.status, move.reason) == (DeliveryStatus.FAILED, "too_long")
    assert move.due_at is None
