from __future__ import annotations

from django.urls import path

from messages.pages.drafts.trying import dry_run_try
from messages.pages.dry_run.page import dry_run_page
from messages.pages.dry_run.repairing import (
    dry_run_allow_keyword,
    dry_run_begin,
    dry_run_leave_out,
    dry_run_mend,
    dry_run_move,
    dry_run_resume,
    dry_run_split,
    dry_run_undo,
)

urlpatterns = [
    path("drafts/<int:pk>/dry-run/", dry_run_page, name="draft_dry_run"),
    path("drafts/<int:pk>/dry-run/begin/", dry_run_begin, name="draft_dry_run_begin"),
    path("drafts/<int:pk>/dry-run/leave-out/", dry_run_leave_out, name="draft_dry_run_leave_out"),
    path("drafts/<int:pk>/dry-run/allow-keyword/", dry_run_allow_keyword, name="draft_dry_run_allow_keyword"),
    path("drafts/<int:pk>/dry-run/mend/", dry_run_mend, name="draft_dry_run_mend"),
    path("drafts/<int:pk>/dry-run/move/", dry_run_move, name="draft_dry_run_move"),
    path("drafts/<int:pk>/dry-run/resume/", dry_run_resume, name="draft_dry_run_resume"),
    path("drafts/<int:pk>/dry-run/split/", dry_run_split, name="draft_dry_run_split"),
    path("drafts/<int:pk>/dry-run/try/", dry_run_try, name="draft_dry_run_try"),
    path("drafts/<int:pk>/dry-run/undo/", dry_run_undo, name="draft_dry_run_undo"),
]
