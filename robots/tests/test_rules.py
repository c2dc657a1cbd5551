from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from robots.rules.ip_ranges import clean_ip_ranges, covers
from robots.rules.keywords import clean_keywords
from robots.rules.mobiles import clean_mobile
from robots.rules.names import clean_name, clean_notes
from robots.rules.user_ids import clean_user_id


@pytest.fixture(autouse=True)
def _in_english() -> object:
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("pasted", "stored"),
    [
        pytest.param("13800001234", "13800001234", id="plain"),
        pytest.param(" 138 0000 1234 ", "13800001234", id="spaces"),
        pytest.param("138-0000-1234", "13800001234", id="dashes"),
        pytest.param("+8613800001234", "13800001234", id="+86"),
        pytest.param("+86 138-0000-1234", "13800001234", id="+86 with a space"),
        pytest.param("+86-13800001234", "13800001234", id="+86 as DingTalk writes it"),
        pytest.param("008613800001234", "13800001234", id="0086"),
        pytest.param("8613800001234", "13800001234", id="86"),
        pytest.param("(86)13800001234", "13800001234", id="(86)"),
        pytest.param("１３８００００１２３４", "13800001234", id="full-width digits"),
        pytest.param("\u202a13800001234\u202c", "13800001234", id="copied from a contact with invisible marks"),
        pytest.param("'13800001234", "13800001234", id="as text from a spreadsheet"),
        pytest.param("19912345678", "19912345678", id="199"),
        pytest.param("+852-91234567", "+852-91234567", id="Hong Kong"),
        pytest.param("+852 9123 4567", "+852-91234567", id="Hong Kong with spaces"),
        pytest.param("00852-91234567", "+852-91234567", id="00 for +"),
        pytest.param("+1-212-555-0100", "+1-2125550100", id="dashes inside"),
        pytest.param("+1 (212) 555.0100", "+1-2125550100", id="brackets and dots"),
        pytest.param("+44–7700900123", "+44-7700900123", id="a typographic dash"),
        pytest.param("", "", id="none"),
        pytest.param("   ", "", id="blank"),
    ],
)
def test_a_mobile_is_stored_as_dingtalk_takes_it(pasted: str, stored: str) -> None:
    assert clean_mobile(pasted) == stored


