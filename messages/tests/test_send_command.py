from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone, translation

from audit.models import Entry
from messages.engine.firing import fire_due
from messages.management import waiting
from messages.management.commands import send as send_module
from messages.models import Broadcast, BroadcastStatus, Delivery, DeliveryStatus, Run
from robots.models import Robot, RobotStatus
from tests.factories import make_organisation, make_recipient, make_robot, make_tag

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _no_worker_to_wait_for(monkeypatch):
    monkeypatch.setattr(send_module, "RUN_GRACE_SECONDS", 0)


class Answer:
    def __init__(self, status: int, out: str, err: str) -> None:
        self.status, self.out, self.err = status, out, err

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.out)

    @property
    def refused(self) -> list[tuple[str | None, str]]:
        return [(each["robot"], each["code"]) for each in self.json["refused"]]


def send(*arguments: str) -> Answer:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("send", *arguments, stdout=out, stderr=err)
        status = 0
    except SystemExit as end:
        status = int(end.code)
    return Answer(status, out.getvalue(), err.getvalue())


@pytest.fixture
def worker(monkeypatch) -> Callable[[Callable[[], object]], None]:
    """Plays the worker: fires what is due at the command's first look, and then does one step at each look."""

    def play(*steps: Callable[[], object]) -> None:
        todo = [lambda: fire_due(timezone.now()), *steps]
        monkeypatch.setattr(waiting.time, "sleep", lambda _seconds: todo.pop(0)() if todo else None)

    return play


def end(status: str, *, robot: str | None = None, **fields: object) -> Callable[[], object]:
    def step() -> None:
        deliveries = Delivery.objects.filter(robot_name=robot) if robot else Delivery.objects.all()
        deliveries.update(**{"status": status, "due_at": None, "ended_at": timezone.now(), **fields})

    return step


# --- works ----------------------------------------------------------------------------------------------------------


def test_a_text_is_launched_to_robots_by_name_and_by_tag():
    shop = make_tag("shop")
    make_robot("ops")
    make_robot("hr", tags=[shop])
    make_robot("it", tags=[shop])
    make_robot("elsewhere")
    answer = send("--text", "Drill at three.", "--robot", "ops", "--robot", "hr", "--tag", "shop")

    assert answer.status == 0
    broadcast = Broadcast.objects.get()
    assert (broadcast.msgtype, broadcast.content) == ("text", {"content": "Drill at three."})
    assert (broadcast.name, broadcast.created_by_name) == ("Drill at three.", "command line")
    assert list(broadcast.targets.values_list("robot_name", flat=True)) == ["hr", "it", "ops"]
    entry = Entry.objects.get()
    assert (entry.action, entry.address) == ("broadcast.launched", "manage.py send")


def test_a_body_as_dingtalk_takes_it_is_sent_to_all_robots(tmp_path):
    make_robot("ops")
    make_robot("hr")
    file = tmp_path / "message.json"
    file.write_text('{"msgtype": "markdown", "markdown": {"title": "消防", "text": "# 演练"}}', encoding="utf-8")
    answer = send("--message", str(file), "--all-robots", "--json")

    assert answer.status == 0
    broadcast = Broadcast.objects.get()
    assert (broadcast.msgtype, broadcast.content) == ("markdown", {"title": "消防", "text": "# 演练"})
    assert answer.json == {
        "broadcast": broadcast.pk,
        "run": None,
        "status": "scheduled",
        "planned_at": broadcast.planned_at.isoformat(),
        "zone": "Asia/Shanghai",
        "useful_until": None,
        "robots": 2,
        "ended": False,
        "counts": {status.value: 0 for status in DeliveryStatus},
        "deliveries": [],
        "first": None,
        "rest_waits": 0,
        "left_out": [],
        "warnings": [],
        "refused": [],
    }


def test_a_file_with_a_byte_order_mark_is_read(tmp_path):
    make_robot()
    file = tmp_path / "message.json"
    file.write_bytes(b'\xef\xbb\xbf{"msgtype": "text", "text": {"content": "x"}}')
    assert send("--message", str(file), "--all-robots").status == 0


def test_a_message_is_read_from_standard_input(monkeypatch):
    make_robot()
    body = '{"msgtype": "text", "text": {"content": "从管道"}}'.encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(body)))
    assert send("--message", "-", "--all-robots").status == 0
    assert Broadcast.objects.get().content == {"content": "从管道"}


def test_mentions_need_not_be_recipients():
    make_robot()
    send("--text", "x", "--all-robots", "--mention", "13800000001", "--mention", "13800000002", "--mention-all")
    broadcast = Broadcast.objects.get()
    assert broadcast.at_mobiles == ["13800000001", "13800000002"]
    assert broadcast.at_everyone is True


