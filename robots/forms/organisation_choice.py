from __future__ import annotations

from django import forms
from django.conf import settings

from robots.models import Organisation
from robots.organisations import DEFAULT_NAME


def offer_organisations(field: forms.Field) -> None:
    """Those that can be called now. With one there is nothing to choose; with none the default one will be made."""
    if not isinstance(field, forms.ModelChoiceField):
        raise TypeError("organisation is chosen from a list")
    offered = (
        Organisation.objects.all() if settings.DINGADMIN_SIMULATOR else Organisation.objects.filter(simulated=False)
    )
    real = [organisation for organisation in offered if not organisation.simulated]
    field.queryset = offered
    field.required = bool(real)
    field.empty_label = None if real else str(DEFAULT_NAME)
    field.initial = min(real, key=lambda organisation: organisation.pk) if real else None
    if len(offered) + (not real) == 1:
        field.widget = field.hidden_widget()
