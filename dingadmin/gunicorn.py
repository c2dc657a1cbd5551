"""The web server's settings, for the embedded mode and for containers: `gunicorn -c python:dingadmin.gunicorn`."""

from __future__ import annotations

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
