"""The web server's settings, for the embedded mode and for containers: `gunicorn -c python:dingadmin.gunicorn`."""

from __future__ import annotations

import gc

from django.urls import get_resolver

from dingadmin import logs

wsgi_app = "dingadmin.wsgi:application"
worker_class = "gthread"
workers = 1  # more workers: --workers N; nothing is kept in the process
threads = 16
graceful_timeout = 8
timeout = 60
control_socket_disable = True
proc_name = "dingadmin-web"
logconfig_dict = logs.CONFIG
accesslog = "-"
# The path alone, without the query: a query may hold what nobody should read in a log.
access_log_format = '%(h)s "%(m)s %(U)s" %(s)s %(M)sms'


def post_worker_init(_worker: object) -> None:
    """What is loaded from the beginning stays: every full collection would walk over all of it, 50 ms within a page."""
    _ = get_resolver().url_patterns  # loads every page, which the first request would
    gc.collect()
    gc.freeze()
