from __future__ import annotations

import json
import math
import uuid
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.actors import command_actor
from messages.management.arguments import Refusal, Refused
from messages.management.first import add_first_arguments, choose, first_options
from messages.management.ordering import Options, Order, order_of, unanswered
from messages.management.sent import REFUSED, Sent, refused_as_json, sent, sent_as_json, sent_as_lines
from messages.management.waiting import wait_for_end, wait_for_run
from messages.management.wording import refusal_line
from messages.models import Broadcast
from messages.services.launch import LaunchRefused, launch
from messages.services.planning import NeverUseful, PlannedInPast

# How long a command that does not wait for the end waits for the worker to take the broadcast up.
RUN_GRACE_SECONDS: Final = 3.0


def seconds(written: str) -> float:
    try:
        number = float(written)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise ArgumentTypeError("must be a number of seconds")
    return number


class Command(BaseCommand):
    help = (
        "Sends a message to the groups of robots, now or at a time, and tells what became of it. "
        "Ends with 0 when all was delivered (or is planned), 1 when some was not, 2 when it was refused."
    )
    # A broker that is down must not keep a message from being stored.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--message", metavar="FILE.json", help="a body as DingTalk takes it, without `at`; - reads stdin"
        )
        parser.add_argument("--text", help="a plain text instead")
        parser.add_argument("--robot", dest="robots", metavar="NAME", action="append", help="may be repeated")
        parser.add_argument("--tag", dest="tags", metavar="NAME", action="append", help="may be repeated")
        parser.add_argument("--all-robots", action="store_true", help="every robot that is not paused")
        parser.add_argument("--mention", dest="mentions", metavar="MOBILE", action="append", help="may be repeated")
        parser.add_argument("--mention-all", action="store_true", help="mention everybody in the groups")
        parser.add_argument("--at", metavar="ISO-TIME", help="with an offset, or this installation's wall time")
        parser.add_argument("--useful-until", metavar="ISO-TIME", help="what still waits then is not sent any more")
        parser.add_argument(
            "--urgent", action="store_true", help="may use what organisations keep for urgent broadcasts"
        )
        parser.add_argument(
            "--within-quota", action="store_true", help="refuse what would break a monthly quota, instead of warning"
        )
        parser.add_argument("--split", action="store_true", help="send what is too long for one message in parts")
        add_first_arguments(parser)
        parser.add_argument("--wait", metavar="SECONDS", type=seconds, help="wait so long for all deliveries to end")
        parser.add_argument("--json", dest="as_json", action="store_true", help="one JSON object and nothing else")

    def handle(self, *, wait: float | None, as_json: bool, **given: Any) -> None:
        try:
            order = order_of(_options(given))
            broadcast = _launched_with_first(order)
        except Refused as refused:
            self._tell_refused(refused, as_json=as_json)
            raise SystemExit(REFUSED) from None
        done = _awaited(order, broadcast, wait)
        self._tell(done, as_json=as_json)
        if done.exit_status:
            raise SystemExit(done.exit_status)

    def _tell_refused(self, refused: Refused, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(refused_as_json(refused.refusals)))
            return
        for refusal in refused.refusals:
            self.stderr.write(refusal_line(refusal))
        self.stderr.write(_("Nothing was sent."))

    def _tell(self, done: Sent, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(sent_as_json(done)))
            return
        for finding in (*done.order.left_out, *done.order.warnings):
            self.stderr.write(refusal_line(finding))
        for line in sent_as_lines(done):
            self.stdout.write(line)


def _options(given: dict[str, Any]) -> Options:
    return Options(
        message=given["message"],
        text=given["text"],
        robots=given["robots"] or [],
        tags=given["tags"] or [],
        all_robots=given["all_robots"],
        mentions=given["mentions"] or [],
        mention_all=given["mention_all"],
        at=given["at"],
        useful_until=given["useful_until"],
        urgent=given["urgent"],
        over_quota=not given["within_quota"],
        split=given["split"],
        first=first_options(given),
    )


def _launched_with_first(order: Order) -> Broadcast:
    key = uuid.uuid4()
    try:
        return _launched(order, key)
    except IntegrityError:
        # A robot was deleted before the commit: a second look sees which.
        return _launched(order, key)


@transaction.atomic
def _launched(order: Order, key: uuid.UUID) -> Broadcast:
    """What an order_of() passed may still be refused: robots change meanwhile."""
    broadcast = _launch(order, key)
    choose(broadcast, order.first, by=command_actor("send"))
    return broadcast


def _launch(order: Order, key: uuid.UUID) -> Broadcast:
    try:
        return launch(
            message=order.message,
            at=order.at,
            robots=order.robots,
            name="",
            by=command_actor("send"),
            launch_key=key,
            planned_at=order.planned_at,
            zone=order.zone,
            useful_until=order.useful_until,
            urgent=order.urgent,
            over_quota=order.over_quota,
            split=order.split,
        )
    except LaunchRefused as refused:
        raise Refused([*map(Refusal.of, refused.check.blockers), *unanswered(refused.check)]) from None
    except PlannedInPast as past:
        raise Refused([Refusal("planned_in_past", past.text)]) from None
    except NeverUseful as never:
        raise Refused([Refusal("never_useful", never.text)]) from None


def _awaited(order: Order, broadcast: Broadcast, wait: float | None) -> Sent:
    if wait is not None:
        ended = wait_for_end(broadcast, seconds=wait)
        return sent(order, broadcast, wait_for_run(broadcast, seconds=0), ended=ended)
    run = wait_for_run(broadcast, seconds=0 if order.planned_at else RUN_GRACE_SECONDS)
    return sent(order, broadcast, run, ended=None)
