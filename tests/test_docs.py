"""What the documentation names is there: files, scripts, commands with their options, variables, links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from bench.figures import END, START

ROOT = Path(__file__).resolve().parents[1]
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
DOCUMENTS = [*READMES, ROOT / "CHANGELOG.md", ROOT / "bench" / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
VARIABLES = set(re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))

LINK = re.compile(r"\]\(([^)\s]+)\)")
SCRIPT = re.compile(r"(?<![\w./-])script/([a-z][a-z-]*)")
COMMAND = re.compile(r"manage\.py ([a-z_]+)([^`\n]*)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
VARIABLE = re.compile(r"\b(?:(?:DINGADMIN|DINGTALK)_[A-Z_]+|(?:DATABASE|REDIS)_URL(?:_FILE)?)\b")
CODE = re.compile(r"`([^`\n]+)`")

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


@dataclass(frozen=True, slots=True)
class Section:
    """What two languages have in common."""

    level: int
    rows: int  # of tables
    blocks: int  # of code
    commands: tuple[str, ...]
    variables: tuple[str, ...]


def text_of(document: Path) -> str:
    return document.read_text(encoding="utf-8")


def links_in(document: Path) -> Iterator[str]:
    yield from (link for link in LINK.findall(text_of(document)) if "://" not in link)


def sections_of(document: Path) -> list[Section]:
    """Without what stands in the figures: they are written by a command, from one source for both."""
    text = re.sub(f"{START}.*?{END}", "", text_of(document), flags=re.DOTALL)
    parts = re.split(r"^(#+) ", re.sub(r"^(    .*|```.*)$", r" \1", text, flags=re.MULTILINE), flags=re.MULTILINE)
    return [
        Section(
            level=len(marks),
            rows=len(re.findall(r"^\|", part, re.MULTILINE)),
            blocks=part.count("```"),
            commands=tuple(name for name, _rest in COMMAND.findall(part)),
            variables=tuple(VARIABLE.findall(part)),
        )
        for marks, part in zip(parts[1::2], parts[2::2], strict=True)
    ]


def repository_paths_in(text: str) -> Iterator[str]:
    """Code that reads like a path of the repository: it begins with one of its folders."""
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    made_later = {"var", "secrets", "staticfiles"}
    for code in CODE.findall(text):
        if re.fullmatch(r"[\w./-]+", code) and "/" in code and code.split("/")[0] in folders - made_later:
            yield code


@each_document
def test_every_link_leads_to_a_file(document: Path) -> None:
    missing = [link for link in links_in(document) if not (document.parent / link.partition("#")[0]).exists()]

    assert missing == []


@each_document
def test_every_path_is_one(document: Path) -> None:
    assert [path for path in repository_paths_in(text_of(document)) if not (ROOT / path).exists()] == []


@each_document
def test_every_script_is_there(document: Path) -> None:
    assert [name for name in SCRIPT.findall(text_of(document)) if not (ROOT / "script" / name).is_file()] == []


@each_document
def test_every_command_is_one_and_has_these_options(document: Path) -> None:
    known = get_commands()
    for name, rest in COMMAND.findall(text_of(document)):
        assert name in known, f"manage.py {name}"
        app = known[name]
        command = load_command_class(app, name) if isinstance(app, str) else app
        options = set(command.create_parser("manage.py", name)._option_string_actions)
        assert set(OPTION.findall(rest)) <= options, f"manage.py {name}{rest}"


@each_document
def test_every_variable_is_one(document: Path) -> None:
    """Each may also be given as NAME_FILE."""
    named = set(VARIABLE.findall(text_of(document)))

    assert {name for name in named if not {name, name.removesuffix("_FILE")} & VARIABLES} == set()


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_a_readme_lists_every_variable(readme: Path) -> None:
    assert set(VARIABLES) <= set(VARIABLE.findall(text_of(readme)))


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_a_readme_has_the_place_for_the_figures(readme: Path) -> None:
    text = text_of(readme)

    assert (text.count(START), text.count(END)) == (1, 1)
    assert text.index(START) < text.index(END)


def test_both_readmes_say_the_same() -> None:
    english, chinese = READMES

    assert sections_of(english) == sections_of(chinese)


def test_every_document_is_in_the_index() -> None:
    listed = set(links_in(ROOT / "docs" / "README.md"))

    assert listed == {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}


def test_pictures_are_small() -> None:
    """They are loaded with the page, by people on the road as well."""
    large = [path.name for path in (ROOT / "docs" / "images").iterdir() if path.stat().st_size >= 200_000]

    assert large == []
