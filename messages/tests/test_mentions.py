from __future__ import annotations

import pytest

from dingtalk.payloads import At
from messages.services.mentions import resolve_mentions
from robots.models import Recipient, RecipientList
from tests.factories import make_list, make_recipient

pytestmark = pytest.mark.django_db


def test_people_and_lists_are_mentioned_once_each_in_the_order_of_names():
    li = make_recipient("Li", mobile="13800000003")
    wang = make_recipient("Wang", mobile="13800000001")
    an = make_recipient("An", mobile="13800000002")
    first, second = make_list(members=[wang, an]), make_list(members=[an, li])

    at = resolve_mentions(everyone=False, recipients=[li, an], lists=[first, second])
    assert at == At(mobiles=("13800000002", "13800000003", "13800000001"))


def test_the_mobile_is_preferred_and_the_user_id_stands_in_for_it():
    both = make_recipient("An", mobile="13800000001", user_id="an01")
    by_id = make_recipient("Li", user_id="li01")
    at = resolve_mentions(everyone=False, recipients=[both, by_id], lists=[])
    assert at == At(mobiles=("13800000001",), user_ids=("li01",))


def test_everyone_is_mentioned_beside_people():
    person = make_recipient(mobile="13800000001")
    assert resolve_mentions(everyone=True, recipients=[], lists=[]) == At(everyone=True)
    assert resolve_mentions(everyone=True, recipients=[person], lists=[]) == At(("13800000001",), (), True)


def test_nobody_is_mentioned_without_a_choice(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert not resolve_mentions(everyone=False, recipients=[], lists=[])


def test_an_empty_list_mentions_nobody():
    make_recipient()
    assert not resolve_mentions(everyone=False, recipients=Recipient.objects.none(), lists=[make_list()])


def test_many_lists_take_one_query_more_than_choosing_them(django_assert_num_queries):
    for _number in range(10):
        make_list(members=[make_recipient() for _person in range(3)])
    with django_assert_num_queries(2):
        at = resolve_mentions(everyone=False, recipients=[], lists=RecipientList.objects.all())
    assert len(at.mobiles) == 30
