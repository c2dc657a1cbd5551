from __future__ import annotations

import codecs
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from audit.actors import Actor
from audit.models import Entry
from robots.encryption import decrypt
from robots.imports.mistakes import ImportRefused
from robots.imports.recipients import import_recipients
from robots.imports.robots import import_robots
from robots.models import Organisation, Recipient, RecipientList, Robot, Tag
from tests.factories import fake_token, make_organisation, make_recipient, make_robot, make_tag

pytestmark = pytest.mark.django_db

LI = Actor(name="li")
REAL = "https://oapi.dingtalk.com/robot/send?access_token="
SECRET = "SECtest-not-real"
HEADER = "name,webhook,secret,keywords,ip_ranges,tags,group"


@pytest.fixture(autouse=True)
def _in_english() -> object:
    with translation.override("en"):
        yield


@pytest.fixture
def organisation() -> Organisation:
    return make_organisation("Head office")


def refused(organisation: Organisation, *lines: str) -> list[str]:
    text = "\n".join([HEADER, *lines])
    with pytest.raises(ImportRefused) as caught:
        import_robots(text.encode(), organisation=organisation, by=LI)
    assert not Tag.objects.filter(name="new tag").exists()
    return [str(mistake) for mistake in caught.value.mistakes]


def refused_recipients(*lines: str) -> list[str]:
    with pytest.raises(ImportRefused) as caught:
        import_recipients("\n".join(["name,mobile,user_id,lists", *lines]).encode(), by=LI)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_robots_are_imported_with_everything(organisation: Organisation) -> None:
    make_tag("IT")
    token = fake_token()
    full = f"运维,{REAL}{token},{SECRET},告警；通知;,203.0.113.7;10.0.0.0/8,IT;门店,运维值班群"
    data = "\n".join([HEADER, full, f"plain,{fake_token()},,,,,"])
    done = import_robots(data.encode(), organisation=organisation, by=LI)
    assert (done.robots, done.new_tags) == (2, ("门店",))
    robot = Robot.objects.get(name="运维")
    assert robot.group_name == "运维值班群"
    assert robot.organisation == organisation
    assert robot.keywords == ["告警", "通知"]
    assert robot.ip_ranges == ["203.0.113.7", "10.0.0.0/8"]
    assert sorted(tag.name for tag in robot.tags.all()) == ["IT", "门店"]
    assert decrypt(robot.token_encrypted).reveal() == token
    assert decrypt(robot.secret_encrypted).reveal() == SECRET
    assert robot.secret_set_at
    assert not Robot.objects.get(name="plain").has_secret


def test_an_import_is_one_audit_entry_with_the_count(organisation: Organisation) -> None:
    token = fake_token()
    import_robots(
        f"{HEADER}\na,{token},{SECRET},,,x,\nb,{fake_token()},,,,x,\n".encode(), organisation=organisation, by=LI
    )
    (entry,) = Entry.objects.all()
    assert entry.action == "robot.imported"
    assert entry.detail == {"robots": 2, "organisation": "Head office", "new_tags": ["x"]}
    assert token not in str(Entry.objects.values())
    assert SECRET not in str(Entry.objects.values())


def test_every_mistake_is_told_with_its_line_and_nothing_is_written(organisation: Organisation) -> None:
    make_robot("taken", token="f" * 60 + "0001")
    told = refused(
        organisation,
        f"good,{fake_token()},,,,new tag,",
        f",{fake_token()},,,,,",
        "no webhook,,,,,,",
        f"bad secret,{fake_token()},abc,,,,",
        f"bad range,{fake_token()},,,::1;1.2.3.4/24,,",
        f"keywords,{fake_token()},,{';'.join(map(str, range(11)))},,,",
        f"good,{fake_token()},,,,,",
        f"taken,{fake_token()},,,,,",
        f"same,{REAL}{'f' * 60}0001,,,,,",
    )
    assert told == [
        "Line 3, name: A name is needed.",
        "Line 4, webhook: Paste the webhook that DingTalk showed when the robot was added.",
        "Line 5, secret: The signing secret begins with SEC; this does not.",
        "Line 6, ip_ranges: “1.2.3.4/24” is an address inside a range. Did you mean 1.2.3.0/24 or 1.2.3.4?",
        "Line 6, ip_ranges: “::1”: DingTalk takes no IPv6 addresses, only IPv4.",
        "Line 7, keywords: DingTalk allows at most 10 keywords per robot; these are 11.",
        "Line 8, name: Line 2 has the same name.",
        "Line 9, name: There is a robot of this name already. Choose another, or edit that one.",
        "Line 10, webhook: The robot “taken” has this webhook already. Edit that one, or leave out the line.",
    ]
    assert Robot.objects.count() == 1
    assert not Entry.objects.exists()


