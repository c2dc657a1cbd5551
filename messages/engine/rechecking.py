"""The launch's check once more when a broadcast fires: what has become a blocker refuses that delivery, openly."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from django.conf import settings
from django.db.models import Q

from dingtalk.payloads import Message, PayloadError, has_keyword, message_from_dict
from dingtalk.replies import ReasonKey
from messages.engine.wording import TargetRow, Worded
from messages.models import Body, Broadcast, BroadcastKind
from robots.models import Robot, RobotStatus

ROBOT_DELETED = "robot_deleted"
ROBOT_PAUSED = "robot_paused"
SIMULATOR_OFF = "simulator_off"

Pairs = Sequence[tuple[TargetRow, Worded]]


class Recheck:
    """Two queries for each batch of targets, and none but for robots of which something could stand in the way."""

    def __init__(self, broadcast: Broadcast) -> None:
        # A test is how a person finds out whether a robot takes something: it is sent in any case.
        self._is_test = broadcast.kind == BroadcastKind.TEST
        self._met: dict[tuple[int, tuple[str, ...]], bool] = {}

    def refusals(self, pairs: Pairs) -> list[str]:
        """For each of them why it is not sent; "" where it is."""
        refused, demanding = self._robots([target for target, _worded in pairs])
        self._judge(pairs, demanding)
        return [worded.refused or self._refusal(target, worded, refused, demanding) for target, worded in pairs]

    def _refusal(
        self, target: TargetRow, worded: Worded, refused: Mapping[int, str], demanding: Mapping[int, tuple[str, ...]]
    ) -> str:
        if target.robot_id is None:
            return ROBOT_DELETED
        if reason := refused.get(target.robot_id):
            return reason
        keywords = demanding.get(target.robot_id, ())
        return "" if self._met.get((worded.body_id, keywords), True) else ReasonKey.KEYWORD_MISSING.value

    def _robots(self, targets: Iterable[TargetRow]) -> tuple[dict[int, str], dict[int, tuple[str, ...]]]:
        """Those that take nothing, with the reason; and those that demand keywords which nobody saw to already."""
        ids = [] if self._is_test else [target.robot_id for target in targets if target.robot_id is not None]
        if not ids:
            return {}, {}
        doubtful = Robot.objects.filter(pk__in=ids).filter(_doubtful()).order_by()
        refused: dict[int, str] = {}
        demanding: dict[int, tuple[str, ...]] = {}
        for pk, status, keywords, simulated in doubtful.values_list(
            "pk", "status", "keywords", "organisation__simulated"
        ):
            if status == RobotStatus.PAUSED:
                refused[pk] = ROBOT_PAUSED
            elif simulated and not settings.DINGADMIN_SIMULATOR:
                refused[pk] = SIMULATOR_OFF
            elif keywords:
                demanding[pk] = tuple(keywords)
        return refused, demanding

    def _judge(self, pairs: Pairs, demanding: Mapping[int, tuple[str, ...]]) -> None:
        """Whether each body has what is demanded of it: once for each, however many groups read it."""
        asked = {
            (worded.body_id, keywords)
            for target, worded in pairs
            if target.robot_id is not None
            and (keywords := demanding.get(target.robot_id))
            and not _seen_to(target, keywords)
        }
        if len(self._met) > len(pairs):
            self._met = {key: met for key, met in self._met.items() if key in asked}
        new = asked - self._met.keys()
        messages = _messages({body_id for body_id, _keywords in new})
        for body_id, keywords in new:
            message = messages.get(body_id)
            self._met[body_id, keywords] = message is None or has_keyword(message, keywords)


def _doubtful() -> Q:
    doubtful = Q(status=RobotStatus.PAUSED) | ~Q(keywords=[])
    return doubtful if settings.DINGADMIN_SIMULATOR else doubtful | Q(organisation__simulated=True)


def _seen_to(target: TargetRow, keywords: tuple[str, ...]) -> bool:
    """Its ending, frozen for these very keywords, was added where they lack."""
    return target.ending is not None and tuple(target.ending["keywords"]) == keywords


def _messages(body_ids: Iterable[int]) -> dict[int, Message]:
    """What stands in bodies, as far as it can be read."""
    found: dict[int, Message] = {}
    for pk, text in Body.objects.filter(pk__in=list(body_ids)).order_by().values_list("pk", "text") if body_ids else ():
        body = json.loads(text)
        try:
            found[pk] = message_from_dict({key: body[key] for key in ("msgtype", body.get("msgtype")) if key in body})
        except PayloadError:
            continue
    return found
