from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from robots.models import Recipient, RecipientList, Robot, Tag


class MessageType(models.TextChoices):
    """DingTalk's msgtype, exactly as it is written on the wire."""

    TEXT = "text", _("Text")
    MARKDOWN = "markdown", _("Markdown")
    LINK = "link", _("Link")
    ACTION_CARD = "actionCard", _("Action card")
    FEED_CARD = "feedCard", _("Feed card")


class Shelf(models.TextChoices):
    """Where a message is kept."""

    DRAFTS = "drafts", _("Drafts")  # being written; these alone can be launched
    ARCHIVE = "archive", pgettext_lazy("shelf", "Archive")  # put away, to be taken back
    TEMPLATES = "templates", _("Templates")  # in the library: drafts are made of it


class Draft(models.Model):
    """An editable message with its mentions and its audience. Every save is a version.

    A template is one, too: it is written, previewed, checked and kept in versions by the same pages.
    """

    name = models.CharField(_("name"), max_length=100, help_text=_("Only staff see it."))
    msgtype = models.CharField(_("type"), max_length=20, choices=MessageType, default=MessageType.TEXT)
    # The object that stands under the msgtype's key in DingTalk's body, e.g. {"title": …, "text": …}. A draft may be
    # incomplete: what is missing is told before launch.
    content = models.JSONField(default=dict)
    # Own words of some groups: {"kind": "robot" or "tag", "pk": …, "title": …, "text": …}; see services/overrides.py.
    overrides = models.JSONField(default=list, editable=False)
    mention_everyone = models.BooleanField(_("mention everyone"), default=False)
    mention_recipients = models.ManyToManyField(
        Recipient, verbose_name=_("mentioned recipients"), related_name="+", blank=True
    )
    mention_lists = models.ManyToManyField(
        RecipientList, verbose_name=_("mentioned lists"), related_name="+", blank=True
    )
    # More people than DingTalk mentions in a message: each group mentions some of them. See rendering/sharing.py.
    mention_sharing = models.BooleanField(_("share the people out over the groups"), default=False, db_default=False)
    all_robots = models.BooleanField(_("all robots"), default=False)
    robots = models.ManyToManyField(Robot, verbose_name=_("robots"), related_name="+", blank=True)
    tags = models.ManyToManyField(Tag, verbose_name=_("tags"), related_name="+", blank=True)

    version = models.PositiveIntegerField(default=0, editable=False)  # the newest DraftVersion's number
    # How often it was launched. A launch says how many it knew of, so that two people cannot launch it at once.
    launches = models.PositiveIntegerField(default=0, editable=False)
    # A correction goes to those who got this broadcast; its audience is not edited. See services/correction.py.
    corrects = models.ForeignKey(
        "broadcasts.Broadcast",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="correction_drafts",
        editable=False,
    )
    # The open compose page whose first autosave made it: that page asks again when the answer got lost.
    page = models.UUIDField(null=True, unique=True, editable=False)
    shelf = models.CharField(
        max_length=20, choices=Shelf, default=Shelf.DRAFTS, db_default=Shelf.DRAFTS, editable=False
    )
    # Of a template. They order the library, and so are no part of its versions. "" is a category, too: none.
    category = models.CharField(max_length=50, blank=True, default="", db_default="", editable=False)
    description = models.CharField(max_length=300, blank=True, default="", db_default="", editable=False)
    # The template that it was made of, and how that was called then, which stays.
    made_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    made_from_name = models.CharField(max_length=100, blank=True, default="", db_default="", editable=False)
    demo = models.BooleanField(default=False, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-updated_at", "-pk"]
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            # Pressed twice, it is one draft; after its launch there may be another.
            models.UniqueConstraint(fields=["corrects"], condition=models.Q(launches=0), name="draft_correction_once"),
            models.CheckConstraint(condition=models.Q(shelf__in=Shelf.values), name="draft_shelf"),
        ]
        indexes = [
            models.Index(fields=["-updated_at", "-id"], name="draft_newest"),
            models.Index(fields=["shelf", "-updated_at", "-id"], name="draft_shelf_newest"),
            models.Index(
                fields=["category", "name", "id"],
                condition=models.Q(shelf="templates"),
                name="draft_library",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def can_be_launched(self) -> bool:
        return self.shelf == Shelf.DRAFTS

    @property
    def is_archived(self) -> bool:
        return self.shelf == Shelf.ARCHIVE

    @property
    def is_template(self) -> bool:
        return self.shelf == Shelf.TEMPLATES


class DraftVersion(models.Model):
    """A draft as it was saved once. Append-only, but for the newest one while autosaves go on writing it.

    Numbers rise with every autosave, and so leave gaps: what somebody saw under a number never says anything else.
    """

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    # As services/snapshots.py: name, msgtype, content, overrides, and what is mentioned and reached, as ids.
    snapshot = models.JSONField()
    saved_by_name = models.CharField(max_length=150)
    saved_at = models.DateTimeField(auto_now_add=True)
    # Of a version that nobody pressed a button for: since when autosaves write it. See services/drafts.py.
    autosaved_since = models.DateTimeField(null=True)
    page = models.UUIDField(null=True)  # the open compose page that wrote it
    # The version that was restored to make this one.
    restored = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["-number"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="draft_version_once")]

    def __str__(self) -> str:
        return f"{self.draft_id} v{self.number}"
