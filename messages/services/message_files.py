"""A message as a file: the body as DingTalk takes it, without `at`. The shell, the export and the import share it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from django.db import transaction
from django.utils.translation import gettext as _

from audit.actors import Actor
from dingtalk.payloads import ActionCard, FeedCard, Message, PayloadError, message_from_dict, message_to_dict
from messages.models import Draft
from messages.rendering.message import storable
from messages.services.content import problem_text
from messages.services.drafts import save_draft
from messages.services.snapshots import Snapshot

MAX_FILE_BYTES: Final = 1_000_000  # fifty times what DingTalk takes
MOST_ROWS: Final = 50  # links or buttons, as many as the compose page shows


@dataclass(frozen=True, slots=True)
class Fault:
    code: str
    text: str


class FileRefused(Exception):
    """Nothing was made of the file; `faults` is everything that is wrong."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(", ".join(fault.code for fault in self.faults))


def read_file(raw: bytes, *, called: str) -> Message:
    """`called`: the file's name, for what is said about it. Raises FileRefused."""
    body = read_json(raw, called=called)
    if not isinstance(body, dict):
        text = _("The message must be a JSON object: it begins with { and ends with }.")
        raise FileRefused([Fault("not_an_object", text)])
    return read_body(body)


def read_body(body: Mapping[str, object]) -> Message:
    """Raises FileRefused."""
    try:
        return message_from_dict(body)
    except PayloadError as error:
        raise FileRefused(Fault(problem.code, problem_text(problem)) for problem in error.problems) from None


def written_body(draft: Draft) -> dict[str, object]:
    """What read_body reads: the message alone, whom it mentions and where it goes is not in it."""
    return {"msgtype": draft.msgtype, draft.msgtype: draft.content}


def written_file(draft: Draft) -> bytes:
    """What read_file reads."""
    return json.dumps(written_body(draft), ensure_ascii=False, indent=2).encode() + b"\n"


def content_for_page(message: Message) -> tuple[str, Any]:
    """The msgtype and the content of a draft that the compose page can show. Raises FileRefused."""
    if _rows(message) > MOST_ROWS:
        text = _("The message has more than %(most)d links or buttons. Remove some.") % {"most": MOST_ROWS}
        raise FileRefused([Fault("too_many_rows", text)])
    body = message_to_dict(storable(message))
    msgtype = str(body["msgtype"])
    return msgtype, body[msgtype]


def read_json(raw: bytes, *, called: str, most_bytes: int = MAX_FILE_BYTES) -> object:
    """Raises FileRefused."""
    return _json(_decoded(raw, called, most_bytes))


@transaction.atomic
def import_draft(raw: bytes, *, called: str, name: str, by: Actor) -> Draft:
    """A new draft, without mentions and without an audience. Raises FileRefused."""
    msgtype, content = content_for_page(read_file(raw, called=called))
    snapshot = Snapshot(name=name, msgtype=msgtype, content=content)
    return save_draft(draft=None, snapshot=snapshot, based_on=None, by=by)


def _rows(message: Message) -> int:
    match message:
        case ActionCard(buttons=rows) | FeedCard(links=rows):
            return len(rows)
        case _:
            return 0


def _decoded(raw: bytes, called: str, most_bytes: int) -> str:
    if len(raw) > most_bytes:
        text = _("The file %(file)s is far too big for a message.") % {"file": called}
        raise FileRefused([Fault("file_too_big", text)])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _("The file %(file)s is not in UTF-8. Save it in that encoding.") % {"file": called}
        raise FileRefused([Fault("file_not_utf8", text)]) from None


def _json(text: str) -> object:
    try:
        return cast(object, json.loads(text))
    except json.JSONDecodeError as error:
        told = _("The message is no JSON: line %(line)d, column %(column)d is where reading ended.")
        raise FileRefused([Fault("not_json", told % {"line": error.lineno, "column": error.colno})]) from None
    except (RecursionError, ValueError):
        # Nested too deeply, or a number of thousands of digits.
        raise FileRefused([Fault("not_json", _("The message is no JSON that can be read."))]) from None
