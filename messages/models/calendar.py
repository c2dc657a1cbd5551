from __future__ import annotations

from django.db import models
from django.db.models.functions import ExtractYear
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from robots.models import Organisation

FIRST_YEAR = 2000
LAST_YEAR = 2099
NAME_LENGTH = 50
SOURCE_LENGTH = 200


class CalendarState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("official calendar", "Draft")  # being typed or checked: the year is not known yet
    OFFICIAL = "official", _("Official")  # as it was announced: schedules go by it


class OfficialKind(models.TextChoices):
    HOLIDAY = "holiday", _("Holiday")
    MAKE_UP = "make_up", _("Make-up working day")  # a Saturday or a Sunday on which people work (调休)


class OwnKind(models.TextChoices):
    CLOSED = "closed", _("Closed")
    EXTRA = "extra", _("Extra working day")


class CalendarYear(models.Model):
    """A year of the official Chinese calendar. A year without a row, or with a draft, is not known to any schedule."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    state = models.CharField(max_length=10, choices=CalendarState, default=CalendarState.DRAFT)
    source = models.CharField(max_length=SOURCE_LENGTH)  # where it was taken from, in a person's words
    as_of = models.DateField()  # of the source
    version = models.PositiveIntegerField(default=0)  # the newest CalendarVersion's number
    changed_at = models.DateTimeField()
    changed_by_name = models.CharField(max_length=150)

    class Meta:
        ordering = ["-year"]
        default_permissions = ("view", "change")
        verbose_name = _("year of the official calendar")
        verbose_name_plural = _("years of the official calendar")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(year__range=(FIRST_YEAR, LAST_YEAR)), name="calendar_year_of_this_century"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=CalendarState.values), name="calendar_year_in_a_known_state"
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)


class OfficialDay(models.Model):
    """A day that is not as the week says. All others are: they have no row."""

    year = models.ForeignKey(CalendarYear, on_delete=models.CASCADE, related_name="days")
    date = models.DateField(unique=True)
    kind = models.CharField(max_length=10, choices=OfficialKind)
    name = models.CharField(max_length=NAME_LENGTH)  # of the holiday; of a make-up day: of the one it makes up for

    class Meta:
        ordering = ["date"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Exact(ExtractYear("date"), models.F("year")), name="official_day_in_its_year"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=OfficialKind.values), name="official_day_of_a_known_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"


class CalendarVersion(models.Model):
    """A year as it was left once. Append-only."""

    year = models.ForeignKey(CalendarYear, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()  # as services/calendar/content.py: state, source, as_of, days
    saved_by_name = models.CharField(max_length=150)
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["year", "number"], name="calendar_version_once")]

    def __str__(self) -> str:
        return f"{self.year_id} v{self.number}"


class OwnDay(models.Model):
    """A day on which an organisation, or all of them, works or rests otherwise than the official calendar says."""

    # None: of all organisations; an organisation's own word goes before it.
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.CASCADE, related_name="own_days"
    )
    date = models.DateField()
    kind = models.CharField(max_length=10, choices=OwnKind)
    name = models.CharField(max_length=NAME_LENGTH)
    added_at = models.DateTimeField()
    added_by_name = models.CharField(max_length=150)
    # Set: it counts no more. It is kept, so that a person can put it back.
    removed_at = models.DateTimeField(null=True)
    removed_by_name = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["date", "pk"]
        default_permissions = ("view", "change")
        verbose_name = _("own day")
        verbose_name_plural = _("own days")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "date"], condition=models.Q(removed_at=None), name="own_day_once"
            ),
            models.UniqueConstraint(
                fields=["date"], condition=models.Q(removed_at=None, organisation=None), name="own_day_of_all_once"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=OwnKind.values), name="own_day_of_a_known_kind"),
        ]
        indexes = [models.Index(fields=["-removed_at"], name="own_day_removed")]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"
