"""What the checks are about: the columns of the dry run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from messages.services.checks.findings import Finding


class Topic(TextChoices):
    """In the order of the table."""

    ROBOT = "robot", pgettext_lazy("check", "Robot")
    KEYWORD = "keyword", pgettext_lazy("check", "Keyword")
    SIZE = "size", pgettext_lazy("check", "Size")
    TITLE = "title", pgettext_lazy("check", "Title")
    TEXT = "text", pgettext_lazy("check", "Text")
    MENTIONS = "mentions", pgettext_lazy("check", "Mentions")
    LINKS = "links", pgettext_lazy("check", "Links")
    VARIABLES = "variables", pgettext_lazy("check", "Variables")
    PACE = "pace", pgettext_lazy("check", "Pace")
    QUOTA = "quota", pgettext_lazy("check", "Quota")
    TODAY = "today", pgettext_lazy("check", "Today")
    NEARBY = "nearby", pgettext_lazy("check", "Nearby")
    ALIKE = "alike", pgettext_lazy("check", "Alike")


# What is not named here is about the text.
_OF_CODES: Final[Mapping[Topic, tuple[str, ...]]] = {
    Topic.ROBOT: ("robot_paused", "robot_deleted", "robot_failing", "simulator_off", "audience_empty"),
    Topic.KEYWORD: ("keyword_missing", "ending_added"),
    Topic.SIZE: ("too_long", "nearly_full", "in_parts"),
    Topic.TITLE: ("title_not_in_text",),
    Topic.MENTIONS: (
        "mentions_not_supported",
        "too_many_mentions",
        "mention_malformed",
        "mention_everyone",
        "mention_unknown",
        "mention_ambiguous",
        "mention_elsewhere",
        "mentions_left_out",
        "mentions_shared",
        "mentions_nowhere",
        "mentions_by_user_id",
        "mention_needs_mobile",
        "mention_not_in_group",
    ),
    Topic.LINKS: (
        "url_not_absolute",
        "picture_not_absolute",
        "picture_insecure",
        "picture_not_public",
        "picture_no_address",
        "media_id",
        "link_without_scheme",
        "bare_link",
        "reference",
    ),
    Topic.VARIABLES: (
        "variable_missing",
        "variable_clash",
        "variable_unknown",
        "template_unclosed",
        "template_unreadable",
        "template_tag",
        "template_too_big",
        "filter_unknown",
        "date_elsewhere",
        "date_sign_unknown",
    ),
    Topic.PACE: (
        "robot_silenced",
        "quiet_hours",
        "quiet_held",
        "quiet_skipped",
        "quiet_passed",
        "sending_stopped",
        "sending_on_hold",
        "queue_before",
        "last_about",
    ),
    Topic.QUOTA: ("quota_exhausted", "over_quota", "quota_left"),
    Topic.TODAY: ("got_today",),
    Topic.NEARBY: ("broadcast_nearby",),
    Topic.ALIKE: ("text_alike",),
}
_BY_CODE: Final = {code: topic for topic, codes in _OF_CODES.items() for code in codes}
_LINK_PLACES: Final = ("Url", "URL")


def topic_of(finding: Finding) -> Topic:
    if finding.code not in _BY_CODE and finding.place == "title":
        return Topic.TITLE
    if finding.code not in _BY_CODE and finding.place.endswith(_LINK_PLACES):
        return Topic.LINKS
    return _BY_CODE.get(finding.code, Topic.TEXT)
