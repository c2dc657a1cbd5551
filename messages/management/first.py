"""The `send` command's first group: who gets it before all the others."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from audit.actors import Actor
from messages.history.first_group import first_group_of
from messages.management.arguments import Refusal, Refused, robots_named
from messages.models import Broadcast
from messages.services.audience import Audience
from messages.services.first_group import NoFirstGroup, choose_first


@dataclass(frozen=True, slots=True)
class FirstOptions:
    """As the shell gave them."""

    name: str | None
    asks: bool
    stop_share: int | None


@dataclass(frozen=True, slots=True)
class First:
    """`robot`: whose group gets it first."""

    robot: int
    asks: bool
    stop_share: int | None


def add_first_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--first", metavar="NAME", help="this robot's group gets it first, the rest waits for its result"
    )
    parser.add_argument("--first-asks", action="store_true", help="also when it arrived, the rest waits for a go")
    parser.add_argument(
        "--stop-share", metavar="PERCENT", type=_percent, help="pause by itself when more of the rest failed"
    )


def first_options(given: dict[str, Any]) -> FirstOptions:
    return FirstOptions(name=given["first"], asks=given["first_asks"], stop_share=given["stop_share"])


def read_first(options: FirstOptions) -> First | None:
    """Raises Refused."""
    if options.name is None:
        if options.asks or options.stop_share is not None:
            raise Refused([Refusal("first_missing", _("Say which group gets it first: --first NAME."))])
        return None
    (robot,) = robots_named([options.name])
    return First(robot.pk, options.asks, options.stop_share)


def refusals_of(first: First | None, robots: Audience) -> list[Refusal]:
    """The launch would refuse it as well; here it is told with everything else that is wrong."""
    if first is None or (len(robots) > 1 and any(first.robot in part for part in robots.parts())):
        return []
    return [_refusal()]


def choose(broadcast: Broadcast, first: First | None, *, by: Actor) -> None:
    """In the transaction of the launch. Raises Refused."""
    if first is None:
        return
    try:
        choose_first(broadcast, robot=first.robot, asks=first.asks, stop_share=first.stop_share, by=by)
    except NoFirstGroup:
        raise Refused([_refusal()]) from None


def first_as_json(broadcast: Broadcast) -> dict[str, Any] | None:
    """None without a first group, and once the broadcast is cancelled."""
    first = first_group_of(broadcast)
    if first is None:
        return None
    return {
        "robot": first.target.robot_name,
        "state": first.state,
        "result": first.told or None,
        "asks": first.asks,
        "stop_share": first.stop_share,
    }


def _refusal() -> Refusal:
    return Refusal("first_not_among_them", NoFirstGroup().text)


def _percent(written: str) -> int:
    if not (written.isascii() and written.isdigit() and int(written[:4]) <= 99):
        raise ArgumentTypeError("must be a whole number from 0 to 99")
    return int(written)
