from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation


@pytest.fixture
def english(admin: User) -> Iterator[Client]:
    """A superuser whose browser asks for English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
    with translation.override("en"):
        yield client
