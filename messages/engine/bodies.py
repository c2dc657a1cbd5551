"""The exact bytes of messages, stored once however many groups get them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from dingtalk import payloads
from messages.models import Body, Broadcast
from messages.rendering.contents import message_of


def body_of(broadcast: Broadcast) -> Body:
    """The body less its msgUuid. Raises PayloadError when DingTalk would refuse it: a launch checks that before."""
    return store_body(payloads.build(message_of(broadcast.msgtype, broadcast.content), broadcast.at))


def store_body(content: bytes) -> Body:
    digest = hashlib.sha256(content).hexdigest()
    body, _created = Body.objects.get_or_create(sha256=digest, defaults={"text": content.decode("utf-8")})
    return body


def store_bodies(contents: Sequence[bytes]) -> list[int]:
    """Their rows, in the order given; three statements, however many they are."""
    by_digest = {hashlib.sha256(content).hexdigest(): content for content in contents}
    Body.objects.bulk_create(
        [Body(sha256=digest, text=content.decode("utf-8")) for digest, content in by_digest.items()],
        ignore_conflicts=True,
    )
    ids = dict(Body.objects.filter(sha256__in=by_digest).values_list("sha256", "pk"))
    return [ids[hashlib.sha256(content).hexdigest()] for content in contents]