def test_the_same_webhook_twice_in_a_file_is_told_however_it_is_written(organisation: Organisation) -> None:
    token = fake_token()
    told = refused(organisation, f"a,{token},,,,,", '"b\n c",x,,,,,', f"d,{REAL}{token}&timestamp=1&sign=x,,,,,")
    assert "Line 5, webhook: Line 2 has the same webhook." in told
    assert token not in str(told)


def test_no_mistake_quotes_a_token_or_a_secret(organisation: Organisation) -> None:
    token, secret = fake_token(), "SEC" + "a1" * 32
    for shift in range(7):
        cells = [""] * shift + ["x", f"{REAL}{token}", secret] + [""] * 7
        told = refused(organisation, ",".join(cells[:7]), ",".join([secret, f"http://{token}", token, secret, token]))
        assert token not in str(told)
        assert secret not in str(told)
        assert token[-8:] not in str(told)


def test_a_simulated_organisation_takes_the_simulators_webhooks_only(settings: object) -> None:
    settings.SIMULATOR_BASE_URL = "http://127.0.0.1:8000/simulator"
    url = f"http://127.0.0.1:8000/simulator/robot/send?access_token={fake_token()}"
    demo = make_organisation(simulated=True)
    assert import_robots(f"{HEADER}\na,{url},,,,,".encode(), organisation=demo, by=LI).robots == 1
    assert "belongs to 127.0.0.1" in refused(make_organisation(), f"b,{url[:-1]}x,,,,,")[0]


def test_recipients_are_imported_with_their_lists() -> None:
    data = "姓名,手机号,用户ID,名单\n张三,+86 138 0000 1234,zhang3,值班;管理层\n李四,,li4,值班\n"
    done = import_recipients(codecs.BOM_UTF8 + data.encode(), by=LI)
    assert (done.recipients, done.new_lists) == (2, ("值班", "管理层"))
    zhang = Recipient.objects.get(name="张三")
    assert (zhang.mobile, zhang.user_id) == ("13800001234", "zhang3")
    assert {one.name for one in RecipientList.objects.get(name="值班").members.all()} == {"张三", "李四"}
    (entry,) = Entry.objects.all()
    assert entry.detail == {"recipients": 2, "new_lists": ["值班", "管理层"]}


def test_every_mistake_about_recipients_is_told_and_nothing_is_written() -> None:
    make_recipient("老王", mobile="13800000001", user_id="wang")
    told = refused_recipients(
        "a,13800000002,,new list",
        "b,,,",
        "c,123,,",
        "d,138 0000 0002,,",
        ",13800000003,zhang san,",
        "e,13800000001,,",
        "f,,wang,",
        "g,,x1,",
        "h,,x1,",
    )
    assert told == [
        "Line 3, mobile: A mobile number or a userId is needed; without either nobody can be mentioned.",
        "Line 4, mobile: A mainland mobile number has 11 digits; this one has 3.",
        "Line 5, mobile: Line 2 has the same mobile number.",
        "Line 6, name: A name is needed.",
        "Line 6, user_id: A userId has 1 to 64 letters, digits or the signs _ - @ . and begins with a letter or digit.",
        "Line 7, mobile: “老王” has it already. Edit that recipient, or leave out the line.",
        "Line 8, user_id: “老王” has it already. Edit that recipient, or leave out the line.",
        "Line 10, user_id: Line 9 has the same userId.",
    ]
    assert Recipient.objects.count() == 1
    assert not RecipientList.objects.exists()


