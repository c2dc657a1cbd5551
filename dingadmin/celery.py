"""The Celery app: two queues, one beat entry. All waiting lives in the database, none in Redis."""

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dingadmin.settings")

app = Celery("dingadmin")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_our_logging(**_kwargs: object) -> None:
    """That somebody listens here is enough: Celery sets up no handler of its own, which would miss the redaction."""
