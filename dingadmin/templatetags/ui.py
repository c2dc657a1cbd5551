"""Tags that draw the same thing in the same way on every page. They name templates; the templates name the classes."""

from datetime import datetime
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from django import forms, template
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.utils import timezone
from django.utils.safestring import SafeString

from audit.row_field import RowBoundField, RowInput
from dingadmin.preferences import chosen_theme
from dingadmin.templatetags.moments import describe
from dingadmin.templatetags.navigation import Section, sections

register = template.Library()


class State(Protocol):
    label: str
    icon: str
    tone: str


TONES: Final = ("ok", "busy", "wait", "bad", "unsure", "off")


@register.inclusion_tag("ui/_icon.html")
def icon(name: str, label: str = "") -> dict[str, str]:
    """Decoration unless a label says what it means where it stands alone."""
    return {"name": name, "label": label}


@register.inclusion_tag("ui/_state.html")
def state_badge(state: State) -> dict[str, State]:
    return {"state": state}


@register.inclusion_tag("ui/_when.html")
def when(moment: datetime | None, zone: ZoneInfo | str | None = None, *, brief: bool = False) -> dict[str, object]:
    """A moment on the clocks of its zone and its distance from now; brief leaves the zone to the title."""
    if moment is None:
        return {"moment": None}
    return {"moment": describe(moment, zone=_zone(zone), now=timezone.now()), "brief": brief}


def _zone(zone: ZoneInfo | str | None) -> ZoneInfo:
    if isinstance(zone, ZoneInfo):
        return zone
    return ZoneInfo(zone or timezone.get_current_timezone_name())


@register.inclusion_tag("ui/_field.html")
def field(bound: BoundField, *, label: str = "", **attributes: str | int) -> dict[str, object]:
    """Label, widget, help and errors. Further keywords become attributes of the widget, `_` written as `-`."""
    return {
        "field": bound,
        "label": label or bound.label,
        "kind": kind(bound),
        "attributes": {name.replace("_", "-"): _attribute(value) for name, value in attributes.items()},
    }


def _attribute(value: str | int) -> str | bool:
    """True and False mean an attribute that is there or not; a lazy text becomes a text."""
    return value if isinstance(value, bool) else str(value)


@register.filter
def kind(bound: BoundField) -> str:
    """What a template has to draw around the widget: row, check, choices, select, group (of widgets) or control."""
    match bound.field.widget:
        case RowInput():
            return "row"
        case forms.CheckboxSelectMultiple() | forms.RadioSelect():
            return "choices"
        case forms.CheckboxInput():
            return "check"
        case forms.Select():
            return "select"
        case _:
            return "group" if bound.use_fieldset else "control"


@register.filter
def searched_fields(form: forms.BaseForm) -> list[RowBoundField]:
    """Those that change with what they find: what was typed becomes the row that was meant."""
    return [bound for bound in form if isinstance(bound, RowBoundField) and bound.many]


@register.filter
def has_field_errors(form: forms.BaseForm) -> bool:
    return any(name != NON_FIELD_ERRORS for name in form.errors)


@register.simple_tag
def widget(
    bound: BoundField, attributes: dict[str, str | bool] | None = None, *, invalid: str, **more: str
) -> SafeString:
    """The bare widget with the class that the template gives, and the `invalid` one beside errors."""
    classes = (bound.field.widget.attrs.get("class"), more.get("class"), bound.errors and invalid)
    return bound.as_widget(attrs={**(attributes or {}), "class": " ".join(str(name) for name in classes if name)})


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    return chosen_theme(context.get("request"))


@register.simple_tag(takes_context=True)
def menu(context: Context) -> list[Section]:
    request = context["request"]
    return sections(request.user, path=request.path, simulator_mounted=bool(context.get("simulator_mounted")))
