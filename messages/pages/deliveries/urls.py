from __future__ import annotations

from django.urls import path

from messages.pages.deliveries.decide import decide
from messages.pages.deliveries.decide_many import decide_many
from messages.pages.deliveries.detail import detail, live
from messages.pages.deliveries.listing import history

urlpatterns = [
    path("history/", history, name="history"),
    path("decisions/", decide_many, name="decide_many"),
    path("history/<int:pk>/", detail, name="delivery_detail"),
    path("history/<int:pk>/live/", live, name="delivery_live"),
    path("history/<int:pk>/decide/", decide, name="delivery_decide"),
]
