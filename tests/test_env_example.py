"""`.env.example` is the list of all variables, so it has to be one."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("dingadmin", "dingtalk", "robots", "messages", "audit", "simulator")
LISTED = dict(re.findall(r"^(\w+)=(.*)$", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))


def sources() -> list[Path]:
    files = [file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py"))]
    return [file for file in files if "tests" not in file.parts]


def variables_read_by(file: Path) -> set[str]:
    """The names in `ENV.text("NAME")` and its likes."""
    return {
        str(node.args[0].value)
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (getattr(node.func.value, "id", None) or getattr(node.func.value, "attr", None)) == "ENV"
        and isinstance(node.args[0], ast.Constant)
    }


def test_it_lists_exactly_the_variables_that_the_code_reads() -> None:
    assert set(LISTED) == set().union(*map(variables_read_by, sources()))


def test_nothing_reads_the_environment_past_the_reader() -> None:
    """But for what is set there for the children, and for where Django finds its settings."""
    known = {"dingadmin/settings.py", "dingadmin/celery.py", "dingadmin/wsgi.py"}
    known |= {"dingadmin/supervisor/up.py", "dingadmin/supervisor/children.py"}

    readers = {str(file.relative_to(ROOT)) for file in sources() if "os.environ" in file.read_text(encoding="utf-8")}

    assert readers <= known


def test_no_secret_has_a_default() -> None:
    secret = (
        "DINGADMIN_SECRET_KEY",
        "DINGADMIN_ENCRYPTION_KEYS",
        "DINGADMIN_METRICS_TOKEN",
        "DATABASE_URL",
        "REDIS_URL",
    )

    assert {LISTED[name] for name in secret} == {""}


def test_compose_passes_on_only_variables_that_exist() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))

    passed = {name.removesuffix("_FILE") for name in compose["x-app"]["environment"]}

    assert passed <= set(LISTED)
