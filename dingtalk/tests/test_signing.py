"""Vectors from the public tests of other senders, recomputed (docs/protocol.md, section 2)."""

from urllib.parse import parse_qs, quote, urlsplit

import pytest

from dingtalk.signing import sign
from dingtalk.webhook import send_url

PUBLIC_SECRET = "SEC045ae0433d866d0019a47f441d3da2c3c5862b8a8c46f8ab1de83a6fb0b9a54c"  # of a public test, not a robot's
VECTORS = [
    pytest.param(1735693200000, PUBLIC_SECRET, "BSe0QzwtBdzTlEnmaVptmDApFF/EyDdmvpE/DajHtoE=", id="slashes"),
    pytest.param(1700000000000, "SECtest", "aZLLrriXgn05YbwaGR7knYsLeJADjr9NwLaNNKpxh4g=", id="plain"),
    pytest.param(1700000000000, "SECx", "rgcjbH+yFyES+S0llX+cAPCwVRpsr7sbiX5Lnyo/ocU=", id="case 16: plus and slash"),
]


@pytest.mark.parametrize(("timestamp_ms", "secret", "expected"), VECTORS)
def test_the_sign_is_the_one_of_the_public_vectors(timestamp_ms, secret, expected):
    assert sign(timestamp_ms=timestamp_ms, secret=secret) == expected


@pytest.mark.parametrize(("timestamp_ms", "secret", "expected"), VECTORS)
def test_the_sign_is_encoded_exactly_once_in_the_url(timestamp_ms, secret, expected):
    """Case 15."""
    url = send_url(base_url="https://oapi.dingtalk.com", token="t" * 64, secret=secret, timestamp_ms=timestamp_ms)
    query = urlsplit(url).query
    assert f"&sign={quote(expected, safe='')}" in url
    assert "%25" not in query
    assert not {"+", "/"} & set(query)
    assert parse_qs(query) == {"access_token": ["t" * 64], "timestamp": [str(timestamp_ms)], "sign": [expected]}


@pytest.mark.parametrize(
    ("bug", "wrong"),
    [
        ("seconds", "Bm0PXJYnYNOSvDPJeXMbkquKWfql14QwkhxjSjZmFso="),
        ("key and message swapped", "TCuUj60f5CkvBjOp3oEAuWmgFA3Dv2Pl4Exe4eGz/rE="),
        ("the algorithm of another product", "NN/aIyyAam2AhFBNHmAbVV0tdMpBtzUA18uxHlvV2oI="),
        ("backslash and n", "fLWZzyiERWCK8l4C3zyuMRebDz43PIZclTBMMgn+O3w="),
        ("SEC stripped", "XAdwPImiO1jphi9kTdfHc4XJwrBd0E5tXS0w4CmRkEM="),
        ("hexadecimal", "0527b4433c2d05dcd39449e6695a6d983029145fc4c83766be913f0da8c7b681"),
    ],
)
def test_the_sign_is_none_of_the_known_wrong_ones(bug, wrong):
    assert sign(timestamp_ms=1735693200000, secret=PUBLIC_SECRET) != wrong


def test_the_known_wrong_one_of_seconds_comes_from_seconds():
    """So that the wrong variants above are what they say."""
    assert sign(timestamp_ms=1735693200, secret=PUBLIC_SECRET) == "Bm0PXJYnYNOSvDPJeXMbkquKWfql14QwkhxjSjZmFso="


def test_each_timestamp_has_its_own_sign():
    """Cases 18 and 21."""
    assert sign(timestamp_ms=1, secret="SECx") != sign(timestamp_ms=2, secret="SECx")
