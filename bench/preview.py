"""How soon the preview answers a keystroke, with many robots in the audience.

    script/bench preview [--robots N] [--keystrokes N]

The whole stack runs. "The server" is each request over loopback, from the post to the last byte of its answer. "In the
browser" is from the key to the picture that has it, in Chromium, keyboard and drawing included; it is measured where
the development packages and a Chromium are installed.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

# isort: split
# Before everything that reads settings: it sets Django up on a throw-away home.
import bench.throw_away  # noqa: F401

# isort: split
import requests
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from bench.keys import in_browser
from bench.rows import fill
from bench.stack import running_stack
from bench.tables import show
from bench.throw_away import PORT
from dingadmin.preparation import prepare
from dingadmin.static_files import collect_static
from messages.forms.composition import composition_of_draft
from messages.models import Draft
from messages.services.overrides import Override, kept
from robots.models import Robot, Tag

GOAL_MS: Final = 100
LINE: Final = "- **{{ group }}**: ask {{ manager }} before [noon](https://a.example/{{ shop }}).\n"
LONG: Final = "消防演习今天下午三点开始，请所有人从最近的出口离开，并在操场集合。\n\n"


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    msgtype: str
    content: dict[str, str]
    own_words: bool = False


CASES: Final = (
    Case("a short text", "text", {"content": "Fire drill at three."}),
    Case("variables, keywords and own words", "markdown", {"title": "Drill", "text": f"# Drill\n\n{LINE * 5}"}, True),
    Case("19,000 bytes of them", "markdown", {"title": "Drill", "text": LINE * 5 + LONG * 180}, True),
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--robots", type=int, default=500)
    options.add_argument("--keystrokes", type=int, default=100)
    asked = options.parse_args()
    prepare()
    collect_static()
    _fill(asked.robots)
    rows: list[tuple[object, ...]] = []
    for case in CASES:
        draft = _draft(case)
        with running_stack():
            server = list(_answers(draft, asked.keystrokes))
            seen = in_browser(_address(draft), _session(), keystrokes=asked.keystrokes)
        rows.append(_row(case.name, "the server", server))
        rows.append(_row(case.name, "in the browser", seen) if seen else (case.name, "in the browser", *["-"] * 4))
    show(("message", "measured", "median ms", "95th percentile ms", "slowest ms", f"under {GOAL_MS} ms"), rows)


def _fill(robots: int) -> None:
    """Half of them have variables of their own, the others those of a tag; every third asks for a keyword."""
    fill(0, robots)
    Tag.objects.filter(name="tag 00000").update(variables={"manager": "the head office", "shop": "all"})
    changed = list(Robot.objects.order_by("pk"))
    for number, robot in enumerate(changed):
        robot.variables = {"manager": f"manager {number}", "shop": f"shop {number}"} if number % 2 else {}
        robot.footer = "Head office, fire drill" if robot.keywords else ""
    Robot.objects.bulk_update(changed, ["variables", "footer"], batch_size=500)


def _draft(case: Case) -> Draft:
    robots = Robot.objects.order_by("pk")[1:20:2]
    own = [Override("robot", robot.pk, "", f"Words for {robot.name} alone: {{{{ manager }}}}.") for robot in robots]
    draft = Draft.objects.order_by("pk")[0]
    draft.msgtype, draft.content = case.msgtype, case.content
    draft.overrides = kept(own) if case.own_words else []
    draft.save()
    return draft


def _answers(draft: Draft, keystrokes: int) -> Iterator[float]:
    """Milliseconds of each, the text a letter longer every time. The first fill caches and do not count."""
    session = requests.Session()
    session.cookies.set(settings.SESSION_COOKIE_NAME, _session())
    page = session.get(_address(draft), timeout=60)
    headers = {"HX-Request": "true", "X-CSRFToken": session.cookies["csrftoken"], "Referer": page.url}
    for number in range(-3, keystrokes):
        form = {**_form(draft), "text": f"{_form(draft)['text']}{'x' * (number + 3)}"}
        started = time.perf_counter()
        answer = session.post(f"http://localhost:{PORT}/drafts/preview/", form, headers=headers, timeout=60)
        taken = 1000 * (time.perf_counter() - started)
        assert answer.ok, f"the preview answered {answer.status_code}"
        if number >= 0:
            yield taken


def _form(draft: Draft) -> dict[str, Any]:
    """What the browser sends of the compose page."""
    composition = composition_of_draft(draft)
    return {
        "msgtype": draft.msgtype,
        "draft": draft.pk,
        "title": composition.typed.title,
        "text": composition.typed.text,
        "all_robots": "1",
        "mention_recipients": composition.picked["mention_recipients"],
        "own_kind": [own.kind for own in composition.overrides],
        "own_pk": [own.pk for own in composition.overrides],
        "own_title": [own.title for own in composition.overrides],
        "own_text": [own.text for own in composition.overrides],
    }


def _session() -> str:
    client = Client()
    client.force_login(User.objects.get(username="admin"), backend=settings.AUTHENTICATION_BACKENDS[0])
    return str(client.session.session_key)


def _address(draft: Draft) -> str:
    return f"http://localhost:{PORT}/drafts/{draft.pk}/"


def _row(case: str, measured: str, taken: Sequence[float]) -> tuple[object, ...]:
    ninety_fifth = statistics.quantiles(taken, n=20)[-1]
    goal = "met" if ninety_fifth <= GOAL_MS else "NOT MET"
    numbers = (statistics.median(taken), ninety_fifth, max(taken))
    return case, measured, *(f"{number:.0f}" for number in numbers), goal


if __name__ == "__main__":
    main()