def test_a_text_mentions_a_recipient_where_it_says_so():
    make_robot("ops")
    make_recipient("Li Wei", mobile="13800000001")
    assert send("--robot", "ops", "--text", "Ask @[Li Wei]", "--json").status == 0
    broadcast = Broadcast.objects.get()
    assert broadcast.at_mobiles == ["13800000001"]
    assert broadcast.targets.get().variables == {"@[Li Wei]": "@13800000001"}
    refused = send("--robot", "ops", "--text", "Ask @[Li Weh]", "--json")
    assert (refused.status, refused.refused) == (2, [(None, "mention_unknown")])


def test_a_time_with_an_offset_and_a_wall_time_mean_the_same_moment():
    make_robot()
    assert send("--text", "x", "--all-robots", "--at", "2099-01-05T09:00").status == 0
    assert send("--text", "x", "--all-robots", "--at", "2099-01-05T01:00:00Z").status == 0
    first, second = Broadcast.objects.order_by("pk")
    assert first.planned_at == second.planned_at
    assert (first.zone, second.zone) == ("Asia/Shanghai", "Asia/Shanghai")


def test_a_planned_message_says_when_it_goes_out():
    make_robot()
    answer = send("--text", "x", "--all-robots", "--at", "2099-01-05 09:00")
    broadcast = Broadcast.objects.get()
    assert answer.out == f"Broadcast {broadcast.pk} to 1 group is planned for 2099-01-05 09:00 (Asia/Shanghai).\n"
    assert send("--text", "x", "--all-robots", "--at", "2099-01-05 09:00", "--json").json["run"] is None


def test_without_waiting_the_run_is_told_when_the_worker_has_it(worker, monkeypatch):
    monkeypatch.setattr(send_module, "RUN_GRACE_SECONDS", 5)
    worker()
    make_robot()
    answer = send("--text", "x", "--all-robots", "--json")
    assert answer.status == 0
    assert (answer.json["run"], answer.json["status"]) == (Run.objects.get().pk, "fired")
    assert answer.json["counts"]["waiting"] == 1


def test_without_a_worker_the_message_is_stored_and_says_so():
    make_robot()
    answer = send("--text", "x", "--all-robots")
    assert answer.status == 0
    assert answer.out.endswith("is stored. It goes out as soon as the worker runs.\n")
    assert Broadcast.objects.get().status == BroadcastStatus.SCHEDULED


def test_waiting_ends_with_0_when_all_were_delivered(worker):
    make_robot("ops")
    make_robot("hr")
    worker(lambda: None, end(DeliveryStatus.DELIVERED, errcode=0, reason="delivered"))
    answer = send("--text", "x", "--all-robots", "--wait", "60", "--json")

    assert answer.status == 0
    told = answer.json
    assert (told["run"], told["ended"]) == (Run.objects.get().pk, True)
    assert told["counts"]["delivered"] == 2
    assert [(each["robot"], each["status"], each["errcode"]) for each in told["deliveries"]] == [
        ("hr", "delivered", 0),
        ("ops", "delivered", 0),
    ]


def test_waiting_ends_with_1_when_some_were_not_and_names_them(worker):
    make_robot("ops")
    make_robot("hr")
    worker(
        end(DeliveryStatus.DELIVERED, robot="hr", errcode=0, reason="delivered"),
        end(DeliveryStatus.FAILED, robot="ops", errcode=310000, reason="keyword_missing"),
    )
    answer = send("--text", "x", "--all-robots", "--wait", "60")

    assert answer.status == 1
    lines = answer.out.splitlines()
    assert lines[0].startswith("Broadcast ")
    assert lines[1] == "Delivered 1, Failed 1"
    assert lines[2].startswith("ops: Failed, errcode 310000. The message holds none of the robot's keywords.")
    assert len(lines) == 3


def test_what_nobody_can_know_counts_as_ended_once_it_is_not_retried(worker):
    make_robot()
    worker(
        end(DeliveryStatus.UNCERTAIN, ended_at=None, due_at=timezone.now(), reason="worker_died"),
        end(DeliveryStatus.UNCERTAIN, ended_at=None, reason="worker_died"),
    )
    answer = send("--text", "x", "--all-robots", "--wait", "60", "--json")
    assert (answer.status, answer.json["ended"], answer.json["counts"]["uncertain"]) == (1, True, 1)


