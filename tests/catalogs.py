"""Brings the catalogs in locale/ up to date with the sources: python -m tests.catalogs (script/messages runs it).

The .po and the .mo files are a function of the sources and of the translations alone: no date, no person, no line
number, no path of a machine, and nothing that depends on gettext's version. Texts are collected in a copy of the
sources, for makemessages leaves files beside each template while it works.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
PLURAL_FORMS = {"zh_Hans": "nplurals=1; plural=0;", "en": "nplurals=2; plural=(n != 1);"}
# Nothing that a user of the product reads stands in these.
NO_SOURCES = (".*", "__pycache__", "tests", "bench", "docs", "locale", "script", "secrets", "static*", "var")
MAKEMESSAGES = ("-m", "django", "makemessages", "--all", "--keep-pot", "--add-location", "file", "--verbosity", "0")

Key = tuple[str, str, str]


def main() -> int:
    collected = collect()
    for language in PLURAL_FORMS:
        catalog = read(language)
        updated = update(collected, catalog, language)
        write(updated, language)
        for entry in updated.untranslated_entries():
            sys.stderr.write(f"{po_file(language).relative_to(ROOT)}: to be translated: {entry.msgid!r}\n")
    return 0


def collect() -> polib.POFile:
    """All texts of the sources, in the order of files. Needs gettext's xgettext and msguniq."""
    with tempfile.TemporaryDirectory(prefix="dingadmin-messages-") as name:
        copy = Path(name) / "sources"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*NO_SOURCES))
        (copy / "locale").mkdir()
        # Without settings: they would make a home with keys in it.
        environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
        subprocess.run([sys.executable, *MAKEMESSAGES], cwd=copy, env=environment, check=True)
        return polib.pofile(str(copy / "locale" / "django.pot"))


def update(collected: Iterable[polib.POEntry], catalog: Iterable[polib.POEntry], language: str) -> polib.POFile:
    """What was collected with the translations of the catalog. A guess at a changed text is worth less than a gap."""
    updated = polib.POFile(wrapwidth=0)
    updated.metadata = {
        "Project-Id-Version": "DingAdmin",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURAL_FORMS[language],
    }
    known = {key(entry): entry for entry in catalog if not entry.obsolete and not entry.fuzzy}
    for entry in collected:
        updated.append(_translated(entry, known.get(key(entry)), language))
    return updated


def key(entry: polib.POEntry) -> Key:
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""


def po_file(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> polib.POFile:
    path = po_file(language)
    return polib.pofile(str(path)) if path.exists() else polib.POFile()


def write(catalog: polib.POFile, language: str) -> None:
    path = po_file(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog.save(str(path))
    path.with_suffix(".mo").write_bytes(catalog.to_binary())


def _translated(source: polib.POEntry, known: polib.POEntry | None, language: str) -> polib.POEntry:
    entry = polib.POEntry(
        msgctxt=source.msgctxt,
        msgid=source.msgid,
        msgid_plural=source.msgid_plural,
        comment=source.comment,
        occurrences=sorted(set(source.occurrences)),
        flags=[flag for flag in source.flags if flag != "fuzzy"],
    )
    if language == "en":
        known = _in_english(source)
    if source.msgid_plural:
        count = int(PLURAL_FORMS[language].removeprefix("nplurals=")[0])
        entry.msgstr_plural = {n: known.msgstr_plural.get(n, "") if known else "" for n in range(count)}
    elif known:
        entry.msgstr = known.msgstr
    return entry


def _in_english(source: polib.POEntry) -> polib.POEntry:
    plurals = {0: source.msgid, 1: source.msgid_plural}
    return polib.POEntry(msgid=source.msgid, msgstr=source.msgid, msgstr_plural=plurals)


if __name__ == "__main__":
    sys.exit(main())
