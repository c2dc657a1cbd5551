"""The Celery app: two queues, one beat entry. All waiting lives in the database, none in Redis."""

import os

from celery import Celery
from celery.signals import setup_logging, task_prerun
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dingadmin.settings")

app = Celery("dingadmin")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_kwargs: object) -> None:
    """That somebody listens here is enough: Celery sets up no handler of its own, which would miss the redaction."""


@task_prerun.connect
def look_at_the_connection(**_kwargs: object) -> None:
    """As a web request does. Celery keeps each thread's connection for a thousand tasks, a broken one as well: after
    PostgreSQL was started anew nothing would be fired or sent for half an hour.
    """
    if connection.settings_dict["CONN_HEALTH_CHECKS"]:
        connection.close_if_unusable_or_obsolete()
