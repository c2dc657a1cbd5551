from __future__ import annotations

import base64
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.actors import Actor
from audit.models import Entry
from robots.encryption import decrypt, encrypt, fingerprint, key_id, key_id_of, known_fingerprints
from robots.models import Robot
from robots.services import keys
from robots.services.keys import keys_in_use, rotate_keys
from tests.factories import fake_token, make_robot

pytestmark = pytest.mark.django_db

OLD = base64.urlsafe_b64encode(b"an-old-key-of-thirty-two-bytes-0").decode()
NEW = base64.urlsafe_b64encode(b"a-newer-key-of-thirty-two-bytes1").decode()
SECRET = "SECtest-not-real"
LI = Actor(name="li")


@pytest.fixture
def old_robots(settings: object) -> list[Robot]:
    """Five robots, three with a secret, made under a key that is no longer the newest."""
    settings.ENCRYPTION_KEYS = [OLD]
    robots = [make_robot(f"robot {n}", secret=SECRET if n % 2 == 0 else "") for n in range(5)]
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    return robots


def test_everything_is_readable_with_the_new_key_alone(old_robots: list[Robot], settings: object) -> None:
    tokens = {robot.pk: decrypt(robot.token_encrypted) for robot in old_robots}
    assert sum(batch.rotated for batch in rotate_keys(by=LI)) == 5

    settings.ENCRYPTION_KEYS = [NEW]
    for robot in Robot.objects.all():
        assert decrypt(robot.token_encrypted) == tokens[robot.pk]
        assert robot.token_fingerprint == fingerprint(tokens[robot.pk])
        assert not robot.has_secret or decrypt(robot.secret_encrypted).reveal() == SECRET
    assert keys_in_use() == {key_id(NEW): 8}


def test_interrupted_in_the_middle_it_can_be_run_again(old_robots: list[Robot]) -> None:
    interrupted = rotate_keys(by=LI, batch_size=2)
    next(interrupted)
    interrupted.close()
    assert keys_in_use() == {key_id(NEW): 3, key_id(OLD): 5}
    assert all(decrypt(robot.token_encrypted) for robot in Robot.objects.all())

    assert [batch.rotated for batch in rotate_keys(by=LI, batch_size=2)] == [2, 1]
    assert keys_in_use() == {key_id(NEW): 8}
    assert list(rotate_keys(by=LI)) == []


def test_in_mid_rotation_every_token_is_found_by_one_of_its_fingerprints(old_robots: list[Robot]) -> None:
    next(rotate_keys(by=LI, batch_size=2))
    for robot in Robot.objects.all():
        found = Robot.objects.get(token_fingerprint__in=known_fingerprints(decrypt(robot.token_encrypted)))
        assert found == robot


def test_an_edit_meanwhile_is_not_overwritten(old_robots: list[Robot], monkeypatch: pytest.MonkeyPatch) -> None:
    token = fake_token()
    edited = old_robots[1]

    def edit_first(ciphertext: str) -> str:
        Robot.objects.filter(pk=edited.pk).update(
            token_encrypted=encrypt(token), token_fingerprint=fingerprint(token), secret_encrypted=""
        )
        return original(ciphertext)

    original = keys.reencrypt
    monkeypatch.setattr(keys, "reencrypt", edit_first)
    assert sum(batch.rotated for batch in rotate_keys(by=LI)) == 4
    edited.refresh_from_db()
    assert decrypt(edited.token_encrypted).reveal() == token
    assert edited.token_fingerprint == fingerprint(token)


def test_a_rotated_robot_waits_out_its_minute_for_its_window_has_a_new_name(old_robots: list[Robot]) -> None:
    list(rotate_keys(by=LI))
    robot = Robot.objects.get(pk=old_robots[0].pk)
    assert robot.hold_until > timezone.now()
    assert robot.hold_reason == "waiting_pacing"


def test_each_batch_is_on_record_and_no_secret_with_it(old_robots: list[Robot]) -> None:
    list(rotate_keys(by=LI, batch_size=3))
    entries = Entry.objects.filter(action="keys.rotated").order_by("number")
    assert [entry.detail for entry in entries] == [
        {"robots": 3, "key": key_id(NEW)},
        {"robots": 2, "key": key_id(NEW)},
    ]
    assert SECRET not in str(list(Entry.objects.values()))


def test_the_command_tells_how_far_it_came_and_which_keys_are_in_use(old_robots: list[Robot]) -> None:
    out = StringIO()
    call_command("rotate_keys", batch=3, stdout=out)
    assert out.getvalue().splitlines() == [
        "3 robots re-encrypted",
        "5 robots re-encrypted",
        f"Key {key_id(NEW)} (newest): 8 values",
        "Older keys are no longer needed.",
    ]


def test_a_missing_key_stops_nothing_but_is_named(old_robots: list[Robot], settings: object) -> None:
    settings.ENCRYPTION_KEYS = [NEW]
    make_robot("fresh", secret=SECRET)
    out, err = StringIO(), StringIO()
    with pytest.raises(CommandError, match="5 robots"):
        call_command("rotate_keys", stdout=out, stderr=err)
    assert f"robot 0: the encryption key {key_id(OLD)} is not configured" in err.getvalue()
    assert f"Key {key_id(OLD)}: 8 values" in out.getvalue()
    assert "no longer needed" not in out.getvalue()


def test_two_robots_that_turn_out_to_share_a_webhook_are_told(old_robots: list[Robot]) -> None:
    shared = decrypt(old_robots[2].token_encrypted)
    # Made by a process that did not know of the older key yet.
    make_robot("twin", token=shared.reveal())
    failures = [failure for batch in rotate_keys(by=LI) for failure in batch.unreadable]
    assert [(failure.robot.name, failure.cause) for failure in failures] == [
        ("robot 2", "another robot holds the same webhook")
    ]
    assert key_id_of(Robot.objects.get(name="robot 4").token_encrypted) == key_id(NEW)
