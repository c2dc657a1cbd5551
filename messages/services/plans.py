"""What a person settles before a launch, and takes back again: groups left out, the time, and repairs.

A step is {"did": …} with what its undoing needs: "left_out" robots; "moved" and "split" typed, as it was; "mended"
before and after, the draft's versions; "allowed" and "resumed" robots.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from enum import StrEnum, auto
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from audit.actors import Actor
from messages.models import Draft, LaunchPlan
from messages.services.drafts import StaleDraft, restore_version
from robots.models import PauseReason, Robot
from robots.services.robots import allow_keyword, forbid_keyword, pause_robot, resume_robot

# Groups that were left out yesterday must not be missed in silence today.
KEPT_FOR: Final = timedelta(hours=12)
MOST_STEPS: Final = 50


class Did(StrEnum):
    LEFT_OUT = auto()
    MOVED = auto()
    SPLIT = auto()
    MENDED = auto()
    ALLOWED = auto()
    RESUMED = auto()


def plan_of(draft: Draft, user: User) -> LaunchPlan:
    """An empty one, not stored, when there is none; or none of today."""
    kept = LaunchPlan.objects.filter(draft=draft, user=user, updated_at__gt=timezone.now() - KEPT_FOR).first()
    return kept or LaunchPlan(draft=draft, user=user)


def remember(draft: Draft, user: User, *, without: Iterable[int], typed: Mapping[str, str]) -> None:
    """What the launch page shows now; its repairs stay as they are."""
    plan = plan_of(draft, user)
    _store(plan, without=sorted(set(without)), typed=dict(typed))


def forget(draft: Draft, user: User) -> None:
    """It was launched."""
    LaunchPlan.objects.filter(draft=draft, user=user).delete()


def restore(
    draft: Draft,
    user: User,
    *,
    without: Iterable[int],
    typed: Mapping[str, str],
    steps: Iterable[Mapping[str, object]],
) -> None:
    """Its launch was taken back: all of the page as it was left."""
    _store(plan_of(draft, user), without=list(without), typed=dict(typed), steps=list(steps))


def leave_out(plan: LaunchPlan, robots: Collection[int]) -> None:
    further = sorted(set(robots) - set(plan.without))
    if further:
        _store(plan, {"did": Did.LEFT_OUT, "robots": further}, without=sorted({*plan.without, *further}))


def settle(plan: LaunchPlan, did: Did, *, typed: Mapping[str, str]) -> None:
    """Fill in fields of the launch page: the time, or that it may go out in parts."""
    _store(plan, {"did": did, "typed": plan.typed}, typed={**plan.typed, **typed})


def note_mended(plan: LaunchPlan, *, before: int, after: int) -> None:
    """The draft was mended by one more version."""
    if before != after:
        _store(plan, {"did": Did.MENDED, "before": before, "after": after})


@transaction.atomic
def allow_keywords(plan: LaunchPlan, robots: Iterable[Robot], *, by: Actor) -> None:
    """Have the bare keyword added in these robots' groups, from now on."""
    allowed = [robot.pk for robot in robots if allow_keyword(robot, by=by)]
    if allowed:
        _store(plan, {"did": Did.ALLOWED, "robots": allowed})


@transaction.atomic
def resume_robots(plan: LaunchPlan, robots: Iterable[Robot], *, by: Actor) -> None:
    """Those that a person has paused."""
    resumed = [robot.pk for robot in robots if resume_robot(robot, by=by)]
    if resumed:
        _store(plan, {"did": Did.RESUMED, "robots": resumed})


@transaction.atomic
def undo(plan: LaunchPlan, *, step: int, by: Actor) -> bool:
    """Take the last step back; False when it is another by now: pressed twice, it undoes once.

    Raises StaleDraft when the draft was edited since it was mended.
    """
    if not plan.steps or len(plan.steps) != step:
        return False
    last: dict[str, Any] = plan.steps[-1]
    match last["did"]:
        case Did.LEFT_OUT:
            plan.without = sorted(set(plan.without) - set(last["robots"]))
        case Did.MOVED | Did.SPLIT:
            plan.typed = last["typed"]
        case Did.MENDED:
            _restore(plan.draft, before=last["before"], after=last["after"], by=by)
        case Did.ALLOWED:
            for robot in Robot.objects.filter(pk__in=last["robots"]):
                forbid_keyword(robot, by=by)
        case Did.RESUMED:
            for robot in Robot.objects.filter(pk__in=last["robots"]):
                pause_robot(robot, reason=PauseReason.BY_PERSON, by=by)
    plan.steps = plan.steps[:-1]
    _store(plan)
    return True


def _restore(draft: Draft, *, before: int, after: int, by: Actor) -> None:
    version = draft.versions.filter(number=before).first()
    if version is None:
        raise StaleDraft(draft.versions.first())
    restore_version(version=version, based_on=after, by=by)


def _store(plan: LaunchPlan, step: Mapping[str, object] | None = None, **changes: Any) -> None:
    """Another browser of the same person may have made the row meanwhile: the last one wins."""
    for name, value in changes.items():
        setattr(plan, name, value)
    if step:
        plan.steps = [*plan.steps, dict(step)][-MOST_STEPS:]
    values = {"without": plan.without, "typed": plan.typed, "steps": plan.steps}
    LaunchPlan.objects.update_or_create(draft=plan.draft, user=plan.user, defaults=values)
