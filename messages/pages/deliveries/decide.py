"""Where a person says what became of a delivery that nobody can know about."""

from __future__ import annotations

from django import forms
from django.contrib import messages as flash
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from audit.actors import actor_of
from messages.history.deliveries import Wanted, deliveries
from messages.models import Delivery, DeliveryStatus
from messages.reasons import explain
from messages.services.decide import CannotDecide, Decision, decide_delivery, possible_decisions


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(label=gettext_lazy("What is to become of it?"), widget=forms.RadioSelect)

    def __init__(self, data: object = None, *, delivery: Delivery) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        offered = [(decision.value, decision.label) for decision in possible_decisions(delivery)]
        self.fields["decision"].choices = offered  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("broadcasts.send_broadcast", raise_exception=True)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    delivery = get_object_or_404(deliveries(Wanted()), pk=pk)
    form = DecisionForm(request.POST if request.method == "POST" else None, delivery=delivery)
    if form.is_valid():
        return _decide(request, delivery, Decision(form.cleaned_data["decision"]))
    if delivery.status != DeliveryStatus.UNCERTAIN:
        flash.info(request, _("There is nothing to decide: what became of this delivery is known."))
        return redirect("broadcasts:delivery_detail", pk=pk)
    context = {
        "delivery": delivery,
        "form": form,
        "why": explain(delivery.reason),
        "can_send_again": Decision.AGAIN in possible_decisions(delivery),
    }
    return render(request, "broadcasts/deliveries/decide.html", context)


def _decide(request: HttpRequest, delivery: Delivery, decision: Decision) -> HttpResponse:
    try:
        decide_delivery(delivery, decision=decision, by=actor_of(request))
    except CannotDecide as refusal:
        flash.error(request, refusal.text)
    else:
        flash.success(request, _("Decided: %(decision)s.") % {"decision": decision.label})
    return redirect("broadcasts:delivery_detail", pk=delivery.pk)
