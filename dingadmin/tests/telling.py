"""What the System page tells of a part."""

from __future__ import annotations

from django.utils import timezone

from dingadmin.system.page import all_parts
from dingadmin.system.parts import Part


def part(key: str) -> Part:
    return next(part for part in all_parts(timezone.now()) if part.key == key)


def facts(key: str) -> dict[str, object]:
    return {str(fact.label): fact.value for fact in part(key).facts}


def advice(key: str) -> str:
    return " ".join(str(finding.advice) for finding in part(key).findings)
