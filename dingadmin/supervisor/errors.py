from __future__ import annotations


class StartRefusedError(Exception):
    """The stack cannot start; the text is a whole sentence for the person who started it, and says what to do."""
