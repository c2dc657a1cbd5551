"""Who looks at the pages whose server time is measured, and at how many rows. Import it after bench.throw_away."""

from __future__ import annotations

import argparse

from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from dingadmin.preparation import prepare
from dingadmin.static_files import collect_static


def few_and_many(description: str | None) -> tuple[int, int]:
    """As many rows as a large organisation has, and far more."""
    options = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--few", type=int, default=500)
    options.add_argument("--many", type=int, default=10_000)
    asked = options.parse_args()
    return asked.few, asked.many


def signed_in() -> Client:
    """The administrator of an installation that was set up a moment ago."""
    prepare()
    collect_static()
    client = Client(headers={"host": "localhost", "accept-language": "en"})
    client.force_login(User.objects.get(is_superuser=True), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client
