"""The reference: a bare thread pool over one `requests` session, no database.

python -m bench.sending.reference URL WINDOW FIRST

For each number on its input it makes so many calls, to tokens from FIRST on, and answers with a line of JSON.
"""

from __future__ import annotations

import json
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import requests
from requests.adapters import HTTPAdapter

from bench.sending.wire import HEADERS, body_with, fake_token

SEND: Final = "/robot/send?access_token="


def main(url: str, window: int, first: int) -> None:
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", HTTPAdapter(pool_maxsize=window))
    data = body_with(uuid.uuid4())

    def call(number: int) -> None:
        answer = session.post(f"{url}{SEND}{fake_token(first + number)}", data=data, headers=HEADERS)
        assert answer.json()["errcode"] == 0, answer.text

    with session, ThreadPoolExecutor(window) as pool:
        for line in sys.stdin:
            began, cpu = time.time(), time.process_time()
            list(pool.map(call, range(int(line))))
            print(json.dumps({"began": began, "ended": time.time(), "cpu": time.process_time() - cpu}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
