"""Tokens and secrets go in, messages go out, things go wrong: nothing that can be read afterwards gives one away."""

from __future__ import annotations

import contextlib
import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import pytest
import redis
from django.apps import apps
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django.fixtures import Settings

from dingadmin.redaction import RedactSecrets
from messages.management.commands import send as send_command
from messages.models import Attempt, Broadcast, Delivery, Run
from messages.tests.engine_parts import make_pump
from robots.models import Organisation, Robot
from simulator.groups import create_group
from tests.addresses import every_address
from tests.factories import make_draft, make_list, make_organisation, make_recipient, make_tag
from tests.throw_away_servers import free_port

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "simulator"])

REAL = "https://oapi.dingtalk.com/robot/send?access_token="


def fake(name: str) -> str:
    """Looks like a token of DingTalk's, is one of nobody."""
    return sha256(f"not a real token: {name}".encode()).hexdigest()


@dataclass
class Trail:
    """What a robot's life left behind for people to read."""

    given: dict[str, str] = field(default_factory=dict)
    pages: dict[str, str] = field(default_factory=dict)
    printed: str = ""
    logged: str = ""
    noted: list[str] = field(default_factory=list)

    def found_in(self, text: str) -> list[str]:
        """Which of the secrets are there; half of one is as good as found."""
        return [name for name, secret in self.given.items() if secret[:24] in text or secret[-24:] in text]


class Life:
    """Robots made, changed, tested, sent to, refused, unreachable, imported: by pages and by commands."""

    def __init__(self, client: Client, simulator: str, folder: Path) -> None:
        self.client = client
        self.folder = folder
        self.simulator = simulator
        self.trail = Trail()
        self.organisation: Organisation = make_organisation("Simulated", simulated=True)
        self.real = make_organisation("Real")

    def live(self) -> None:
        self.add_and_change()
        self.add_what_is_refused()
        self.import_files()
        self.send()

    def add_and_change(self) -> None:
        shop, kitchen = (create_group(name=name, robot_name=name, signed=True) for name in ("Shop", "Kitchen"))
        other = create_group(name="Other", robot_name="Other", signed=True)
        for group in (shop, kitchen, other):
            self.trail.given |= {f"{group.name}'s token": group.token, f"{group.name}'s secret": group.secret}
        self.post("/robots/add/", name="Shop", webhook=self.webhook(other.token), secret=other.secret)
        robot = Robot.objects.get(name="Shop")
        self.post(f"/robots/{robot.pk}/edit/", name="Shop", webhook=self.webhook(shop.token), secret=shop.secret)
        # Its secret is missing, so that every message to it is refused.
        self.post("/robots/add/", name="Kitchen", webhook=self.webhook(kitchen.token))
        # Nobody listens there: the error of the library names the whole address.
        self.trail.given |= {"the real token": fake("real"), "the real secret": f"SEC{fake('real secret')}"}
        pasted = f"{REAL}{fake('real')}\n{self.trail.given['the real secret']}"
        self.post("/robots/add/", name="Real", webhook=pasted, organisation=self.real.pk)
        assert Robot.objects.count() == 3
        for robot in Robot.objects.all():
            self.post(f"/robots/{robot.pk}/test/")

    def add_what_is_refused(self) -> None:
        token, secret = self.trail.given["Shop's token"], self.trail.given["Shop's secret"]
        self.trail.given |= {"a refused token": fake("refused"), "a refused secret": f"SEC{fake('refused secret')}"}
        refused = self.trail.given["a refused token"]
        mistakes = {
            "a token that is taken": self.webhook(token),
            "another host": f"https://oapi.dingtalk.com.example.com/robot/send?access_token={refused}",
            "another organisation": f"{REAL}{refused}",
            "no https": f"http{REAL[5:]}{refused}",
            "no name": self.webhook(refused),
        }
        for mistake, webhook in mistakes.items():
            name = "" if mistake == "no name" else mistake
            self.post("/robots/add/", name=name, webhook=webhook, secret=self.trail.given["a refused secret"])
        robot = Robot.objects.get(name="Kitchen")
        self.post(f"/robots/{robot.pk}/edit/", name="Kitchen", webhook=self.webhook(token), secret=secret)
        assert Robot.objects.count() == 3

    def import_files(self) -> None:
        self.trail.given |= {"an imported token": fake("imported"), "an imported secret": f"SEC{fake('imported too')}"}
        imported, secret = self.trail.given["an imported token"], self.trail.given["an imported secret"]
        good = f"name,webhook,secret\nImported,{REAL}{imported},{secret}\n"
        bad = f"name,webhook,secret\nShop,{REAL}{imported},{secret}\n,{imported},{secret[:30]}\nA,ftp://{imported},\n"
        for content in (bad, good):
            file = SimpleUploadedFile("robots.csv", content.encode())
            self.post("/robots/import/", file=file, organisation=self.real.pk)
        assert Robot.objects.filter(name="Imported").exists()
        self.command("import_robots", content=bad)

    def send(self) -> None:
        names = [argument for robot in Robot.objects.all() for argument in ("--robot", robot.name)]
        self.command("send", "--text", "Fire drill", "--json", *names)
        self.command("send", "--text", "Fire drill", *names)
        make_pump().run()
        assert {"delivered", "refused_robot", "unreachable"} <= set(Attempt.objects.values_list("kind", flat=True))
        for run in Run.objects.all():
            self.command("report", str(run.pk), "--json")
            self.command("report", str(run.pk))
        self.command("rotate_keys")
        self.command("verify_audit")

    def look_at_everything(self) -> None:
        """Every page about every row there is, but for the simulator's own, which hands its secrets out."""
        draft = make_draft(robots=Robot.objects.all())
        rows = {
            "robots/": Robot.objects.all(),
            "admin/robots/robot/": Robot.objects.all(),
            "broadcasts/": Broadcast.objects.all(),
            "history/": Delivery.objects.all(),
            "drafts/": [draft],
            "admin/broadcasts/attempt/": Attempt.objects.all(),
            "admin/broadcasts/delivery/": Delivery.objects.all(),
            "robots/tags/": [make_tag()],
            "robots/organisations/": Organisation.objects.all(),
            "robots/lists/": [make_list()],
            "robots/recipients/": [make_recipient()],
        }
        for address in every_address():
            if address.route.startswith("simulator/"):
                continue
            fitting = max((start for start in rows if address.route.startswith(start)), key=len, default="")
            for row in rows.get(fitting, Robot.objects.all()[:1]):
                values = dict.fromkeys(address.parameters, row.pk)
                self.get(address.path(values))

    def webhook(self, token: str) -> str:
        return f"{self.simulator}/robot/send?access_token={token}"

    def post(self, path: str, **typed: object) -> None:
        answer = self.client.post(path, {"organisation": self.organisation.pk, **typed}, follow=True)
        self.trail.pages[f"POST {path} {len(self.trail.pages)}"] = answer.content.decode()

    def get(self, path: str) -> None:
        self.trail.pages[path] = b"".join(self.client.get(path)).decode()

    def command(self, name: str, *arguments: str, content: str = "") -> None:
        output = io.StringIO()
        if content:
            path = self.folder / "robots.csv"
            path.write_text(content, encoding="utf-8")
            arguments = (str(path), *arguments)
        try:
            call_command(name, *arguments, stdout=output, stderr=output)
        except (CommandError, SystemExit) as error:  # some say so when not all went well
            output.write(str(error))
        self.trail.printed += output.getvalue()


