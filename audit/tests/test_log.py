import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from audit.actors import SYSTEM, command_actor
from audit.log import first_broken, record
from audit.models import Chain, Entry
from tests.factories import make_robot

pytestmark = pytest.mark.django_db


def fill(count: int) -> list[Entry]:
    return [record("robot.paused", by=SYSTEM, detail={"reason": f"测试 {number}"}) for number in range(count)]


def test_an_entry_keeps_who_did_what_on_what_from_where():
    robot = make_robot(name="ops")
    entry = record("robot.updated", by=command_actor("import_robots"), target=robot, detail={"changed": ["name"]})
    stored = Entry.objects.get(pk=entry.pk)
    assert (stored.actor_name, stored.address) == ("command line", "manage.py import_robots")
    assert (stored.target_type, stored.target_id, stored.target_label) == ("robot", str(robot.pk), "ops")
    assert stored.detail == {"changed": ["name"]}


def test_entries_are_numbered_without_a_gap_and_each_carries_the_hash_of_the_one_before():
    first, second, third = fill(3)
    assert [first.number, second.number, third.number] == [1, 2, 3]
    assert (first.previous_hash, second.previous_hash, third.previous_hash) == ("", first.hash, second.hash)


def test_an_act_that_is_rolled_back_leaves_no_entry():
    with transaction.atomic():
        record("robot.paused", by=SYSTEM)
        transaction.set_rollback(True)
    assert not Entry.objects.exists()
    assert first_broken() is None


def test_a_log_that_nobody_touched_is_whole():
    assert first_broken() is None
    fill(5)
    assert first_broken() is None


@pytest.mark.parametrize(
    ("change", "number"),
    [
        pytest.param(lambda: Entry.objects.filter(number=3).update(detail={"reason": "other"}), 3, id="detail changed"),
        pytest.param(lambda: Entry.objects.filter(number=2).update(actor_name="li"), 2, id="somebody else blamed"),
        pytest.param(lambda: Entry.objects.filter(number=4).delete(), 4, id="one taken out"),
        pytest.param(lambda: Entry.objects.filter(number=1).delete(), 1, id="the first taken out"),
        pytest.param(lambda: Entry.objects.filter(number=5).delete(), 5, id="the last taken out"),
        pytest.param(lambda: Entry.objects.all().delete(), 1, id="all taken out"),
        pytest.param(lambda: Chain.objects.update(head="0" * 64), 6, id="the chain's head changed"),
    ],
)
def test_tampering_shows_at_the_first_entry_that_does_not_fit(change, number):
    fill(5)
    change()
    assert first_broken() == number


def test_verify_audit_says_that_the_log_is_whole(capsys):
    fill(2)
    call_command("verify_audit")
    assert "whole" in capsys.readouterr().out


def test_verify_audit_ends_with_1_and_the_first_broken_entry():
    fill(3)
    Entry.objects.filter(number=2).update(action="robot.deleted")
    with pytest.raises(CommandError, match="Entry 2") as caught:
        call_command("verify_audit")
    assert caught.value.returncode == 1
