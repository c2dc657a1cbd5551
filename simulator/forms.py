from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from simulator.groups import Member
from simulator.models import Fault, FaultKind, Group, GroupState, Knobs

MAX_KEYWORDS: Final = 10


class Words(forms.CharField):
    """Several values in one field, separated by commas, semicolons or line ends."""

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else "; ".join(value)

    def to_python(self, value: Any) -> Any:
        words = re.split(r"[,，;；\n\r]+", super().to_python(value) or "")
        return list(dict.fromkeys(word.strip() for word in words if word.strip()))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(list(initial or []) != self.to_python(data))


class Members(forms.CharField):
    """One person a line: name, mobile, userId."""

    widget = forms.Textarea

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else "\n".join(map(_line, value))

    def to_python(self, value: Any) -> Any:
        return [_member(line) for line in (super().to_python(value) or "").splitlines() if line.strip()]


def _line(member: dict[str, str]) -> str:
    return ", ".join((member["name"], member["mobile"], member["user_id"])).rstrip(", ")


def _member(line: str) -> Member:
    name, mobile, user_id = (*(part.strip() for part in re.split("[,，]", line, maxsplit=2)), "", "")[:3]
    if not name:
        raise forms.ValidationError(_("A line without a name: %(line)s"), params={"line": line})
    return Member(name, mobile, user_id)


class GroupForm(forms.Form):
    name = forms.CharField(label=_("Group"), max_length=100)
    robot_name = forms.CharField(label=_("Robot's name in the chat"), max_length=100)
    signed = forms.BooleanField(
        label=_("Signing"), required=False, help_text=_("Every call has to be signed with the robot's secret.")
    )
    keywords = Words(
        label=_("Keywords"),
        required=False,
        help_text=_("A message has to contain one of them. Separate them by commas; at most ten."),
    )
    ip_ranges = Words(
        label=_("IP ranges"),
        required=False,
        help_text=_("Only calls from these addresses, such as 192.0.2.7 or 192.0.2.0/24. IPv4 only."),
    )
    members = Members(
        label=_("Members"),
        required=False,
        help_text=_("One person a line: name, mobile, userId. Mentions of others notify nobody."),
    )
    external = forms.BooleanField(label=_("External group"), required=False)
    state = forms.ChoiceField(label=_("State"), choices=GroupState.choices, initial=GroupState.OK)
    quota_left = forms.IntegerField(
        label=_("Messages left this month"), required=False, min_value=0, help_text=_("Empty: no limit.")
    )

    def __init__(self, *args: Any, group: Group | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = group

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        others = Group.objects.exclude(pk=self.group.pk) if self.group else Group.objects.all()
        if others.filter(name=name).exists():
            raise forms.ValidationError(_("Another simulated group has this name."))
        return name

    def clean_keywords(self) -> list[str]:
        words: list[str] = self.cleaned_data["keywords"]
        if len(words) > MAX_KEYWORDS:
            raise forms.ValidationError(_("DingTalk takes at most ten keywords."))
        return words

    def clean_ip_ranges(self) -> list[str]:
        ranges: list[str] = self.cleaned_data["ip_ranges"]
        for entry in ranges:
            if not _is_range(entry):
                raise forms.ValidationError(_("“%(entry)s” is no IPv4 address or range."), params={"entry": entry})
        return ranges


def initial_of(group: Group) -> dict[str, object]:
    names = ("name", "robot_name", "keywords", "ip_ranges", "members", "external", "state", "quota_left")
    return {**{name: getattr(group, name) for name in names}, "signed": bool(group.secret)}


def _is_range(entry: str) -> bool:
    try:
        ipaddress.IPv4Network(entry, strict=False)
    except ValueError:
        return False
    return True


class KnobsForm(forms.ModelForm):  # type: ignore[type-arg]
    banned_words = Words(
        label=_("Banned words"), required=False, help_text=_("A text with one of them is refused with 430102.")
    )
    unsafe_hosts = Words(
        label=_("Unsafe hosts"), required=False, help_text=_("A link to one of them is refused with 430101.")
    )

    class Meta:
        model = Knobs
        fields = (
            "strict",
            "banned_words",
            "unsafe_hosts",
            "limit",
            "window",
            "penalty_seconds",
            "count_throttled",
            "throttle_errcode",
            "wording",
            "token_errcode",
            "errcode_as_text",
            "errmsg_first",
            "escape_arrows",
            "latency_ms",
            "clock_offset_seconds",
        )

    @property
    def parts(self) -> Iterable[tuple[Any, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in _PARTS]


_PARTS: Final = (
    (_("Checks"), ("strict", "banned_words", "unsafe_hosts")),
    (_("Throttling"), ("limit", "window", "penalty_seconds", "count_throttled", "throttle_errcode")),
    (_("Answers"), ("wording", "token_errcode", "errcode_as_text", "errmsg_first", "escape_arrows")),
    (_("Time"), ("latency_ms", "clock_offset_seconds")),
)


class FaultForm(forms.ModelForm):  # type: ignore[type-arg]
    kind = forms.ChoiceField(label=_("What goes wrong"), choices=FaultKind.choices)

    class Meta:
        model = Fault
        fields = ("kind", "remaining", "percent", "delay_ms", "errcode", "errmsg")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("kind") == FaultKind.ERRCODE and cleaned.get("errcode") is None and "errcode" in cleaned:
            self.add_error("errcode", _("Say which errcode."))
        return cleaned


class FilterForm(forms.Form):
    q = forms.CharField(label=_("Search"), required=False)
