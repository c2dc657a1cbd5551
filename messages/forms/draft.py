"""The fields of the compose page, drawn by a form per type. What a message lacks is told as a hint, never refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from messages.forms.composition import Composition
from messages.forms.typed import Typed, with_room
from messages.models import MessageType
from messages.services.snapshots import NAME_LENGTH

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class NameForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=NAME_LENGTH,
        required=False,
        help_text=_("Only staff see it. Left empty, it is taken from the message."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class TypeForm(forms.Form):
    """Draws the fields of one type; `Typed` reads them."""

    use_required_attribute = False
    rows: ClassVar[str] = ""  # which list of rows the type has


def _title(help_text: _StrOrPromise) -> forms.CharField:
    return forms.CharField(label=_("Title"), help_text=help_text, widget=forms.TextInput(attrs={"autocomplete": "off"}))


def _address(label: _StrOrPromise, *, required: bool = True, help_text: _StrOrPromise = "") -> forms.CharField:
    attributes = {"inputmode": "url", "autocomplete": "off", "placeholder": "https://", "spellcheck": "false"}
    return forms.CharField(
        label=label, required=required, help_text=help_text, widget=forms.TextInput(attrs=attributes)
    )


LIST_ONLY: Final = _("Shows in the list of chats and in the notification, not in the message itself.")


class TextForm(TypeForm):
    text = forms.CharField(label=pgettext_lazy("field", "Text"), widget=forms.Textarea(attrs={"rows": 8}))


class MarkdownForm(TypeForm):
    title = _title(LIST_ONLY)
    text = forms.CharField(label=_("Text in markdown"), widget=forms.Textarea(attrs={"rows": 12}))


class LinkForm(TypeForm):
    title = _title("")
    text = forms.CharField(
        label=_("Summary"),
        help_text=_("DingTalk shows the first lines and cuts the rest."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    url = _address(_("Where it leads"))
    picture = _address(_("Picture"), required=False, help_text=_("The public https address of a small square picture."))


class ActionCardForm(TypeForm):
    rows = "buttons"

    title = _title(LIST_ONLY)
    text = forms.CharField(label=_("Text in markdown"), widget=forms.Textarea(attrs={"rows": 8}))
    card = forms.ChoiceField(
        label=_("What can be pressed"),
        choices=[("whole", _("The whole card: one address")), ("buttons", _("Buttons: an address each"))],
        widget=forms.RadioSelect,
    )
    single_title = forms.CharField(
        label=_("Words on the card's button"), widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    url = _address(_("Where it leads"))
    orientation = forms.ChoiceField(
        label=_("Buttons stand"),
        choices=[("0", _("below one another")), ("1", _("side by side"))],
        widget=forms.RadioSelect,
    )
    hide_avatar = forms.BooleanField(
        label=_("Hide the robot's picture"), widget=forms.CheckboxInput(attrs={"value": "1"})
    )


class FeedCardForm(TypeForm):
    rows = "feed"


FORMS: Final[dict[str, type[TypeForm]]] = {
    MessageType.TEXT: TextForm,
    MessageType.MARKDOWN: MarkdownForm,
    MessageType.LINK: LinkForm,
    MessageType.ACTION_CARD: ActionCardForm,
    MessageType.FEED_CARD: FeedCardForm,
}


def type_form(composition: Composition) -> TypeForm:
    return FORMS[composition.msgtype](initial=_initial(composition.typed))


def _initial(typed: Typed) -> dict[str, object]:
    return {
        "title": typed.title,
        "text": typed.text,
        "url": typed.url,
        "picture": typed.picture,
        "single_title": typed.single_title,
        "card": "buttons" if typed.buttons_card else "whole",
        "orientation": "1" if typed.horizontal else "0",
        "hide_avatar": typed.hide_avatar,
    }


def field_names(composition: Composition) -> list[str]:
    """Every place of the type's form that something can be said about (see messages.forms.places)."""
    form, typed = FORMS[composition.msgtype], with_room(composition.typed)
    own = (f"own-{position}" for position in range(len(composition.overrides)))
    names = [*form.base_fields, "mentions", "size", "own", *own]
    if form.rows == "buttons":
        return [*names, "buttons", *_row_names("button", len(typed.buttons), ("title", "url"))]
    if form.rows == "feed":
        return [*names, "feed", *_row_names("feed", len(typed.feed), ("title", "url", "picture"))]
    return names


def kept_fields(composition: Composition, form: TypeForm) -> list[tuple[str, str]]:
    """What was typed for other types, as hidden fields, so that it is there again when the type is switched back."""
    typed = composition.typed
    single = {**_initial(typed), "hide_avatar": "1" if typed.hide_avatar else ""}
    kept = [(name, str(value)) for name, value in single.items() if name not in form.fields]
    if form.rows != "buttons":
        kept += [pair for row in typed.buttons for pair in (("button_title", row.title), ("button_url", row.url))]
    if form.rows != "feed":
        for row in typed.feed:
            kept += [("feed_title", row.title), ("feed_url", row.url), ("feed_picture", row.picture)]
    return kept


def _row_names(prefix: str, count: int, keys: tuple[str, ...]) -> list[str]:
    return [f"{prefix}-{position}-{key}" for position in range(count) for key in keys]
