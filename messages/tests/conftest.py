"""Fixtures for the tests of messages."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from django.db import connection

from messages.models import CalendarYear

seeding = importlib.import_module("messages.migrations.0022_official_days_2019_2026")


@pytest.fixture
def official_calendar(db: None) -> None:
    """As after `migrate`, whatever a test of transactions left of it."""
    CalendarYear.objects.all().delete()
    seeding.seed(apps, connection.schema_editor())
