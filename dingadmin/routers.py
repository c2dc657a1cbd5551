"""Keeps what the simulator saw out of the product's database."""

from __future__ import annotations

from typing import Any

SIMULATOR = "simulator"


class SimulatorRouter:
    def db_for_read(self, model: type[Any], **hints: Any) -> str | None:
        return SIMULATOR if model._meta.app_label == SIMULATOR else None

    def db_for_write(self, model: type[Any], **hints: Any) -> str | None:
        return self.db_for_read(model, **hints)

    def allow_relation(self, first: Any, second: Any, **hints: Any) -> bool | None:
        return bool((first._meta.app_label == SIMULATOR) == (second._meta.app_label == SIMULATOR))

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return (db == SIMULATOR) == (app_label == SIMULATOR)
