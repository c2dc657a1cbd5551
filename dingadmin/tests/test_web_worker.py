"""How a web worker begins."""

from __future__ import annotations

import gc

from dingadmin import gunicorn as web_settings


def test_what_a_worker_loaded_at_its_start_is_not_collected_again_and_again() -> None:
    frozen = gc.get_freeze_count()
    try:
        web_settings.post_worker_init(None)
        assert gc.get_freeze_count() > frozen
    finally:
        gc.unfreeze()
