from __future__ import annotations

from django.urls import path

from robots.pages import (
    exporting,
    importing,
    lists,
    members,
    organisations,
    recipients,
    robot_detail,
    robot_editing,
    robot_list,
    tags,
)

app_name = "robots"

_robots = [
    path("", robot_list.robot_list, name="list"),
    path("add/", robot_editing.robot_create, name="create"),
    path("import/", importing.robot_import, name="import"),
    path("import/robots.csv", importing.robot_import_template, name="import_template"),
    path("export/robots.csv", exporting.robot_export, {"kind": "csv"}, name="export_csv"),
    path("export/robots.xlsx", exporting.robot_export, {"kind": "xlsx"}, name="export_xlsx"),
    path("<int:pk>/", robot_detail.robot_detail, name="detail"),
    path("<int:pk>/edit/", robot_editing.robot_edit, name="edit"),
    path("<int:pk>/members/", members.robot_members, name="members"),
    path("<int:pk>/members/<int:recipient_pk>/add/", members.member_add, name="member_add"),
    path("<int:pk>/members/<int:recipient_pk>/remove/", members.member_remove, name="member_remove"),
    path("<int:pk>/pause/", robot_detail.robot_pause, name="pause"),
    path("<int:pk>/resume/", robot_detail.robot_resume, name="resume"),
    path("<int:pk>/delete/", robot_detail.robot_delete, name="delete"),
]
_tags = [
    path("tags/", tags.tag_list, name="tag_list"),
    path("tags/add/", tags.tag_create, name="tag_create"),
    path("tags/<int:pk>/edit/", tags.tag_edit, name="tag_edit"),
    path("tags/<int:pk>/delete/", tags.tag_delete, name="tag_delete"),
]
_organisations = [
    path("organisations/", organisations.organisation_list, name="organisation_list"),
    path("organisations/add/", organisations.organisation_create, name="organisation_create"),
    path("organisations/<int:pk>/", organisations.organisation_detail, name="organisation_detail"),
    path("organisations/<int:pk>/edit/", organisations.organisation_edit, name="organisation_edit"),
    path("organisations/<int:pk>/resume/", organisations.organisation_resume, name="organisation_resume"),
    path("organisations/<int:pk>/delete/", organisations.organisation_delete, name="organisation_delete"),
]
_recipients = [
    path("recipients/", recipients.recipient_list, name="recipient_list"),
    path("recipients/add/", recipients.recipient_create, name="recipient_create"),
    path("recipients/import/", importing.recipient_import, name="recipient_import"),
    path("recipients/import/recipients.csv", importing.recipient_import_template, name="recipient_import_template"),
    path("recipients/export/recipients.csv", exporting.recipient_export, {"kind": "csv"}, name="recipient_export_csv"),
    path(
        "recipients/export/recipients.xlsx", exporting.recipient_export, {"kind": "xlsx"}, name="recipient_export_xlsx"
    ),
    path("recipients/<int:pk>/edit/", recipients.recipient_edit, name="recipient_edit"),
    path("recipients/<int:pk>/delete/", recipients.recipient_delete, name="recipient_delete"),
]
_lists = [
    path("lists/", lists.list_list, name="list_list"),
    path("lists/add/", lists.list_create, name="list_create"),
    path("lists/<int:pk>/", lists.list_detail, name="list_detail"),
    path("lists/<int:pk>/rename/", lists.list_rename, name="list_rename"),
    path("lists/<int:pk>/delete/", lists.list_delete, name="list_delete"),
    path("lists/<int:pk>/members/<int:recipient_pk>/add/", lists.list_add, name="list_add"),
    path("lists/<int:pk>/members/<int:recipient_pk>/remove/", lists.list_remove, name="list_remove"),
]
urlpatterns = [*_robots, *_tags, *_organisations, *_recipients, *_lists]
