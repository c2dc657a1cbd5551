"""Both languages are whole, and say what the sources say."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import django
import polib
import pytest

from tests import catalogs
from tests.template_texts import untranslated_texts

LANGUAGES = tuple(catalogs.PLURAL_FORMS)
PLACEHOLDER = re.compile(r"%\(\w+\)[#0 +-]*\d*[a-z]|%%|%[a-z](?![a-z])|\{\w*\}|</?[a-z][^>]*>")
HAN = "\u3400-\u9fff"
# Between Chinese and Latin letters or digits stands a space, beside Chinese no half-width punctuation.
HALF_WIDTH = re.compile(rf"[{HAN}][,;:?!()\"']|[,;:?!()\"'][{HAN}]|[{HAN}][A-Za-z0-9]|[A-Za-z0-9][{HAN}]|\.\.\.|。\s")
# Placeholders, links in markdown, and cells of CSV files.
CODE = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|\]\(.*?\)|(?<=\w);(?=\w)")
# The same in every language: names of products and of fields, and each language's name in itself.
NAMES = {"DingAdmin", "errcode", "msgUuid", "https://", "中文"}
# Said otherwise than in Django's own catalogs, on purpose. What is meant in another sense there needs a context here:
# our words take the place of Django's on its own pages.
OURS = {"Add", "Administration", "English", "Filter", "Remove", "Summary", "Unknown"}
# Works without the rest of the product, so it says everything in both languages.
WITHOUT_CATALOGS = "500.html"


def texts_of(entry: polib.POEntry) -> list[tuple[str, str]]:
    """What is said in English, and in the catalog's language, for each of its plural forms."""
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    plurals = sorted(entry.msgstr_plural.items())
    return [(entry.msgid if n == 0 and len(plurals) > 1 else entry.msgid_plural, text) for n, text in plurals]


def each_text(language: str) -> Iterator[tuple[str, str]]:
    for entry in catalogs.read(language):
        yield from texts_of(entry)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated_and_none_is_a_guess_or_a_left_over(language: str) -> None:
    catalog = catalogs.read(language)
    assert len(catalog) > 0
    assert [entry.msgid for entry in catalog if entry.fuzzy or entry.obsolete] == []
    assert [english for english, text in each_text(language) if not text.strip()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_and_tags_are_the_same_in_a_translation(language: str) -> None:
    differing = [
        (english, text)
        for english, text in each_text(language)
        if Counter(PLACEHOLDER.findall(english)) != Counter(PLACEHOLDER.findall(text))
    ]
    assert differing == []


def test_english_says_what_the_sources_say() -> None:
    assert [english for english, text in each_text("en") if english != text] == []


def test_chinese_is_set_as_chinese_is() -> None:
    visible = [(text, CODE.sub("“”", text)) for _english, text in each_text("zh_Hans")]
    assert [text for text, seen in visible if HALF_WIDTH.search(seen)] == []


def test_our_words_do_not_change_the_sense_of_djangos_own_pages() -> None:
    folder = Path(django.__file__).parent
    theirs = {
        catalogs.key(entry): texts_of(entry)
        for path in sorted(folder.glob("**/zh_Hans/LC_MESSAGES/django.mo"))
        for entry in polib.mofile(str(path))
    }
    assert theirs
    ours = {catalogs.key(entry): texts_of(entry) for entry in catalogs.read("zh_Hans") if entry.msgid not in OURS}
    assert [(text, theirs[key]) for key, text in ours.items() if key in theirs and text != theirs[key]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalog_is_current(language: str) -> None:
    compiled = catalogs.po_file(language).with_suffix(".mo").read_bytes()
    assert compiled == catalogs.read(language).to_binary(), "run script/messages"


def test_the_catalogs_hold_what_the_sources_say() -> None:
    if not shutil.which("xgettext"):
        assert not os.environ.get("CI"), "xgettext is missing: install gettext"
        pytest.skip("NOT CHECKED whether the catalogs fit the sources: install gettext for its xgettext")
    collected = {catalogs.key(entry) for entry in catalogs.collect()}
    for language in LANGUAGES:
        held = {catalogs.key(entry) for entry in catalogs.read(language)}
        assert (collected - held, held - collected) == (set(), set()), f"run script/messages ({language})"


def test_what_templates_show_is_translatable() -> None:
    folders = [catalogs.ROOT / "templates", *catalogs.ROOT.glob("*/templates")]
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in {".html", ".txt"})
    assert files
    found = []
    for path in files:
        if path.name != WITHOUT_CATALOGS:
            found += [(path.name, text) for text in untranslated_texts(path.read_text("utf-8")) if text not in NAMES]
    assert found == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        pytest.param("<p>{% translate 'Good' %}</p>", [], id="translated"),
        pytest.param("<p>{% blocktranslate %}All is well{% endblocktranslate %}</p>", [], id="translated block"),
        pytest.param("<p>{# All is well #}{{ name }}</p><code>a b</code>", [], id="nothing to translate"),
        pytest.param('{% include "x.html" with title=_("All is well") %}', [], id="translated literal"),
        pytest.param("<p>All is well</p>", ["All is well"], id="English"),
        pytest.param("<p>一切正常</p>", ["一切正常"], id="Chinese"),
        pytest.param('<a title="All is well">{{ x }}</a>', ["All is well"], id="attribute"),
        pytest.param('{% include "x.html" with title="All is well" %}', ["All is well"], id="literal"),
        pytest.param('{{ name|default:"nobody" }}', ["nobody"], id="default"),
    ],
)
def test_texts_without_translation_are_found(source: str, found: list[str]) -> None:
    assert list(untranslated_texts(source)) == found