@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(lambda text: codecs.BOM_UTF8 + text.encode(), id="UTF-8 with a BOM"),
        pytest.param(lambda text: text.encode("gb18030"), id="GB18030"),
    ],
)
def test_five_thousand_robots_take_few_queries(encode: Callable[[str], bytes], organisation: Organisation) -> None:
    lines = [f"店铺{n},{REAL}{n:064x},SECtest-{n},通知,,标签{n % 20};全部,店铺{n}群" for n in range(5000)]
    data = encode("\n".join(["名称,Webhook,密钥,关键词,IP段,标签,群名称", *lines]))
    with CaptureQueriesContext(connection) as queries:
        assert import_robots(data, organisation=organisation, by=LI).robots == 5000
    # SQLite takes 47 robots per INSERT.
    assert len(queries) < 210
    assert Robot.objects.filter(tags__name="全部").count() == 5000


def test_five_thousand_recipients_take_few_queries_and_a_late_mistake_stops_all() -> None:
    lines = [f"员工{n},138{n:08d},user{n},全员" for n in range(5000)]
    assert refused_recipients(*lines, "x,12,,")[0].startswith("Line 5002, mobile:")
    assert not Recipient.objects.exists()
    data = "\n".join(["姓名,手机号,用户ID,名单", *lines]).encode("gb18030")
    with CaptureQueriesContext(connection) as queries:
        assert import_recipients(data, by=LI).recipients == 5000
    assert len(queries) < 100
    assert len(refused_recipients(*lines)) == 10_000


def run(command: str, *arguments: str) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command(command, *arguments, stdout=out, stderr=err)
    except CommandError as error:
        return error.returncode, out.getvalue(), f"{err.getvalue()}{error}"
    return 0, out.getvalue(), err.getvalue()


def test_the_command_imports_into_the_default_organisation(tmp_path: Path, organisation: Organisation) -> None:
    file = tmp_path / "robots.csv"
    file.write_text(f"{HEADER}\na,{fake_token()},,,,IT,\n", encoding="utf-8")
    assert run("import_robots", str(file)) == (0, "1 robot imported. New tags: IT.\n", "")
    assert Robot.objects.get().organisation == organisation
    (entry,) = Entry.objects.all()
    assert (entry.actor_name, entry.address) == ("command line", "manage.py import_robots")


def test_the_command_imports_into_a_named_organisation(tmp_path: Path, organisation: Organisation) -> None:
    file = tmp_path / "robots.csv"
    file.write_text(f"{HEADER}\na,{fake_token()},,,,,\n", encoding="utf-8")
    code, _out, err = run("import_robots", str(file), "--organisation", "Nowhere")
    assert code == 2
    assert "no organisation “Nowhere”" in err
    branch = make_organisation("Branch")
    assert run("import_robots", str(file), "--organisation", "Branch")[0] == 0
    assert Robot.objects.get().organisation == branch


def test_the_command_ends_with_2_and_tells_every_mistake(tmp_path: Path) -> None:
    file = tmp_path / "recipients.csv"
    file.write_text("name,mobile,user_id,lists\na,123,,\n,13800001234,,\n", encoding="utf-8")
    code, out, err = run("import_recipients", str(file))
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        "Line 2, mobile: A mainland mobile number has 11 digits; this one has 3.",
        "Line 3, name: A name is needed.",
        "2 mistakes; nothing was imported.",
    ]
    assert not Recipient.objects.exists()


def test_the_command_imports_recipients(tmp_path: Path) -> None:
    file = tmp_path / "recipients.csv"
    file.write_text("name,mobile,user_id,lists\na,13800001234,,x\n", encoding="utf-8")
    assert run("import_recipients", str(file)) == (0, "1 recipient imported. New lists: x.\n", "")


@pytest.mark.parametrize("command", ["import_robots", "import_recipients"])
def test_a_file_that_is_not_there_is_told(command: str, tmp_path: Path) -> None:
    code, _out, err = run(command, str(tmp_path / "none.csv"))
    assert code == 2
    assert "cannot be read" in err
