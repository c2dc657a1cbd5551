from __future__ import annotations

from django.urls import path

from messages.pages.templates.categories import category_list, category_rename
from messages.pages.templates.files import template_export, template_import, template_starters
from messages.pages.templates.listing import template_detail, template_list
from messages.pages.templates.using import draft_save_as_template, template_about, template_use

urlpatterns = [
    path("templates/", template_list, name="template_list"),
    path("templates/starters/", template_starters, name="template_starters"),
    path("templates/import/", template_import, name="template_import"),
    path("templates/templates.json", template_export, name="template_export"),
    path("templates/categories/", category_list, name="template_categories"),
    path("templates/categories/rename/", category_rename, name="template_category_rename"),
    path("templates/<int:pk>/", template_detail, name="template_detail"),
    path("templates/<int:pk>/about/", template_about, name="template_about"),
    path("templates/<int:pk>/use/", template_use, name="template_use"),
    path("drafts/<int:pk>/save-as-template/", draft_save_as_template, name="draft_save_as_template"),
]
