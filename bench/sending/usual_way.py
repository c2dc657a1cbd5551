"""The usual way: one Celery task per send, which reads its row, calls, and saves its row. No product code.

Broker, serializer, pool and database settings are the product's; each process keeps one session with its connections.
"""

from __future__ import annotations

import os
import time
from typing import Final

import requests
from celery import shared_task
from django.conf import settings
from django.utils import timezone
from requests.adapters import HTTPAdapter

from bench.sending.wire import HEADERS
from dingtalk.payloads import with_msg_uuid
from dingtalk.webhook import send_url
from messages.models import Delivery, DeliveryStatus
from robots.encryption import decrypt

QUEUE: Final = "usual"
TASK: Final = "bench.send_one"
CALL_SECONDS: Final = 10

_session = requests.Session()
for _scheme in ("http://", "https://"):
    _session.mount(_scheme, HTTPAdapter(pool_maxsize=int(os.environ.get("DINGADMIN_SEND_WINDOW", "10"))))


@shared_task(name=TASK, ignore_result=True)
def send_one(delivery_id: int) -> None:
    delivery = Delivery.objects.select_related("robot", "body").get(pk=delivery_id)
    assert delivery.robot is not None
    url = send_url(
        base_url=settings.DINGTALK_BASE_URL,
        token=decrypt(delivery.robot.token_encrypted).reveal(),
        secret=decrypt(delivery.robot.secret_encrypted).reveal(),
        timestamp_ms=time.time_ns() // 1_000_000,
    )
    data = with_msg_uuid(delivery.body.text.encode(), str(delivery.msg_uuid))
    answer = _session.post(url, data=data, headers=HEADERS, timeout=CALL_SECONDS)
    delivery.errcode = answer.json()["errcode"]
    delivery.status = DeliveryStatus.FAILED if delivery.errcode else DeliveryStatus.DELIVERED
    delivery.ended_at = timezone.now()
    delivery.save()