def test_waiting_ends_with_1_when_the_time_is_over():
    make_robot()
    answer = send("--text", "x", "--all-robots", "--wait", "0", "--json")
    assert (answer.status, answer.json["ended"], answer.json["refused"]) == (1, False, [])


def test_waiting_for_a_run_that_is_not_through_says_where_to_look(worker):
    make_robot()
    fire = lambda: fire_due(timezone.now())  # noqa: E731
    worker()
    answer = send("--text", "x", "--all-robots", "--wait", "0.3")
    assert answer.status == 1
    assert fire() == 0
    assert answer.out.splitlines()[-1] == (
        f"Not all of it has ended yet. Look again: manage.py report {Run.objects.get().pk}"
    )


# --- what stops nothing ---------------------------------------------------------------------------------------------


def test_paused_robots_of_a_tag_are_left_out_and_named():
    shop = make_tag("shop")
    make_robot("ops", tags=[shop], status=RobotStatus.PAUSED, paused_reason="by_person")
    make_robot("hr", tags=[shop])
    answer = send("--text", "x", "--tag", "shop", "--json")
    assert answer.status == 0
    assert answer.json["left_out"] == [
        {"robot": "ops", "code": "robot_paused", "text": "This robot is paused. It was left out."}
    ]
    assert list(Broadcast.objects.get().targets.values_list("robot_name", flat=True)) == ["hr"]
    assert "ops: This robot is paused. It was left out." in send("--text", "x", "--tag", "shop").err


def test_warnings_are_told():
    make_robot("ops", hold_until=timezone.now() + timezone.timedelta(minutes=9), hold_reason="throttled")
    answer = send("--text", "x", "--all-robots", "--json")
    assert answer.status == 0
    assert [(each["robot"], each["code"]) for each in answer.json["warnings"]] == [("ops", "robot_silenced")]


# --- refusals -------------------------------------------------------------------------------------------------------


def test_an_unknown_robot_and_tag_are_refused_with_the_nearest_name():
    make_robot("operations")
    make_robot("行政通知")
    make_tag("shops")
    answer = send(
        "--text", "x", "--robot", "Opertions", "--robot", "行政通告", "--robot", "zzz", "--tag", "shop", "--json"
    )
    assert answer.status == 2
    assert (answer.json["broadcast"], answer.json["run"]) == (None, None)
    assert [each["text"] for each in answer.json["refused"]] == [
        "There is no robot “Opertions”. Did you mean “operations”?",
        "There is no robot “行政通告”. Did you mean “行政通知”?",
        "There is no robot “zzz”.",
        "There is no tag “shop”. Did you mean “shops”?",
    ]
    assert not Broadcast.objects.exists()


def test_refusals_are_told_in_words_on_standard_error():
    make_robot("ops", keywords=["通知"])
    make_robot("hr")
    answer = send("--text", "x", "--all-robots")
    assert (answer.status, answer.out) == (2, "")
    assert answer.err.splitlines() == [
        "ops: This group's robot only accepts messages that contain 通知. Add it to the text.",
        "Nothing was sent.",
    ]


def test_everything_that_is_wrong_is_told_at_once(tmp_path):
    file = tmp_path / "message.json"
    file.write_text('{"msgtype": "link", "link": {"title": "T", "messageURL": "https://a.example"}, "at": {}}')
    answer = send("--message", str(file), "--robot", "ops", "--at", "yesterday", "--json")
    assert answer.status == 2
    assert answer.refused == [
        (None, "key_elsewhere"),
        (None, "key_wrong_case"),
        (None, "key_missing"),
        (None, "time_unreadable"),
        ("ops", "unknown_robot"),
    ]


def test_a_paused_robot_asked_for_by_name_is_refused_with_its_reason():
    make_robot("ops", status=RobotStatus.PAUSED, paused_reason="by_person")
    make_robot("hr")
    answer = send("--text", "x", "--robot", "ops", "--robot", "hr", "--json")
    assert (answer.status, answer.refused) == (2, [("ops", "robot_paused")])
    assert "Paused by a person." in answer.json["refused"][0]["text"]
    assert not Broadcast.objects.exists()


def test_a_tag_with_nobody_but_paused_robots_is_refused_and_names_them():
    make_robot("ops", tags=[make_tag("shop")], status=RobotStatus.PAUSED, paused_reason="by_person")
    answer = send("--text", "x", "--tag", "shop", "--json")
    assert (answer.status, answer.refused) == (2, [(None, "audience_empty"), ("ops", "robot_paused")])


def test_a_robot_of_the_simulator_is_refused_by_name_once_it_is_off(settings):
    settings.DINGADMIN_SIMULATOR = False
    make_robot("demo", organisation=make_organisation(simulated=True))
    assert send("--text", "x", "--robot", "demo", "--json").refused == [("demo", "simulator_off")]


