"""A draft's dry run as one person has it before them: with what they left out, and the time they chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone

from dingtalk.payloads import NOBODY
from messages.forms.launch import LATER, LaunchForm
from messages.models import Draft, LaunchPlan
from messages.pages.drafts.order import Order, order_of
from messages.schedule.wall_times import WallTime
from messages.services.checks import Finding
from messages.services.checks.dry_run import DryRun, dry_run
from messages.services.plans import plan_of

# What stands on the launch page of one moment only: a key, and answers to what that very page asks.
PASSING: Final = ("launch_key", "confirm", "over_quota")


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """`wall`: when it would go out; None for now."""

    draft: Draft
    plan: LaunchPlan
    order: Order
    wall: WallTime | None
    run: DryRun

    def findings_like(self, level: str, code: str, key: str) -> list[Finding]:
        """Those that are mended together."""
        asked = (level, code, key)
        return [each for each in self.run.check.findings if (each.level, each.code, each.key) == asked]


def rehearse(draft: Draft, user: User) -> Rehearsal:
    plan = plan_of(draft, user)
    wall = _wall(plan)
    order = order_of(
        draft,
        without=plan.without,
        planned_at=wall.moment if wall else None,
        zone=wall.zone.key if wall else None,
    )
    run = dry_run(
        order.tailoring,
        at=order.at,
        robots=order.robots,
        planned_at=wall.moment if wall else None,
        urgent=bool(plan.typed.get("urgent")),
        split=bool(plan.typed.get("split")),
    )
    return Rehearsal(draft, plan, order, wall, run)


def user_of(request: HttpRequest) -> User:
    """Views ask for it behind login_required."""
    if not isinstance(request.user, User):
        raise TypeError("somebody who is signed in")
    return request.user


def typed_of(request: HttpRequest) -> dict[str, str]:
    """What stands in the fields of the launch page, and is worth keeping."""
    fields = [name for name in LaunchForm.base_fields if name not in PASSING]
    return {name: request.POST[name] for name in fields if request.POST.get(name)}


def typed_later(rehearsal: Rehearsal, minutes: int) -> Mapping[str, str]:
    """The fields of the launch page for so many minutes later, on the clocks that the person chose."""
    form = LaunchForm(initial={}, at=NOBODY, groups=0)
    zone = rehearsal.wall.zone if rehearsal.wall else timezone.get_default_timezone()
    # Up to a whole minute: the page's clock knows no seconds, and must not fall short.
    begins = max(rehearsal.run.when, timezone.now()) + timedelta(minutes=minutes, seconds=59, microseconds=999_999)
    moment = begins.astimezone(zone)
    typed = {"when": LATER, "date": f"{moment:%Y-%m-%d}", "time": f"{moment:%H:%M}", "zone": str(zone)}
    return {name: text for name, text in typed.items() if name in form.fields}


def _wall(plan: LaunchPlan) -> WallTime | None:
    """None, too, for a time that is over, or that nobody can understand."""
    if not plan.typed:
        return None
    wall = LaunchForm(plan.typed, at=NOBODY, groups=0).wall
    return wall if wall and wall.moment > timezone.now() else None
