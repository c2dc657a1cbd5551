"""Workers keep their connections to the database, and get over one that was lost."""

from __future__ import annotations

import os

import psycopg
import pytest
from django.db import connection

from dingadmin.celery import app
from messages.models import EngineState
from messages.tasks import tick


@pytest.mark.skipif(not os.environ.get("DATABASE_URL", "").startswith("postgres"), reason="SQLite is never away")
@pytest.mark.django_db(transaction=True)
def test_a_task_after_the_database_was_started_anew_has_a_connection_that_works() -> None:
    connection.ensure_connection()
    ours = connection.connection.info.backend_pid
    with psycopg.connect(connection.connection.info.dsn, password=connection.settings_dict["PASSWORD"]) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [ours])

    done = app.tasks[tick.name].apply()

    assert done.successful(), done.traceback
    assert EngineState.objects.get().ticked_at is not None
