from __future__ import annotations

from collections.abc import Mapping


def changes(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, object]:
    """What an act changed, for its audit entry: {"name": ["old", "new"]}."""
    return {key: [before[key], after[key]] for key in after if before[key] != after[key]}