def test_a_robot_paused_after_the_check_is_refused(monkeypatch):
    make_robot("ops")
    real = send_module.order_of

    def order_then_pause(options):
        order = real(options)
        Robot.objects.update(status=RobotStatus.PAUSED, paused_reason="by_person")
        return order

    monkeypatch.setattr(send_module, "order_of", order_then_pause)
    answer = send("--text", "x", "--all-robots", "--json")
    assert (answer.status, answer.refused) == (2, [("ops", "robot_paused")])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--all-robots"], "message_missing"),
        (["--text", "x", "--message", "y.json", "--all-robots"], "message_missing"),
        (["--text", "x"], "audience_missing"),
        (["--text", " ", "--all-robots"], "empty"),
        (["--text", "x" * 20_001, "--all-robots"], "too_long"),
        (["--text", "x", "--all-robots", "--mention", "Li"], "mention_malformed"),
        (["--text", "x", "--all-robots", "--at", "2026-01-05T09:00"], "planned_in_past"),
        (["--text", "x", "--all-robots", "--at", "2099-01-05"], "time_unreadable"),
        (["--text", "x", "--all-robots", "--at", ""], "time_unreadable"),
        (["--text", "x", "--all-robots", "--at", "0001-01-01T00:00"], "time_unreadable"),
        (["--text", "x", "--all-robots", "--at", "9999-12-31T23:59Z"], "time_unreadable"),
        (["--message", "/nowhere/message.json", "--all-robots"], "file_unreadable"),
        (["--message", "/", "--all-robots"], "file_unreadable"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value)[:40],
)
def test_what_cannot_be_sent_is_refused(arguments: list[str], code: str):
    make_robot()
    answer = send(*arguments, "--json")
    assert answer.status == 2
    assert answer.refused == [(None, code)]
    assert answer.json["refused"][0]["text"].endswith((".", "!"))
    assert not Broadcast.objects.exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_json"),
        (b"{'msgtype': 'text'}", "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"n": ' + b"1" * 5000 + b"}", "not_json"),
        (b'["text"]', "not_an_object"),
        (b'{"msgtype": "\xff"}', "file_not_utf8"),
        ('{"msgtype": "text"}'.encode("utf-16"), "file_not_utf8"),
        (b" " * 1_000_001, "file_too_big"),
        (b'{"msgtype": "image", "image": {"picURL": "https://a.example"}}', "msgtype_unknown"),
        (b'{"msgtype": "text", "text": {"content": "x"}, "isAtAll": true}', "key_unknown"),
    ],
    ids=["empty", "single quotes", "deep", "huge number", "list", "latin-1", "utf-16", "big", "image", "unknown key"],
)
def test_a_file_that_holds_no_message_is_refused(tmp_path, content: bytes, code: str):
    make_robot()
    file = tmp_path / "message.json"
    file.write_bytes(content)
    answer = send("--message", str(file), "--all-robots", "--json")
    assert (answer.status, answer.refused) == (2, [(None, code)])


@pytest.mark.parametrize("wait", ["-1", "nan", "inf", "soon"])
def test_a_wait_that_is_no_number_of_seconds_is_a_wrong_call(wait: str):
    with pytest.raises(CommandError):
        call_command("send", "--text", "x", "--all-robots", f"--wait={wait}")


# --- from a shell ---------------------------------------------------------------------------------------------------


def shell(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own, on the test's database and a broker that is down."""
    base = Path(django_settings.BASE_DIR)
    given = {"DJANGO_SETTINGS_MODULE": "dingadmin.settings", "DATABASE_URL": database_url()}
    given |= {"REDIS_URL": "redis://127.0.0.1:1/0"}
    return subprocess.run(
        [sys.executable, str(base / "manage.py"), *arguments],
        cwd=base,
        env={**os.environ, **given, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def database_url() -> str:
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    return f"postgres://{values['USER']}:{values['PASSWORD']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


@pytest.mark.django_db(transaction=True)
def test_with_the_broker_down_the_message_is_stored_and_json_stays_alone_on_standard_output():
    make_robot("ops")
    ended = shell("send", "--text", "演练", "--robot", "ops", "--json")
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["broadcast"] == Broadcast.objects.get().pk
    assert Broadcast.objects.get().status == BroadcastStatus.SCHEDULED

    refused = shell("send", "--text", "演练", "--robot", "opps", "--json")
    assert refused.returncode == 2
    assert json.loads(refused.stdout)["refused"][0]["code"] == "unknown_robot"
