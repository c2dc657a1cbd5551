"""The published vectors, and the name of the bug for each wrong way to sign."""

from __future__ import annotations

from urllib.parse import quote, unquote_plus

import pytest

from simulator.diagnoses import Diagnosis
from simulator.verdicts import signatures

AT = "1735693200000"
# Published in a test of Jenkins's DingTalk plugin; it opens no robot.
SECRET = "SEC045ae0433d866d0019a47f441d3da2c3c5862b8a8c46f8ab1de83a6fb0b9a54c"


@pytest.mark.parametrize(
    ("at", "secret", "sign"),
    [
        (AT, SECRET, "BSe0QzwtBdzTlEnmaVptmDApFF/EyDdmvpE/DajHtoE="),
        ("1700000000000", "SECtest", "aZLLrriXgn05YbwaGR7knYsLeJADjr9NwLaNNKpxh4g="),
        ("1700000000000", "SECx", "rgcjbH+yFyES+S0llX+cAPCwVRpsr7sbiX5Lnyo/ocU="),
    ],
    ids=["jenkins", "SECtest", "SECx"],
)
def test_a_published_signature_matches(at: str, secret: str, sign: str) -> None:
    assert signatures.matches(sign, timestamp=at, secret=secret)


@pytest.mark.parametrize(
    ("on_the_wire", "bug"),
    [
        ("Bm0PXJYnYNOSvDPJeXMbkquKWfql14QwkhxjSjZmFso%3D", Diagnosis.SIGN_SECONDS),
        ("TCuUj60f5CkvBjOp3oEAuWmgFA3Dv2Pl4Exe4eGz%2FrE%3D", Diagnosis.SIGN_SWAPPED),
        ("NN%2FaIyyAam2AhFBNHmAbVV0tdMpBtzUA18uxHlvV2oI%3D", Diagnosis.SIGN_FEISHU),
        ("fLWZzyiERWCK8l4C3zyuMRebDz43PIZclTBMMgn%2BO3w%3D", Diagnosis.SIGN_LITERAL_NEWLINE),
        ("XAdwPImiO1jphi9kTdfHc4XJwrBd0E5tXS0w4CmRkEM%3D", Diagnosis.SIGN_SEC_STRIPPED),
        ("0527b4433c2d05dcd39449e6695a6d983029145fc4c83766be913f0da8c7b681", Diagnosis.SIGN_HEX),
        ("BSe0QzwtBdzTlEnmaVptmDApFF%252FEyDdmvpE%252FDajHtoE%253D", Diagnosis.SIGN_DOUBLE_ENCODED),
        ("BSe0QzwtBdzTlEnmaVptmDApFF_EyDdmvpE_DajHtoE%3D", Diagnosis.SIGN_URL_SAFE),
        ("BSe0QzwtBdzTlEnmaVptmDApFF%2FEyDdmvpE%2FDajHtoE", Diagnosis.SIGN_UNPADDED),
        ("nonsense", Diagnosis.SIGN_UNKNOWN),
    ],
    ids=lambda value: value if isinstance(value, Diagnosis) else "",
)
def test_a_wrong_way_to_sign_is_named(on_the_wire: str, bug: Diagnosis) -> None:
    given = unquote_plus(on_the_wire)
    assert not signatures.matches(given, timestamp=AT, secret=SECRET)
    assert signatures.diagnose(given, timestamp=AT, secret=SECRET) == bug


def test_a_plus_that_arrives_as_a_space_was_not_encoded() -> None:
    right = signatures.expected("1700000000000", "SECx")
    arrived = unquote_plus(right)
    assert " " in arrived
    assert signatures.diagnose(arrived, timestamp="1700000000000", secret="SECx") == Diagnosis.SIGN_NOT_ENCODED


def test_a_wrong_way_to_sign_is_named_when_it_was_also_not_encoded() -> None:
    feishu = unquote_plus(quote("NN/aIyyAam2AhFBNHmAbVV0tdMpBtzUA18uxHlvV2oI="))
    assert signatures.diagnose(feishu, timestamp=AT, secret=SECRET) == Diagnosis.SIGN_FEISHU


@pytest.mark.parametrize("secret", [f"{SECRET}\n", f" {SECRET}", f"{SECRET} "], ids=["newline", "before", "after"])
def test_a_secret_with_white_space_around_it_is_named(secret: str) -> None:
    given = signatures.expected(AT, secret)
    assert signatures.diagnose(given, timestamp=AT, secret=SECRET) == Diagnosis.SIGN_SECRET_SPACES


def test_a_sign_of_another_timestamp_in_the_same_url_is_named() -> None:
    given = signatures.expected("1735693200001", SECRET)
    found = signatures.diagnose(given, timestamp=AT, secret=SECRET, other_timestamps=["x", "1735693200001"])
    assert found == Diagnosis.SIGN_OTHER_TIMESTAMP


def test_a_right_sign_encoded_twice_is_named_whatever_letters_it_has() -> None:
    for timestamp in range(1_700_000_000_000, 1_700_000_000_050):
        given = quote(signatures.expected(str(timestamp), SECRET), safe="")
        found = signatures.diagnose(given, timestamp=str(timestamp), secret=SECRET)
        assert found == Diagnosis.SIGN_DOUBLE_ENCODED
