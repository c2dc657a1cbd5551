"""Where a person says what became of many deliveries at once."""

from __future__ import annotations

from django import forms
from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from audit.actors import actor_of
from messages.pages.chosen import Asked, asked_in
from messages.services.decide import Decided, Decision, decide_deliveries

NAMED = 12


class DecisionsForm(forms.Form):
    """`seen`: how many there were on the page."""

    decision = forms.ChoiceField(
        label=gettext_lazy("What is to become of them?"), widget=forms.RadioSelect, choices=Decision.choices
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def decide_many(request: HttpRequest) -> HttpResponse:
    asked = asked_in(request.GET)
    count = asked.chosen.undecided().count()
    form = DecisionsForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and form.cleaned_data["seen"] == count:
        return _decide(request, asked, Decision(form.cleaned_data["decision"]))
    context = {
        "asked": asked,
        "form": form,
        "count": count,
        "changed": form.is_bound and form["seen"].value() != str(count),
        "named": asked.chosen.undecided().select_related("run__broadcast")[:NAMED],
        "more": max(0, count - NAMED),
    }
    return render(request, "broadcasts/deliveries/decide_many.html", context)


def _decide(request: HttpRequest, asked: Asked, decision: Decision) -> HttpResponse:
    decided = decide_deliveries(asked.chosen, decision=decision, by=actor_of(request))
    if decided.count:
        text = ngettext(
            "Decided for %(count)d delivery: %(decision)s.",
            "Decided for %(count)d deliveries: %(decision)s.",
            decided.count,
        )
        flash.success(request, text % {"count": decided.count, "decision": decision.label})
    _tell_skipped(request, decided)
    return redirect(asked.back_url)


def _tell_skipped(request: HttpRequest, decided: Decided) -> None:
    if decided.skipped:
        text = ngettext(
            "%(count)d delivery is still unknown: its robot is gone, or its broadcast was cancelled.",
            "%(count)d deliveries are still unknown: their robots are gone, or their broadcasts were cancelled.",
            decided.skipped,
        )
        flash.warning(request, text % {"count": decided.skipped})
    elif not decided.count:
        flash.info(request, _("There was nothing left to decide."))
