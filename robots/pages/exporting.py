"""Lists as files, narrowed down as they are on the page. By POST: what leaves is put on record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_POST

from audit.actors import actor_of
from audit.log import record
from robots.exports.files import csv_parts, xlsx_parts
from robots.exports.rows import recipient_rows, robot_rows
from robots.forms.filters import RecipientFilters, RobotFilters
from robots.imports.templates import RECIPIENT_COLUMNS, ROBOT_COLUMNS
from robots.models import Recipient, Robot

CSV, XLSX = "csv", "xlsx"
CONTENT_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_POST
@login_required
@permission_required("robots.view_robot", raise_exception=True)
def robot_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    robots = RobotFilters(request.GET).apply(Robot.objects.all())
    detail = {"robots": robots.count(), "as": kind}
    record("robot.exported", by=actor_of(request), detail=detail)
    return _download("robots", kind, ROBOT_COLUMNS, robot_rows(robots))


@require_POST
@login_required
@permission_required("robots.view_recipient", raise_exception=True)
def recipient_export(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Mobiles in full for those who may see them in full on a page: who may edit a recipient."""
    recipients = RecipientFilters(request.GET).apply(Recipient.objects.all())
    in_full = request.user.has_perm("robots.change_recipient")
    detail = {"recipients": recipients.count(), "as": kind, "mobiles": "in full" if in_full else "masked"}
    record("recipient.exported", by=actor_of(request), detail=detail)
    return _download("recipients", kind, RECIPIENT_COLUMNS, recipient_rows(recipients, in_full=in_full))


def _download(name: str, kind: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> HttpResponseBase:
    parts = xlsx_parts(header, rows) if kind == XLSX else csv_parts(header, rows)
    response = StreamingHttpResponse(parts, content_type=CONTENT_TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