@pytest.fixture
def life(
    admin: User,
    staff_client: Client,
    simulator: str,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> Life:
    settings.DINGTALK_BASE_URL = f"http://127.0.0.1:{free_port()}"
    monkeypatch.setattr(send_command, "RUN_GRACE_SECONDS", 0)  # no worker starts the runs
    life = Life(staff_client, simulator, tmp_path)
    with caplog.at_level(logging.INFO), redacted_log() as log:
        life.live()
    life.trail.logged = log.getvalue()
    life.trail.noted = [caplog.handler.format(record) for record in caplog.records if record.levelno >= logging.INFO]
    life.trail.printed += "".join(capfd.readouterr())
    return life


@contextlib.contextmanager
def redacted_log() -> Iterator[io.StringIO]:
    """All that the process logs, down to what the libraries tell of every call, as its log would show it."""
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.addFilter(RedactSecrets())
    root = logging.getLogger()
    root.addHandler(handler)
    level = root.level
    root.setLevel(logging.DEBUG)
    try:
        yield log
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


def test_no_page_no_log_line_and_no_commands_output_gives_a_secret_away(life: Life) -> None:
    life.look_at_everything()
    trail = life.trail

    assert len(trail.pages) > 100
    assert {path: trail.found_in(page) for path, page in trail.pages.items() if trail.found_in(page)} == {}
    assert "access_token=***" in trail.logged
    assert trail.found_in(trail.logged) == []
    assert trail.found_in("\n".join(trail.noted)) == [], "at the level of the product, before anything is redacted"
    assert trail.found_in(trail.printed) == []


def test_no_row_gives_a_secret_away_and_redis_knows_none(life: Life, redis_server: str) -> None:
    trail = life.trail
    rows = {
        model._meta.label: "\n".join(str(values) for values in model._base_manager.values_list())
        for model in apps.get_models()
        if model._meta.app_label != "simulator"  # which hands its secrets out
    }
    rows["sessions"] = json.dumps([session.get_decoded() for session in Session.objects.all()])

    assert rows["robots.Robot"]
    assert rows["audit.Entry"]
    assert {label: trail.found_in(text) for label, text in rows.items() if trail.found_in(text)} == {}
    assert trail.found_in(_all_of_redis(redis_server)) == []


def _all_of_redis(url: str) -> str:
    with redis.Redis.from_url(url, protocol=2) as server:
        reads = {
            b"string": server.get,
            b"list": lambda key: server.lrange(key, 0, -1),
            b"zset": lambda key: server.zrange(key, 0, -1),
            b"set": server.smembers,
            b"hash": server.hgetall,
        }
        kept = [(key, reads[server.type(key)](key)) for key in server.scan_iter()]
    assert kept
    return repr(kept)
