"""Other ways to send: python -m bench.sending.others apprise|loop URL COUNT

Over TLS they find the authorities where REQUESTS_CA_BUNDLE says. Prints calls a second. What is made ready before the
first call (Apprise's object of all targets, the URLs) is not counted.
"""

from __future__ import annotations

import json
import sys
import time
from importlib import import_module
from typing import Final

import requests

from bench.sending.wire import FAKE_SECRET, TEXT, fake_token
from dingtalk.webhook import send_url

FIRST_TOKEN: Final = 60_000_000


def apprise(url: str, count: int) -> float:
    """One object with all targets, told once: it calls them from its own threads."""
    plugin = import_module("apprise.plugins.dingtalk").NotifyDingTalk
    # The plugin knows no other host than DingTalk's own: its class attribute is the only way to point it elsewhere.
    plugin.notify_url = f"{url}/robot/send?access_token={{token}}"
    everyone = import_module("apprise").Apprise()
    for number in range(count):
        assert everyone.add(f"dingtalk://{FAKE_SECRET}@{fake_token(FIRST_TOKEN + number)}/"), "a target was refused"
    began = time.time()
    assert everyone.notify(body=TEXT), "Apprise could not send to all"
    return count / (time.time() - began)


def loop(url: str, count: int) -> float:
    """What people write first."""
    began = time.time()
    for number in range(count):
        signed = send_url(
            base_url=url,
            token=fake_token(FIRST_TOKEN + number),
            secret=FAKE_SECRET,
            timestamp_ms=time.time_ns() // 1_000_000,
        )
        answer = requests.post(signed, json={"msgtype": "text", "text": {"content": TEXT}}, timeout=10)
        assert answer.json()["errcode"] == 0, answer.text
    return count / (time.time() - began)


if __name__ == "__main__":
    ways = {"apprise": apprise, "loop": loop}
    print(json.dumps(ways[sys.argv[1]](sys.argv[2], int(sys.argv[3]))), flush=True)
