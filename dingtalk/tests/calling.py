"""A client with short limits, for tests over real sockets."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

from dingtalk.client import Call, Client, Limits, Target, make_session
from dingtalk.payloads import Text, build, with_msg_uuid
from dingtalk.secrets import Secret

TOKEN = "f" * 60 + "0001"
SECRET = "SECtest-not-real"
BODY = with_msg_uuid(build(Text("报警 🚨")), "00000000-0000-4000-8000-000000000001")
SHORT = Limits(connect_seconds=2.0, read_seconds=2.0, total_seconds=0.6)
QUICK_READ = Limits(connect_seconds=2.0, read_seconds=0.2, total_seconds=20.0)


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def target(base_url: str, *, secret: str | None = SECRET) -> Target:
    return Target(base_url=base_url, token=Secret(TOKEN), secret=Secret(secret) if secret else None)


@contextmanager
def client(*, limits: Limits | None = None, **session_kwargs: object) -> Iterator[Client]:
    with closing(make_session(**{"pool_size": 4, **session_kwargs})) as session:  # type: ignore[arg-type]
        yield Client(session, limits=limits or Limits(), now_ms=now_ms)


def call(base_url: str, *, limits: Limits | None = None, **session_kwargs: object) -> Call:
    with client(limits=limits, **session_kwargs) as caller:
        return caller.send(target(base_url), BODY)
