"""A message as a file: the body as DingTalk takes it, without `at`. The shell, the export and the import share it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

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
    try:
        return message_from_dict(_json_object(_decoded(raw, called)))
    except PayloadError as error:
        raise FileRefused(Fault(problem.code, problem_text(problem)) for problem in error.problems) from None


def written_file(draft: Draft) -> bytes:
    """What read_file reads: the message alone, whom it mentions and where it goes is not in it."""
    content: Mapping[str, Any] = draft.content
    body = {"msgtype": draft.msgtype, draft.msgtype: content}
    return json.dumps(body, ensure_ascii=False, indent=2).encode() + b"\n"


@transaction.atomic
def import_draft(raw: bytes, *, called: str, name: str, by: Actor) -> Draft:
    """A new draft, without mentions and without an audience. Raises FileRefused."""
    message = storable(read_file(raw, called=called))
    if _rows(message) > MOST_ROWS:
        text = _("The message has more than %(most)d links or buttons. Remove some.") % {"most": MOST_ROWS}
        raise FileRefused([Fault("too_many_rows", text)])
    body = message_to_dict(message)
    msgtype = str(body["msgtype"])
    content: Any = body[msgtype]
    snapshot = Snapshot(name=name, msgtype=msgtype, content=content)
    return save_draft(draft=None, snapshot=snapshot, based_on=None, by=by)


def _rows(message: Message) -> int:
    match message:
        case ActionCard(buttons=rows) | FeedCard(links=rows):
            return len(rows)
        case _:
            return 0


def _decoded(raw: bytes, called: str) -> str:
    if len(raw) > MAX_FILE_BYTES:
        text = _("The file %(file)s is far too big for a message.") % {"file": called}
        raise FileRefused([Fault("file_too_big", text)])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _("The file %(file)s is not in UTF-8. Save it in that encoding.") % {"file": called}
        raise FileRefused([Fault("file_not_utf8", text)]) from None


def _json_object(text: str) -> dict[str, object]:
    try:
        body = json.loads(text)
    except json.JSONDecodeError as error:
        told = _("The message is no JSON: line %(line)d, column %(column)d is where reading ended.")
        raise FileRefused([Fault("not_json", told % {"line": error.lineno, "column": error.colno})]) from None
    except (RecursionError, ValueError):
        # Nested too deeply, or a number of thousands of digits.
        raise FileRefused([Fault("not_json", _("The message is no JSON that can be read."))]) from None
    if not isinstance(body, dict):
        text = _("The message must be a JSON object: it begins with { and ends with }.")
        raise FileRefused([Fault("not_an_object", text)])
    return body
