"""What the harness runs inside the stack's own Django: groups, broadcasts, faults, and what came of them.

Each is a piece of Python for `manage.py shell`, which prints its answer as JSON.
"""

from __future__ import annotations

ORGANISATION = "Fault harness"

SET_UP = """
from audit.actors import SYSTEM
from dingtalk.secrets import Secret
from robots.models import Organisation
from robots.services.robots import create_robot
from simulator.groups import create_group
from simulator.models import Fault, Knobs
organisation = Organisation.objects.create(name={organisation!r}, simulated=True, monthly_quota=10_000_000)
Knobs.objects.create(group=None, limit=20)
for number in range({groups}):
    group = create_group(name=f"fault {{number}}", robot_name="fault", signed=True)
    create_robot(name=group.name, group_name=group.name, organisation=organisation, token=Secret(group.token),
        secret=Secret(group.secret), keywords=[], ip_ranges=[], tags=[], notes="", by=SYSTEM)
for kind, percent in {faults!r}:
    Fault.objects.create(kind=kind, percent=percent, remaining=None, delay_ms={stall_ms})
Fault.objects.create(kind="latency", percent=100, remaining=None, delay_ms={latency_ms})
"""

LAUNCH = """
import json, uuid
from audit.actors import SYSTEM
from dingtalk.payloads import NOBODY, Text
from messages.services.launch import launch
from robots.models import Robot
robots = list(Robot.objects.filter(organisation__name={organisation!r}, status="active"))
broadcast = launch(message=Text(content="Round {number}"), at=NOBODY, robots=robots, name="Round {number}", by=SYSTEM,
    launch_key=uuid.uuid4(), planned_at=None, zone="Asia/Shanghai")
print(json.dumps(broadcast.pk))
"""

CALM_DOWN = """
from simulator.models import Fault
Fault.objects.all().delete()
"""

PROGRESS = """
import json
from collections import Counter
from messages.models import Broadcast, Delivery
ours = Delivery.objects.filter(run__broadcast__name__startswith="Round ")
open_uncertain = ours.filter(status="uncertain", due_at__isnull=False).count()
counts = Counter(ours.order_by().values_list("status", flat=True))
unfired = Broadcast.objects.filter(name__startswith="Round ", status="scheduled").count()
print(json.dumps({{"counts": counts, "will_be_retried": open_uncertain, "unfired": unfired}}))
"""

LEDGER = """
import json
from messages.models import Delivery
from simulator.models import ChatMessage, LoggedCall
deliveries = [
    {{"robot": d.robot_name, "uuid": str(d.msg_uuid), "status": d.status, "reason": d.reason,
      "attempts": list(d.attempts.order_by("number").values_list("kind", "reason"))}}
    for d in Delivery.objects.filter(run__broadcast__name__startswith="Round ").prefetch_related("attempts")
]
accepted = list(ChatMessage.objects.filter(group__name__startswith="fault ").values_list("group__name", "msg_uuid"))
calls = [
    (call.group.name, json.loads(bytes(call.body) or b"{{}}").get("msgUuid", ""), call.arrived_at.timestamp())
    for call in LoggedCall.objects.filter(group__name__startswith="fault ").select_related("group").order_by("pk")
]
print(json.dumps({{"deliveries": deliveries, "accepted": accepted, "calls": calls}}))
"""
