"""Text that JSON, HTTP and databases can all carry, whoever wrote it."""

import re

# Line feed and tab stay; the rest of C0, DEL and C1 shows nothing, and PostgreSQL refuses NUL.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean_text(text: str) -> str:
    if _SURROGATES.search(text):
        # Halves of a pair that met by concatenation become their character, lone ones go.
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n")
    return _CONTROLS.sub("", text)
