"""An answer as DingTalk writes it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from simulator.models import Knobs
from simulator.verdicts import Refusal
from simulator.wordings import Answer, errmsg


@dataclass(frozen=True, slots=True)
class Reply:
    errcode: int
    errmsg: str

    def as_json(self, knobs: Knobs) -> bytes:
        code = ("errcode", str(self.errcode) if knobs.errcode_as_text else self.errcode)
        text = ("errmsg", self.errmsg)
        pairs = (text, code) if knobs.errmsg_first else (code, text)
        written = json.dumps(dict(pairs), ensure_ascii=False, separators=(",", ":"))
        return (written.replace(">", "\\u003E") if knobs.escape_arrows else written).encode()


def reply_to(refusal: Refusal | None, knobs: Knobs) -> Reply:
    if refusal is None:
        return Reply(0, errmsg(Answer.OK, {}, wording=knobs.wording))
    return Reply(refusal.errcode, errmsg(refusal.answer, refusal.params, wording=knobs.wording))
