#!/usr/bin/env python3
"""Django's command line for DingAdmin."""

import importlib.util
import os
import sys
from pathlib import Path

VENV_PYTHON = Path(__file__).resolve().parent / ".venv" / "bin" / "python"


def main() -> None:
    if importlib.util.find_spec("django") is None and VENV_PYTHON.exists():
        # Called with the system's Python: go on with the one that script/server has set up.
        os.execv(VENV_PYTHON, [str(VENV_PYTHON), *sys.argv])  # noqa: S606
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dingadmin.settings")
    from django.core.exceptions import ImproperlyConfigured  # only now is Django known to be there
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"The settings cannot be used: {error}.")


if __name__ == "__main__":
    main()
