"""What a person decides before something is sent again."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy, ngettext

from messages.services.resend_plan import Including, ResendPlan


class ResendForm(forms.Form):
    retries = forms.BooleanField(required=False)
    uncertain = forms.BooleanField(
        required=False,
        help_text=gettext_lazy(
            "Look into these groups first: only there can one see whether it arrived."
            " A new msgUuid is not known to DingTalk, so that it drops no second copy."
        ),
    )
    over_quota = forms.BooleanField(label=gettext_lazy("Yes, send it all the same"), required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)
    seal = forms.CharField(max_length=64, widget=forms.HiddenInput)

    @property
    def including(self) -> Including:
        """As it was ticked; of a fresh form, as it begins."""
        given = self.cleaned_data if self.is_valid() else self.initial
        return Including(retries=bool(given.get("retries")), uncertain=bool(given.get("uncertain")))

    def count(self, plan: ResendPlan) -> None:
        """Say in the labels how many there are, and ask only about what there is."""
        retries = ngettext(
            "Also the %(count)d that waits for a retry by itself: this takes its place",
            "Also the %(count)d that wait for a retry by themselves: this takes their place",
            plan.retries,
        )
        uncertain = ngettext(
            "Also the %(count)d of which nobody knows whether it arrived: the group may get it twice",
            "Also the %(count)d of which nobody knows whether they arrived: these groups may get it twice",
            plan.uncertain,
        )
        self.fields["retries"].label = retries % {"count": plan.retries}
        self.fields["uncertain"].label = uncertain % {"count": plan.uncertain}
