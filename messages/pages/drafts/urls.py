from __future__ import annotations

from django.urls import path

from messages.pages.drafts.autosave import (
    draft_autosave,
    draft_autosave_new,
    draft_kept,
    draft_newest,
    draft_put_back,
    draft_take_theirs,
)
from messages.pages.drafts.compose import draft_create, draft_create_and_launch, draft_edit, draft_edit_and_launch
from messages.pages.drafts.files import draft_export, draft_import
from messages.pages.drafts.launch import (
    draft_launch,
    launch_add_keyword,
    launch_allow_keyword,
    launch_leave_out,
    launch_moment,
    launch_put_back,
)
from messages.pages.drafts.launch_preview import launch_preview
from messages.pages.drafts.lifecycle import draft_copy, draft_delete, drafts_archive, drafts_take_back
from messages.pages.drafts.listing import draft_archive, draft_list
from messages.pages.drafts.presence import draft_presence
from messages.pages.drafts.shape import (
    draft_pick,
    draft_preview,
    draft_type,
    own_words_add,
    own_words_remove,
    row_add,
    row_down,
    row_remove,
    row_up,
)
from messages.pages.drafts.trying import draft_try, launch_try, trial_progress
from messages.pages.drafts.versions import draft_restore, draft_version, draft_versions

urlpatterns = [
    path("drafts/", draft_list, name="draft_list"),
    path("drafts/archived/", draft_archive, name="draft_archive"),
    path("drafts/archive/", drafts_archive, name="drafts_archive"),
    path("drafts/take-back/", drafts_take_back, name="drafts_take_back"),
    path("drafts/import/", draft_import, name="draft_import"),
    path("drafts/new/", draft_create, name="draft_create"),
    path("drafts/new/and-launch/", draft_create_and_launch, name="draft_create_and_launch"),
    path("drafts/autosave/", draft_autosave_new, name="draft_autosave_new"),
    path("drafts/kept/", draft_kept, name="draft_kept"),
    path("drafts/put-back/", draft_put_back, name="draft_put_back"),
    path("drafts/preview/", draft_preview, name="draft_preview"),
    path("drafts/type/<str:msgtype>/", draft_type, name="draft_type"),
    path("drafts/pick/<str:kind>/", draft_pick, name="draft_pick"),
    path("drafts/rows/<str:rows>/add/", row_add, name="draft_row_add"),
    path("drafts/rows/<str:rows>/<int:position>/remove/", row_remove, name="draft_row_remove"),
    path("drafts/rows/<str:rows>/<int:position>/up/", row_up, name="draft_row_up"),
    path("drafts/rows/<str:rows>/<int:position>/down/", row_down, name="draft_row_down"),
    path("drafts/own-words/add/", own_words_add, name="draft_own_words_add"),
    path("drafts/own-words/<int:position>/remove/", own_words_remove, name="draft_own_words_remove"),
    path("drafts/try/", draft_try, name="draft_try"),
    path("broadcasts/<int:pk>/trial/", trial_progress, name="trial_progress"),
    path("drafts/<int:pk>/", draft_edit, name="draft_edit"),
    path("drafts/<int:pk>/and-launch/", draft_edit_and_launch, name="draft_edit_and_launch"),
    path("drafts/<int:pk>/autosave/", draft_autosave, name="draft_autosave"),
    path("drafts/<int:pk>/presence/", draft_presence, name="draft_presence"),
    path("drafts/<int:pk>/newest/", draft_newest, name="draft_newest"),
    path("drafts/<int:pk>/take-theirs/", draft_take_theirs, name="draft_take_theirs"),
    path("drafts/<int:pk>/message.json", draft_export, name="draft_export"),
    path("drafts/<int:pk>/copy/", draft_copy, name="draft_copy"),
    path("drafts/<int:pk>/delete/", draft_delete, name="draft_delete"),
    path("drafts/<int:pk>/versions/", draft_versions, name="draft_versions"),
    path("drafts/<int:pk>/versions/<int:number>/", draft_version, name="draft_version"),
    path("drafts/<int:pk>/versions/<int:number>/restore/", draft_restore, name="draft_restore"),
    path("drafts/<int:pk>/launch/", draft_launch, name="draft_launch"),
    path("drafts/<int:pk>/launch/leave-out/", launch_leave_out, name="draft_launch_leave_out"),
    path("drafts/<int:pk>/launch/put-back/", launch_put_back, name="draft_launch_put_back"),
    path("drafts/<int:pk>/launch/add-keyword/", launch_add_keyword, name="draft_launch_add_keyword"),
    path("drafts/<int:pk>/launch/allow-keyword/", launch_allow_keyword, name="draft_launch_allow_keyword"),
    path("drafts/<int:pk>/launch/preview/", launch_preview, name="draft_launch_preview"),
    path("drafts/<int:pk>/launch/try/", launch_try, name="draft_launch_try"),
    path("drafts/<int:pk>/launch/moment/", launch_moment, name="draft_launch_moment"),
]
