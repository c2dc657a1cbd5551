"""The Celery app: two queues, one beat entry. All waiting lives in the database, none in Redis."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dingadmin.settings")

app = Celery("dingadmin")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
