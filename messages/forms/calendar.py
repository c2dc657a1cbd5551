"""The forms of the official calendar and of own days."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from messages.models import CalendarState, OfficialKind, OwnKind
from messages.models.calendar import FIRST_YEAR, LAST_YEAR, NAME_LENGTH, SOURCE_LENGTH
from messages.services.calendar.files import MOST_BYTES
from robots.models import Organisation
from robots.rules.names import clean_name

MOST_DAYS: Final = 31
AS_THE_WEEK_SAYS: Final = "week"


def date_field(*, label: Any, required: bool = True, help_text: Any = "") -> forms.DateField:
    """The browser's own picker, which wants ISO dates whatever the language."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label, required=required, help_text=help_text, widget=widget, input_formats=["%Y-%m-%d"]
    )


class SpanForm(forms.Form):
    """Some days that follow one another, called by one name."""

    first = date_field(label=gettext_lazy("First day"))
    last = date_field(label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty for a single day."))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day lies before the first one."))
        elif first and last and (last - first).days >= MOST_DAYS:
            self.add_error("last", _("At most %(days)d days at once.") % {"days": MOST_DAYS})
        return cleaned

    @property
    def span(self) -> tuple[date, date]:
        first = self.cleaned_data["first"]
        return first, self.cleaned_data["last"] or first


class OfficialDaysForm(SpanForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=[*OfficialKind.choices, (AS_THE_WEEK_SAYS, gettext_lazy("As the week says"))],
    )
    name = forms.CharField(
        label=gettext_lazy("Name of the holiday"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("In Chinese, as it is announced: 国庆节. For a make-up day the one it makes up for."),
    )

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year
        self.fields["name"].required = self.data.get("kind") != AS_THE_WEEK_SAYS
        for name in ("first", "last"):
            self.fields[name].widget.attrs |= {"min": f"{year}-01-01", "max": f"{year}-12-31"}

    def clean_kind(self) -> str:
        """Empty for a day that is given back to the week."""
        kind: str = self.cleaned_data["kind"]
        return "" if kind == AS_THE_WEEK_SAYS else kind

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"], longest=NAME_LENGTH) if self.fields["name"].required else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in ("first", "last"):
            if cleaned.get(name) and cleaned[name].year != self.year:
                self.add_error(name, _("This day is not in %(year)d.") % {"year": self.year})
        return cleaned


class YearForm(forms.Form):
    """What a year says of itself."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[
            (CalendarState.OFFICIAL, gettext_lazy("Official: schedules go by it")),
            (CalendarState.DRAFT, gettext_lazy("Draft: still to be checked, the year is not known to any schedule")),
        ],
        widget=forms.RadioSelect,
    )
    source = forms.CharField(
        label=pgettext_lazy("official calendar", "Source"),
        max_length=SOURCE_LENGTH,
        help_text=gettext_lazy("Who says so, for example: Notice of the General Office of the State Council."),
    )
    as_of = date_field(label=gettext_lazy("Date of the source"))

    def clean_source(self) -> str:
        return clean_name(self.cleaned_data["source"], longest=SOURCE_LENGTH)


class ImportForm(YearForm):
    year = forms.IntegerField(
        label=gettext_lazy("Year"),
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        help_text=gettext_lazy("Days of other years in the file are left out."),
    )
    file = forms.FileField(
        label=gettext_lazy("CSV or ICS file"),
        widget=forms.FileInput(attrs={"accept": ".csv,.ics,text/csv,text/calendar,text/plain"}),
        error_messages={"empty": gettext_lazy("This file is empty.")},
    )
    field_order = ("file", "year", "source", "as_of", "state")

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size and file.size > MOST_BYTES:
            raise ValidationError(_("This file is larger than 1 MB: a calendar of some years is far smaller."))
        return file


class TakeForm(YearForm):
    """What was shown before it is taken; `days` is the file as it was understood, in CSV."""

    days = forms.CharField(widget=forms.HiddenInput, max_length=200_000, strip=False)
    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class OwnDaysForm(SpanForm):
    organisation = forms.ModelChoiceField(
        Organisation.objects.all(),
        label=gettext_lazy("Organisation"),
        required=False,
        empty_label=gettext_lazy("All organisations"),
    )
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=OwnKind.choices)
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("Why it is otherwise, for example: Company anniversary."),
    )
    field_order = ("organisation", "first", "last", "kind", "name")

    def clean_name(self) -> str:
        return clean_name(self.cleaned_data["name"], longest=NAME_LENGTH)


class WhoseDays(forms.Form):
    """The filter of own days: an organisation's, those of all among them."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.all(),
        label=gettext_lazy("Organisation"),
        required=False,
        empty_label=gettext_lazy("All own days"),
    )

    def chosen(self) -> Organisation | None:
        """What cannot be understood filters nothing."""
        return self.cleaned_data["organisation"] if self.is_valid() else None
