from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from messages.models import EngineState

LONGEST_SILENCE: Final = timedelta(seconds=30)


class Command(BaseCommand):
    help = "Ends with 0 while planned messages go out: beat asks for a tick every second, and a worker takes it."
    requires_system_checks = []

    def handle(self, *args: object, **options: Any) -> None:
        state = EngineState.objects.filter(pk=1).first()
        if state is None or state.ticked_at is None:
            raise CommandError("there was no tick yet")
        silence = timezone.now() - state.ticked_at
        if silence > LONGEST_SILENCE:
            raise CommandError(f"the last tick was {silence.total_seconds():.0f} seconds ago")
