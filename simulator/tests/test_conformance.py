"""Our own sender before this strict peer: nothing refused, and nothing that even deserves a note."""

from __future__ import annotations

import time
import uuid

import pytest
import requests

from dingtalk.client import Call, Client, Target
from dingtalk.payloads import (
    ActionCard,
    At,
    Button,
    FeedCard,
    FeedLink,
    Link,
    Markdown,
    Message,
    Text,
    build,
    place_mentions,
    with_msg_uuid,
)
from dingtalk.replies import Kind
from dingtalk.secrets import Secret
from simulator.groups import Member
from simulator.models import ChatMessage, FaultKind, Group, LoggedCall
from simulator.tests.support import last_notes, make_group, set_fault, set_knobs

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "simulator"])

URL = "https://example.com/a?b=1&c=%E4%B8%AD"
AT = At(mobiles=("13800000001",), user_ids=("zhang",), everyone=True)
ODD = 'quote " backslash \\ D:\\new line\r\nnext \t </script> \u2028 中文 🚒 \x7f'
MESSAGES: dict[str, tuple[Message, At]] = {
    "text": (Text(ODD), At()),
    "text with mentions": (Text("notice"), AT),
    "markdown": (Markdown("notice", f"### {ODD}"), At()),
    "markdown with mentions": (Markdown("notice", "text"), AT),
    "link": (Link("notice", "text", URL), At()),
    "link with picture": (Link("notice", "text", URL, "https://example.com/p.png"), At()),
    "card that jumps": (ActionCard("notice", "text", single_title="go", single_url=URL), At()),
    "card with buttons": (
        ActionCard("notice", "text", buttons=(Button("a", URL), Button("b", URL)), btn_orientation="1"),
        At(),
    ),
    "feed": (FeedCard((FeedLink("notice", URL, "https://example.com/p.png"), FeedLink("b", URL, URL))), At()),
}


def sent(simulator: str, group: Group, message: Message, at: At = At(), *, msg_uuid: str = "") -> Call:  # noqa: B008
    body = with_msg_uuid(build(place_mentions(message, at), at), msg_uuid or str(uuid.uuid4()))
    target = Target(simulator, Secret(group.token), Secret(group.secret) if group.secret else None)
    with requests.Session() as session:
        return Client(session, now_ms=lambda: time.time_ns() // 1_000_000).send(target, body)


@pytest.mark.parametrize(("message", "at"), MESSAGES.values(), ids=MESSAGES)
@pytest.mark.parametrize("signed", [True, False], ids=["signed", "unsigned"])
def test_every_type_is_accepted_without_a_note(simulator: str, message: Message, at: At, signed: bool) -> None:
    group = make_group(signed=signed, members=[Member("Zhang San", "13800000001", "zhang")])
    assert sent(simulator, group, message, at).outcome.kind == Kind.DELIVERED
    assert last_notes() == []
    assert ChatMessage.objects.count() == 1


def test_odd_characters_arrive_as_they_were_written(simulator: str) -> None:
    sent(simulator, make_group(), Text(ODD))
    arrived = ChatMessage.objects.get().message["text"]["content"]
    for part in ('quote " backslash \\ D:\\new line', "next", "</script>", "中文 🚒"):
        assert part in arrived


def test_a_body_of_20000_bytes_arrives_and_counts_the_msg_uuid_in(simulator: str) -> None:
    room = 20_000 - len(with_msg_uuid(build(Text("x")), str(uuid.uuid4()))) + 1
    assert sent(simulator, make_group(), Text("x" * room)).outcome.kind == Kind.DELIVERED
    assert len(bytes(LoggedCall.objects.get().body)) == 20_000


def test_a_retry_after_a_dropped_answer_makes_no_second_message(simulator: str) -> None:
    group, msg_uuid = make_group(), str(uuid.uuid4())
    set_fault(FaultKind.DROP_AFTER_ACCEPT)
    kinds = [sent(simulator, group, Text("notice"), msg_uuid=msg_uuid).outcome.kind for _call in range(2)]
    assert kinds == [Kind.UNCERTAIN, Kind.DELIVERED]
    assert ChatMessage.objects.count() == 1


def test_a_redirect_is_not_followed(simulator: str) -> None:
    set_fault(FaultKind.REDIRECT_302)
    sent(simulator, make_group(), Text("notice"))
    assert LoggedCall.objects.count() == 1


@pytest.mark.parametrize("signed", [True, False])
def test_a_url_carries_one_token_and_one_signature_or_none(simulator: str, signed: bool) -> None:
    group = make_group(signed=signed)
    sent(simulator, group, Text("notice"))
    url = LoggedCall.objects.get().url
    assert [url.count(name) for name in ("access_token=", "timestamp=", "sign=")] == [1, int(signed), int(signed)]
    assert "%25" not in url


@pytest.mark.parametrize("wording", ["short", "more", "description", "label"])
@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"keywords": ["alarm"]}, "keyword"),
        ({"ip_ranges": ["192.0.2.1"]}, "ip"),
    ],
)
def test_the_sender_understands_each_wording(
    simulator: str, wording: str, fields: dict[str, list[str]], reason: str
) -> None:
    set_knobs(wording=wording)
    outcome = sent(simulator, make_group(**fields), Text("notice")).outcome
    assert outcome.errcode == 310000
    assert reason in outcome.reason
