"""What a launch froze of mentions, while it has not fired."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audit.actors import Actor
from audit.log import record
from dingtalk.payloads import At
from messages.models import Broadcast, BroadcastStatus, MessageType, Target
from messages.rendering.contents import mapped
from messages.rendering.frozen import store_mentions, stored_mentions
from messages.rendering.mentioning import GroupRules
from messages.services.succession.words import Exchange

_KEPT = ("at_mobiles", "at_user_ids", "content", "overrides", "tailored")
_TARGETS_AT_ONCE = 500


def exchange_in_broadcast(pk: int, exchange: Exchange, *, by: Actor) -> dict[str, Any] | None:
    """How it was before; None when it fired or was cancelled meanwhile. It cannot fire until the transaction ends."""
    broadcast = Broadcast.objects.select_for_update().filter(pk=pk, status=BroadcastStatus.SCHEDULED).first()
    if broadcast is None:
        return None
    kept: dict[str, Any] = {"pk": pk, **{name: getattr(broadcast, name) for name in _KEPT}, "targets": []}
    rules = GroupRules(by_user_id=broadcast.msgtype == MessageType.ACTION_CARD)
    before, at = broadcast.at, exchange.at(broadcast.at, rules)
    broadcast.at_mobiles, broadcast.at_user_ids = list(at.mobiles), list(at.user_ids)
    mark = rules.mark_of(exchange.new)
    broadcast.content = mapped(broadcast.content, lambda text: exchange.in_frozen(text, mark))
    broadcast.overrides = mapped(broadcast.overrides, lambda text: exchange.in_frozen(text, mark))
    kept["targets"] = _in_targets(broadcast, exchange, before=before, rules=rules)
    broadcast.tailored = broadcast.tailored or bool(kept["targets"])
    broadcast.save(update_fields=list(_KEPT))
    _note(broadcast, {"from": exchange.old.name, "to": exchange.new.name}, by=by)
    return kept


def restore_broadcast(kept: Mapping[str, Any], *, by: Actor) -> bool:
    broadcast = Broadcast.objects.select_for_update().filter(pk=kept["pk"], status=BroadcastStatus.SCHEDULED).first()
    if broadcast is None:
        return False
    for name in _KEPT:
        setattr(broadcast, name, kept[name])
    broadcast.save(update_fields=list(_KEPT))
    targets = [Target(pk=pk, variables=variables, mentions=mentions) for pk, variables, mentions in kept["targets"]]
    Target.objects.bulk_update(targets, ["variables", "mentions"], batch_size=_TARGETS_AT_ONCE)
    _note(broadcast, {"undone": True}, by=by)
    return True


def _in_targets(broadcast: Broadcast, exchange: Exchange, *, before: At, rules: GroupRules) -> list[list[Any]]:
    """Those that changed, as they were: [id, variables, mentions]."""
    if not broadcast.tailored and exchange.new.mobile and not rules.by_user_id:
        return []  # one body for all, with a mark that every group knows
    kept, changed = [], []
    everybody = broadcast.at
    for target in broadcast.targets.select_related("robot").defer("robot__token_encrypted", "robot__secret_encrypted"):
        external = bool(target.robot and target.robot.external)
        own_rules = GroupRules(external=external, by_user_id=rules.by_user_id)
        was = [target.pk, target.variables, target.mentions]
        at = exchange.at(stored_mentions(target.mentions, before), own_rules)
        target.mentions = store_mentions(at, everybody)
        target.variables = exchange.values(target.variables, own_rules.mark_of(exchange.new))
        if was != [target.pk, target.variables, target.mentions]:
            kept.append(was)
            changed.append(target)
    Target.objects.bulk_update(changed, ["variables", "mentions"], batch_size=_TARGETS_AT_ONCE)
    return kept


def _note(broadcast: Broadcast, detail: Mapping[str, object], *, by: Actor) -> None:
    record("broadcast.mentions_changed", by=by, target=broadcast, detail=detail)