@pytest.mark.parametrize(
    ("pasted", "said"),
    [
        pytest.param("1380000123", "11 digits; this one has 10", id="one digit short"),
        pytest.param("138000012345", "11 digits; this one has 12", id="one digit long"),
        pytest.param("12800001234", "begin with 13 to 19", id="no such mobile"),
        pytest.param("02112345678", "begin with 13 to 19", id="a landline"),
        pytest.param("1.38E+10", "digits only", id="what a spreadsheet makes of it"),
        pytest.param("zhang", "digits only", id="letters"),
        pytest.param("+85291234567", "dash after the area code", id="no dash"),
        pytest.param("+852-12", "no mobile number", id="too short"),
        pytest.param("+86-1380000123", "11 digits; this one has 10", id="mainland, one short"),
        pytest.param("+-", "no mobile number", id="nothing in it"),
        pytest.param("+0-123456", "no mobile number", id="no such area"),
    ],
)
def test_what_is_no_mobile_is_told(pasted: str, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        clean_mobile(pasted)


@pytest.mark.parametrize("user_id", ["manager4220", "0123456789", "a", "zhang.san@corp", "A_b-c", "x" * 64, ""])
def test_a_user_id_is_taken(user_id: str) -> None:
    assert clean_user_id(f" {user_id} ") == user_id


@pytest.mark.parametrize("user_id", ["张三", "a b", "-a", "x" * 65, "@all", "a\nb", "<b>"])
def test_what_is_no_user_id_is_refused(user_id: str) -> None:
    with pytest.raises(ValidationError):
        clean_user_id(user_id)


def test_keywords_are_trimmed_and_kept_once_in_their_order() -> None:
    assert clean_keywords([" 通知 ", "", "alert", "通知", "Alert", "  "]) == ["通知", "alert", "Alert"]


def test_an_eleventh_keyword_is_refused() -> None:
    assert len(clean_keywords([f"k{n}" for n in range(10)] + ["k1"])) == 10
    with pytest.raises(ValidationError, match="at most 10"):
        clean_keywords([f"k{n}" for n in range(11)])


def test_an_endless_keyword_is_refused() -> None:
    with pytest.raises(ValidationError, match="101 characters"):
        clean_keywords(["x" * 101])


@pytest.mark.parametrize(
    ("entry", "stored"),
    [
        ("203.0.113.7", "203.0.113.7"),
        (" 1.1.1.0/24 ", "1.1.1.0/24"),
        ("２０３.0.113.7", "203.0.113.7"),
        ("203.0.113.7/32", "203.0.113.7/32"),
        ("10.0.0.0/8", "10.0.0.0/8"),
    ],
)
def test_an_ip_range_is_taken(entry: str, stored: str) -> None:
    assert clean_ip_ranges([entry, "", entry]) == [stored]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        pytest.param("2001:db8::1", "no IPv6", id="IPv6"),
        pytest.param("2001:db8::/32", "no IPv6", id="IPv6 range"),
        pytest.param("203.0.113.7/24", "203.0.113.0/24 or 203.0.113.7", id="an address with a mask"),
        pytest.param("203.0.113.0/255.255.255.0", "write the range as 203.0.113.0/24", id="a netmask"),
        pytest.param("203.0.113.256", "neither an IPv4", id="256"),
        pytest.param("203.0.113", "neither an IPv4", id="three parts"),
        pytest.param("203.0.113.1-203.0.113.9", "neither an IPv4", id="from-to"),
        pytest.param("203.0.113.0/33", "neither an IPv4", id="/33"),
        pytest.param("010.1.1.1", "neither an IPv4", id="leading zero"),
        pytest.param("203.0.113.*", "neither an IPv4", id="star"),
        pytest.param("example.com", "neither an IPv4", id="a name"),
        pytest.param("203.0.113.0/", "neither an IPv4", id="no prefix"),
    ],
)
def test_what_is_no_ip_range_is_told(entry: str, said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        clean_ip_ranges([entry])
    assert said in caught.value.messages[0]


def test_every_bad_ip_range_is_told_not_only_the_first() -> None:
    with pytest.raises(ValidationError) as caught:
        clean_ip_ranges(["1.1.1.1", "::1", "nonsense"])
    assert len(caught.value.messages) == 2


def test_whether_an_address_is_covered() -> None:
    assert covers(["1.1.1.0/24", "203.0.113.7"], "203.0.113.7")
    assert covers(["1.1.1.0/24"], "1.1.1.200")
    assert not covers(["1.1.1.0/24"], "1.1.2.1")
    assert not covers([], "1.1.2.1")
    assert not covers(["1.1.1.0/24"], "unknown")


def test_a_name_is_made_tidy() -> None:
    assert clean_name("  运维\u00a0 值班\n群\u200b ") == "运维 值班 群"
    assert clean_name("👩\u200d💻 team") == "👩\u200d💻 team"


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "x" * 101])
def test_no_name_and_an_endless_name_are_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        clean_name(name)


@pytest.mark.parametrize(
    "secret",
    [
        pytest.param(f"https://oapi.dingtalk.com/robot/send?access_token={'f' * 64}", id="webhook"),
        pytest.param("f" * 64, id="token"),
        pytest.param("SEC" + "0" * 64, id="secret"),
    ],
)
def test_a_secret_is_refused_where_everybody_could_read_it(secret: str) -> None:
    for clean in (clean_name, clean_notes, lambda text: clean_keywords([text])):
        with pytest.raises(ValidationError, match="stands here in clear") as caught:
            clean(f"see {secret}")
        assert secret not in str(caught.value)
    with pytest.raises(ValidationError) as caught:
        clean_ip_ranges([secret])
    assert secret[-20:] not in str(caught.value)
