import ast
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import override

from audit.words import ACTIONS, action_in_words, actor_in_words, name_in_words, page_of

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("audit", "dingadmin", "messages", "robots")


def recorded_actions() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "tests" not in path.parts:
                yield from ((action, f"{path.name}") for action in _actions(path))


def _actions(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "record":
            yield from (
                argument.value
                for argument in ast.walk(node.args[0])
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and "." in argument.value[1:]
            )


def test_every_action_that_the_code_records_has_words():
    found = dict(recorded_actions())
    assert "robot.paused" in found
    assert {action: where for action, where in found.items() if action not in ACTIONS} == {}


def test_an_unknown_action_is_shown_as_it_was_written():
    assert action_in_words("rocket.launched") == "rocket.launched"


def test_the_system_is_put_in_words_and_a_person_of_that_name_is_not():
    with override("en"):
        assert actor_in_words("system", is_person=False) == "The system"
    assert actor_in_words("system", is_person=True) == "system"


def test_a_name_that_stands_alone_is_put_in_words_only_when_no_person_can_have_it():
    with override("zh-hans"):
        assert name_in_words("command line") == "命令行"
        assert name_in_words("system") == "system"
        assert name_in_words("Li Na") == "Li Na"


def test_a_target_without_a_page_has_no_address():
    assert page_of("rocket", "1") == ""
    assert page_of("tag", "1") == ""
