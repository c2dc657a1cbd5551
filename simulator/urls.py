from __future__ import annotations

from django.urls import path

from simulator import endpoint
from simulator.pages import behaviour, calls, chat, groups

app_name = "simulator"
urlpatterns = [
    # What senders call.
    path("robot/send", endpoint.send, name="send"),
    path("robot/<path:rest>", endpoint.no_such_path),
    path("elsewhere", endpoint.elsewhere, name="elsewhere"),
    # What people look at.
    path("", groups.groups, name="groups"),
    path("calls/", calls.all_calls, name="calls"),
    path("calls/<int:pk>/", calls.call, name="call"),
    path("behaviour/", behaviour.behaviour, name="behaviour"),
    path("behaviour/knobs/", behaviour.save_knobs, name="save_knobs"),
    path("behaviour/knobs/drop/", behaviour.drop_knobs, name="drop_knobs"),
    path("behaviour/faults/", behaviour.add_fault, name="add_fault"),
    path("faults/<int:pk>/remove/", behaviour.remove_fault, name="remove_fault"),
    path("groups/new/", groups.group_create, name="group_create"),
    path("groups/<int:pk>/", chat.group, name="group"),
    path("groups/<int:pk>/messages/", chat.new_messages, name="new_messages"),
    path("groups/<int:pk>/calls/", calls.group_calls, name="group_calls"),
    path("groups/<int:pk>/edit/", groups.group_edit, name="group_edit"),
    path("groups/<int:pk>/reset/", groups.group_reset, name="group_reset"),
    path("groups/<int:pk>/delete/", groups.group_delete, name="group_delete"),
    path("groups/<int:pk>/behaviour/", behaviour.behaviour, name="group_behaviour"),
    path("groups/<int:pk>/behaviour/knobs/", behaviour.save_knobs, name="group_save_knobs"),
    path("groups/<int:pk>/behaviour/knobs/drop/", behaviour.drop_knobs, name="group_drop_knobs"),
    path("groups/<int:pk>/behaviour/faults/", behaviour.add_fault, name="group_add_fault"),
]
