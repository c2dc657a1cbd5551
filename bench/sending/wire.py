"""What goes over the wire, for those who send it without the product."""

from __future__ import annotations

import json
import uuid
from typing import Final

TEXT: Final = "Fire drill at three. Leave by the nearest stairs, wait in the car park. 消防演习 15:00 开始。"
HEADERS: Final = {"Content-Type": "application/json; charset=utf-8"}
FAKE_SECRET: Final = f"SEC{'f' * 61}"


def fake_token(number: int) -> str:
    return f"{'f' * 56}{number:08d}"


def body_with(msg_uuid: uuid.UUID | None = None) -> bytes:
    body: dict[str, object] = {"msgtype": "text", "text": {"content": TEXT}}
    if msg_uuid:
        body["msgUuid"] = str(msg_uuid)
    return json.dumps(body, ensure_ascii=False).encode()
