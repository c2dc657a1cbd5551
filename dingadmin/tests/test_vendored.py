import hashlib

from django.conf import settings

STATIC = settings.BASE_DIR / "static"


def test_vendored_files_are_the_ones_that_were_checked_in() -> None:
    folder = STATIC / "vendor"
    listed = dict(reversed(line.split("  ./", 1)) for line in (folder / "CHECKSUMS").read_text().splitlines())
    there = {str(path.relative_to(folder)): path for path in folder.glob("*/**/*") if path.is_file()}

    assert there.keys() == listed.keys()
    for name, path in there.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == listed[name], name


def test_style_sheets_and_scripts_point_at_no_source_map() -> None:
    """The manifest storage would fail on a map that is not there."""
    for path in STATIC.rglob("*"):
        if path.suffix in {".css", ".js"}:
            assert "sourceMappingURL" not in path.read_text(encoding="utf-8"), path
