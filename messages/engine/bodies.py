"""The exact bytes of a broadcast, stored once however many groups get them."""

from __future__ import annotations

import hashlib

from dingtalk import payloads
from messages.models import Body, Broadcast


def body_of(broadcast: Broadcast) -> Body:
    """The body less its msgUuid. Raises PayloadError when DingTalk would refuse it: a launch checks that before."""
    message = payloads.message_from_dict({"msgtype": broadcast.msgtype, broadcast.msgtype: broadcast.content})
    at = payloads.At(
        mobiles=tuple(broadcast.at_mobiles),
        user_ids=tuple(broadcast.at_user_ids),
        everyone=broadcast.at_everyone,
    )
    return store_body(payloads.build(message, at))


def store_body(content: bytes) -> Body:
    digest = hashlib.sha256(content).hexdigest()
    body, _created = Body.objects.get_or_create(sha256=digest, defaults={"text": content.decode("utf-8")})
    return body
