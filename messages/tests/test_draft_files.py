"""A draft's message as a file that `manage.py send --message` takes, and a draft made of such a file."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from messages.management.arguments import read_message
from messages.models import Draft, DraftVersion
from tests.factories import make_draft

pytestmark = pytest.mark.django_db

IMPORT = "/drafts/import/"
CONTENTS = {
    "text": {"content": "三点演习，@[Li Wei] {{ group }}"},
    "markdown": {"title": "演习", "text": "# 三点\n集合"},
    "link": {"title": "演习", "text": "看这里", "messageUrl": "https://example.com/"},
    "actionCard": {
        "title": "演习",
        "text": "选一个",
        "btns": [{"title": "好", "actionURL": "https://example.com/"}],
        "btnOrientation": "1",
        "hideAvatar": "0",
    },
    "feedCard": {"links": [{"title": "一", "messageURL": "https://example.com/", "picURL": "https://example.com/1"}]},
}


def upload(client: Client, body: object, name: str = "Fire drill.json") -> str:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = client.post(IMPORT, {"file": SimpleUploadedFile(name, data)}, follow=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def exported(client: Client, draft: Draft) -> bytes:
    return bytes(client.get(reverse("broadcasts:draft_export", args=[draft.pk])).content)


@pytest.mark.parametrize("msgtype", CONTENTS)
def test_what_is_exported_is_what_send_takes_and_comes_back_as_the_same_draft(
    english: Client, tmp_path: Path, msgtype: str
) -> None:
    draft = make_draft("消防演习", msgtype=msgtype, content=CONTENTS[msgtype])
    data = exported(english, draft)
    (tmp_path / "message.json").write_bytes(data)
    read_message(file=str(tmp_path / "message.json"), text=None)
    assert "一" in data.decode() or "演习" in data.decode()  # as people write it, not as \\u escapes

    text = upload(english, data, "消防演习.json")
    assert "“消防演习” is a draft now. Choose whom it goes to." in text
    made = Draft.objects.exclude(pk=draft.pk).get()
    assert (made.name, made.msgtype, made.content) == ("消防演习", msgtype, CONTENTS[msgtype])
    assert (made.version, made.robots.count(), made.all_robots) == (1, 0, False)
    assert Entry.objects.filter(action="draft.saved", target_id=str(made.pk)).exists()


def test_the_file_is_called_like_the_draft(english: Client) -> None:
    draft = make_draft('停电 3/4 "今晚"\u202e')
    answer = english.get(reverse("broadcasts:draft_export", args=[draft.pk]))
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f"attachment; filename*=utf-8''{quote('停电 3 4  今晚')}.json"


def test_an_unfinished_draft_is_exported_as_far_as_it_goes(english: Client) -> None:
    draft = make_draft("empty", content={"content": ""})
    assert json.loads(exported(english, draft)) == {"msgtype": "text", "text": {"content": ""}}


def test_the_draft_page_and_the_list_lead_to_the_files(english: Client) -> None:
    draft = make_draft()
    assert f'href="/drafts/{draft.pk}/message.json"' in english.get(f"/drafts/{draft.pk}/").content.decode()
    assert f'href="{IMPORT}"' in english.get("/drafts/").content.decode()


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param(
            {"msgtype": "text", "text": {"content": "x"}, "at": {"isAtAll": True}},
            ["Remove “at” from the message: mentions are chosen beside it"],
            id="with at",
        ),
        pytest.param(
            {"msgtype": "feedCard", "feedCard": {"links": [{"title": 1, "messageUrl": ""}]}},
            [
                "“links.0.title” must be a text in quotes, but it is a number.",
                "messageURL",
                "the picture&#x27;s address",
            ],
            id="every mistake at its place",
        ),
        pytest.param(b'{"msgtype": "text",\n "text": }', ["line 2, column 10 is where reading ended"], id="no JSON"),
        pytest.param([1], ["The message must be a JSON object"], id="a list"),
        pytest.param({"msgtype": "video"}, ["know no message of the type “video”"], id="another type"),
        pytest.param(b"[" * 200_000, ["The message is no JSON that can be read."], id="nested too deeply"),
        pytest.param('{"msgtype": "演习"}'.encode("gb18030"), ["drill.json is not in UTF-8"], id="another encoding"),
        pytest.param(b"", ["This file is empty."], id="empty"),
        pytest.param(b" " * 1_000_001, ["This file is larger than 1 MB."], id="too big"),
        pytest.param(
            {
                "msgtype": "feedCard",
                "feedCard": {"links": [{"title": "x", "messageURL": "https://x", "picURL": "https://x"}] * 51},
            },
            ["The message has more than 50 links or buttons."],
            id="more rows than the page shows",
        ),
    ],
)
def test_a_file_with_a_mistake_makes_nothing(english: Client, body: object, told: list[str]) -> None:
    text = upload(english, body, "drill.json")
    for part in told:
        assert part in text
    assert not Draft.objects.exists()
    assert not DraftVersion.objects.exists()


def test_what_no_database_takes_is_left_out(english: Client) -> None:
    upload(english, rb'{"msgtype": "text", "text": {"content": "a\u0000b\ud800"}}')
    assert "\0" not in Draft.objects.get().content["content"]


def test_strangers_sign_in_and_who_may_not_is_refused(stranger: Client, powerless_client: Client) -> None:
    draft = make_draft()
    for path in (IMPORT, f"/drafts/{draft.pk}/message.json"):
        assert stranger.get(path).status_code == 302
        assert powerless_client.get(path).status_code == 403


def test_an_export_is_only_read(english: Client) -> None:
    assert english.post(f"/drafts/{make_draft().pk}/message.json").status_code == 405
