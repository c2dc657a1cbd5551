from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from messages.models import Delivery, Target
from robots.bulk import insert_many, read_many, update_many
from robots.models import Robot, Tag
from tests.factories import make_body, make_broadcast, make_delivery, make_robot, make_run

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 1, 5, 4, 0, 0, 123456, tzinfo=UTC)
TARGET = ("broadcast", "robot", "robot_name", "group_name", "variables", "ending", "override")
TAG = ("name", "variables", "demo")


def test_rows_come_out_as_the_models_would_have_stored_them():
    broadcast, robot = make_broadcast(), make_robot()
    variables, ending = {"经理": "李雷\n“\\N”\t✅"}, {"keywords": ["通知"], "text": "通知"}
    insert_many(Target, TARGET, [(broadcast.pk, robot.pk, "运维\t一\\组", "", variables, ending, 1)])
    stored = Target.objects.get()
    assert (stored.broadcast, stored.robot, stored.robot_name, stored.group_name) == (
        broadcast,
        robot,
        "运维\t一\\组",
        "",
    )
    assert (stored.variables, stored.ending, stored.override) == (variables, ending, 1)
    assert Target.objects.filter(variables__经理__startswith="李雷").exists()


def test_nothing_is_nothing_and_not_the_word_null():
    robots = [make_robot(), make_robot()]
    insert_many(Target, TARGET, [(make_broadcast().pk, robot.pk, "a", "", {}, None, None) for robot in robots])
    assert Target.objects.filter(ending__isnull=True, override__isnull=True, variables={}).count() == 2


def test_moments_keys_and_truth_are_kept():
    robot, run, body = make_robot(), make_run(), make_body()
    key = uuid.uuid4()
    names = ("run", "robot", "robot_name", "group_name", "is_test", "body", "msg_uuid", "status", "planned_at", "turn")
    more = ("calls", "tries", "uncertain_tries", "reason", "worker", "due_at", "useful_until")
    row = (run.pk, robot.pk, "a", "", True, body.pk, key, "waiting", NOON, 7, 0, 0, 0, "", "", NOON, None)
    insert_many(Delivery, (*names, *more), [row])
    stored = Delivery.objects.get(msg_uuid=key)
    assert (stored.planned_at, stored.due_at, stored.useful_until) == (NOON, NOON, None)
    assert (stored.is_test, stored.turn, stored.run, stored.body) == (True, 7, run, body)


def test_many_rows_take_one_statement(django_assert_num_queries):
    with django_assert_num_queries(1):
        insert_many(Tag, TAG, [(f"tag {number}", {}, False) for number in range(5000)])
    assert Tag.objects.count() == 5000


def test_no_rows_take_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        insert_many(Tag, TAG, [])
        update_many(Robot, ("name",), [])


def test_a_broken_rule_of_the_database_is_told_as_django_tells_it():
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_many(Tag, TAG, [("north", {}, False), ("north", {}, False)])
    assert not Tag.objects.exists()


def test_what_is_rolled_back_was_never_there():
    with transaction.atomic():
        insert_many(Tag, TAG, [("north", {}, False)])
        transaction.set_rollback(True)
    assert not Tag.objects.exists()


def test_a_row_that_lacks_a_value_is_refused():
    with pytest.raises(ValueError, match="argument"):
        insert_many(Tag, TAG, [("north", {})])


def test_rows_are_changed_one_by_one_in_one_statement(django_assert_num_queries):
    delivery, other = make_delivery(), make_delivery()
    with django_assert_num_queries(1):
        update_many(Delivery, ("worker", "claimed_at"), [("a", NOON, delivery.pk), ("b", None, other.pk)])
    assert list(Delivery.objects.order_by("pk").values_list("worker", "claimed_at")) == [("a", NOON), ("b", None)]


def test_what_is_read_are_models_as_a_query_would_give_them(django_assert_num_queries):
    robot = make_robot("ops", keywords=["通知"], hold_until=NOON)
    names = ("id", "name", "organisation", "keywords", "hold_until", "append_keyword")
    with django_assert_num_queries(1):
        (read,) = read_many(Robot.objects.all(), names)
        assert (read.pk, read.name, read.organisation_id) == (robot.pk, "ops", robot.organisation_id)
        assert (read.keywords, read.hold_until, read.append_keyword) == (["通知"], NOON, False)
    usual = Robot.objects.only(*names).get()
    assert read == usual
    assert hash(read) == hash(usual)
    assert read.get_deferred_fields() == usual.get_deferred_fields()


def test_a_column_that_was_not_read_is_asked_for_when_it_is_needed():
    robot = make_robot("ops", footer="Ask Li.")
    (read,) = read_many(Robot.objects.all(), ("id", "name"))
    assert (read.footer, read.organisation) == ("Ask Li.", robot.organisation)


def test_what_is_read_can_be_saved_and_deleted():
    make_robot("ops")
    (read,) = read_many(Robot.objects.all(), ("id", "name"))
    read.name = "hr"
    read.save(update_fields=["name"])
    assert Robot.objects.get().name == "hr"
    read.delete()
    assert not Robot.objects.exists()
