from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(file for file in ROOT.glob("*/migrations/[0-9]*.py"))


@pytest.mark.django_db(databases=["default", "simulator"])
def test_the_migrations_make_what_the_models_say() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_a_migration_is_named_by_hand_and_imports_no_code_of_ours(file: Path) -> None:
    assert "_auto_" not in file.name
    imports = re.findall(r"^(?:from|import) (\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    assert not {"dingadmin", "dingtalk", "robots", "messages", "audit", "simulator"} & set(imports)
