from __future__ import annotations

import pytest

from robots.masking import mask_mobile


@pytest.mark.parametrize(
    ("mobile", "shown"),
    [
        ("13800001234", "138****1234"),
        ("+852-91234567", "+852-****4567"),
        ("+1-2125550100", "+1-****0100"),
        ("123", "****"),
        ("", ""),
    ],
)
def test_a_mobile_is_shown_masked(mobile: str, shown: str) -> None:
    assert mask_mobile(mobile) == shown
