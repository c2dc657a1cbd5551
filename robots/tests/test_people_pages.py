"""Recipients and recipient lists."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from audit.models import Entry
from robots.models import Recipient, RecipientList
from robots.tests.pages import text_of
from tests.factories import make_list, make_recipient

pytestmark = pytest.mark.django_db

RECIPIENTS, LISTS = "/robots/recipients/", "/robots/lists/"


def test_recipients_are_listed_with_masked_mobiles(english: Client) -> None:
    assert "No recipients yet" in text_of(english.get(RECIPIENTS))
    make_list("Board", [make_recipient("张三", mobile="13800001234", user_id="zhang3")])
    answer = english.get(RECIPIENTS)
    assert "张三 138****1234 zhang3 Board" in text_of(answer)
    assert "13800001234" not in answer.content.decode()


def test_recipients_are_searched(english: Client) -> None:
    board = make_list("Board", [make_recipient("张三", mobile="13800001234")])
    make_recipient("Li Si", user_id="li4", mobile="+852-91234567")

    def names(query: str) -> list[str]:
        return [row.name for row in english.get(f"{RECIPIENTS}?{query}").context["page"].rows]

    assert names("q=张") == ["张三"]
    assert names("q=138 0000") == ["张三"]
    assert names("q=LI4") == ["Li Si"]
    assert names("q=%2B852-9123") == []
    assert names(f"list={board.pk}") == ["张三"]
    assert "Nobody fits these filters" in text_of(english.get(f"{RECIPIENTS}?q=nobody"))


def test_people_of_the_same_name_are_paged_without_loss(english: Client) -> None:
    for _number in range(120):
        make_recipient("王伟")
    seen: list[int] = []
    query = "?"
    while query:
        page = english.get(RECIPIENTS + query).context["page"]
        seen += [row.pk for row in page.rows]
        query = page.next_url
    assert len(seen) == len(set(seen)) == 120


def test_a_recipient_is_added_changed_and_deleted(english: Client) -> None:
    board = make_list("Board")
    form = {"name": "张三", "mobile": "+86 138-0000-1234", "user_id": "", "lists": [board.pk]}
    assert "张三 is added." in text_of(english.post(f"{RECIPIENTS}add/", form, follow=True))
    recipient = Recipient.objects.get()
    assert (recipient.mobile, list(recipient.lists.all())) == ("13800001234", [board])
    edit = f"{RECIPIENTS}{recipient.pk}/edit/"
    assert 'value="13800001234"' in english.get(edit).content.decode()
    english.post(edit, {"name": "张三丰", "mobile": "", "user_id": "zhang3", "lists": []})
    recipient.refresh_from_db()
    assert (recipient.name, recipient.mobile, recipient.lists.count()) == ("张三丰", "", 0)
    delete = f"{RECIPIENTS}{recipient.pk}/delete/"
    assert "Recipient lists and drafts lose the person." in text_of(english.get(delete))
    assert "张三丰 is deleted." in text_of(english.post(delete, follow=True))
    assert not Recipient.objects.exists()
    assert "13800001234" not in str(list(Entry.objects.values()))


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"name": ""}, "name", "required"),
        ({"mobile": "123"}, "mobile", "11 digits; this one has 3"),
        ({"mobile": ""}, "__all__", "without either nobody can be mentioned"),
        ({"user_id": "张三"}, "user_id", "1 to 64 letters"),
        ({"mobile": "13900001111"}, "mobile", "Wang"),
        ({"user_id": "wang"}, "user_id", "Wang"),
    ],
    ids=str,
)
def test_a_bad_recipient_is_refused_beside_the_field(
    changed: dict[str, str], field: str, said: str, english: Client
) -> None:
    make_recipient("Wang", mobile="13900001111", user_id="wang")
    answer = english.post(f"{RECIPIENTS}add/", {"name": "Li", "mobile": "13800001234", "user_id": "", **changed})
    assert said in str(answer.context["form"].errors[field])
    assert said in text_of(answer)
    assert "Constraint" not in text_of(answer)
    assert Recipient.objects.count() == 1


def test_lists_live(english: Client) -> None:
    assert "No recipient lists yet" in text_of(english.get(LISTS))
    assert "Now put people on it." in text_of(english.post(f"{LISTS}add/", {"name": "Board"}, follow=True))
    board = RecipientList.objects.get()
    assert "Board 0" in text_of(english.get(LISTS))
    assert "There is a list of this name already." in text_of(english.post(f"{LISTS}add/", {"name": "Board"}))
    renamed = english.post(f"{LISTS}{board.pk}/rename/", {"name": "The board"}, follow=True)
    assert "now called The board" in text_of(renamed)
    assert "The people on it stay" in text_of(english.get(f"{LISTS}{board.pk}/delete/"))
    assert "The list The board is deleted." in text_of(english.post(f"{LISTS}{board.pk}/delete/", follow=True))
    assert not RecipientList.objects.exists()


def test_people_are_found_put_on_a_list_and_taken_off(english: Client) -> None:
    zhang = make_recipient("张三", mobile="13800001234")
    make_recipient("李四")
    board = make_list("Board")
    page = f"{LISTS}{board.pk}/"
    assert "Nobody is on this list yet" in text_of(english.get(page))
    found = english.get(f"{page}?q=张").context["found"]
    assert found == [zhang]
    answer = english.post(f"{page}members/{zhang.pk}/add/", {"q": "张"}, follow=True)
    text = text_of(answer)
    assert answer.redirect_chain == [(f"{page}?q=%E5%BC%A0", 302)]
    assert "张三 is on the list." in text
    assert "1 person" in text
    assert "138****1234" in text
    assert "Nobody fits who is not on the list already." in text
    text = text_of(english.post(f"{page}members/{zhang.pk}/remove/", follow=True))
    assert "张三 is no longer on the list." in text
    assert not board.members.exists()


@pytest.mark.parametrize("text", ["\0", "x" * 200, "%", "'"])
def test_an_odd_search_breaks_no_page(text: str, english: Client) -> None:
    make_recipient("张三")
    board = make_list("Board")
    for url in (RECIPIENTS, LISTS, f"{LISTS}{board.pk}/"):
        assert english.get(url, {"q": text}).status_code == 200


def test_a_list_that_is_too_long_for_one_message_says_so(english: Client) -> None:
    board = make_list("Board", [make_recipient() for _number in range(51)])
    answer = english.get(f"{LISTS}{board.pk}/")
    assert "DingTalk mentions at most 50 people per message." in text_of(answer)
    assert len(answer.context["page"].rows) == 50
    assert len(english.get(f"{LISTS}{board.pk}/{answer.context['page'].next_url}").context["page"].rows) == 1


def test_the_lists_take_the_same_queries_however_long_they_are(
    english: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    people = [make_recipient() for _number in range(60)]
    boards = [make_list(f"list {number:03d}", people) for number in range(60)]
    with django_assert_num_queries(6):  # session, user, lists to filter by, recipients, their lists, banner
        assert len(english.get(RECIPIENTS).context["page"].rows) == 50
    with django_assert_num_queries(4):  # session, user, lists, banner
        assert len(english.get(LISTS).context["page"].rows) == 50
    with django_assert_num_queries(6):  # session, user, list, members, whether there is anybody, banner
        assert len(english.get(f"{LISTS}{boards[0].pk}/").context["page"].rows) == 50
