"""A draft's content as DingTalk's message, and what is wrong with it in the words of whoever writes announcements."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dingtalk.payloads import Message, Problem, ProblemCode, searched_texts
from messages.models import MessageType
from messages.rendering.chips import in_plain_words

# What DingTalk calls a field, and how the form calls it.
FIELD_NAMES: Final[Mapping[str, Promise]] = {
    "content": gettext_lazy("the text"),
    "title": gettext_lazy("the title"),
    "text": gettext_lazy("the text"),
    "messageUrl": gettext_lazy("the link's address"),
    "messageURL": gettext_lazy("the link's address"),
    "picUrl": gettext_lazy("the picture's address"),
    "picURL": gettext_lazy("the picture's address"),
    "singleTitle": gettext_lazy("the button's title"),
    "singleURL": gettext_lazy("the button's address"),
    "actionURL": gettext_lazy("the button's address"),
    "btnOrientation": gettext_lazy("the order of the buttons"),
    "hideAvatar": gettext_lazy("the sender's picture"),
    "btns": gettext_lazy("the buttons"),
    "links": gettext_lazy("the links"),
}

ITEM_NAMES: Final[Mapping[str, Promise]] = {
    "links": gettext_lazy("%(field)s of link %(number)d"),
    "btns": gettext_lazy("%(field)s of button %(number)d"),
}

JSON_TYPES: Final[Mapping[str, Promise]] = {
    "string": gettext_lazy("a text in quotes"),
    "number": gettext_lazy("a number"),
    "boolean": gettext_lazy("true or false"),
    "object": gettext_lazy("an object in { }"),
    "array": gettext_lazy("a list in [ ]"),
    "null": gettext_lazy("nothing (null)"),
}

PROBLEM_TEXTS: Final[Mapping[str, Promise]] = {
    ProblemCode.EMPTY: gettext_lazy("Fill in %(place)s."),
    ProblemCode.URL_NOT_ABSOLUTE: gettext_lazy(
        "Write %(place)s in full: it begins with https://, http:// or dingtalk:// and has no spaces."
    ),
    ProblemCode.PICTURE_NOT_ABSOLUTE: gettext_lazy(
        "Write %(place)s in full: it begins with https:// or http://, and DingTalk can open it from the internet."
    ),
    ProblemCode.VALUE_UNKNOWN: gettext_lazy("Choose one of these values for %(place)s: %(allowed)s."),
    ProblemCode.CARD_WITHOUT_ACTION: gettext_lazy(
        "An action card needs a button. Add one with its title and its address."
    ),
    ProblemCode.CARD_WITH_BOTH: gettext_lazy(
        "An action card has either one button for the whole card or a list of buttons. Remove one of the two."
    ),
    ProblemCode.LINKS_EMPTY: gettext_lazy("A feed card needs at least one link. Add one."),
    ProblemCode.MENTIONS_NOT_SUPPORTED: gettext_lazy(
        "DingTalk mentions nobody in a message of the type “%(type)s”. Remove the mentions, or choose another type."
    ),
    ProblemCode.TOO_MANY_MENTIONS: gettext_lazy(
        "%(count)s people are mentioned, but DingTalk takes at most %(limit)s. Mention fewer people, or everyone."
    ),
    ProblemCode.TOO_LONG: gettext_lazy(
        "The message has %(size)s bytes, but DingTalk takes at most %(limit)s."
        " Shorten it by %(over)s bytes, about %(characters)s Chinese characters."
    ),
    ProblemCode.MSGTYPE_MISSING: gettext_lazy(
        "The message does not say of which type it is. Add “msgtype” with one of these values: %(allowed)s."
    ),
    ProblemCode.MSGTYPE_UNKNOWN: gettext_lazy(
        "DingTalk's robots know no message of the type “%(msgtype)s”. Choose one of these: %(allowed)s."
    ),
    ProblemCode.KEY_MISSING: gettext_lazy("Fill in %(place)s."),
    ProblemCode.KEY_UNKNOWN: gettext_lazy("DingTalk knows no “%(field)s” in a message of this type. Remove it."),
    ProblemCode.KEY_WRONG_CASE: gettext_lazy(
        "Write “%(field)s” as “%(expected)s”: DingTalk passes over any other spelling in silence."
    ),
    ProblemCode.KEY_ELSEWHERE: gettext_lazy(
        "Remove “%(field)s” from the message: mentions are chosen beside it, and the rest is added when it is sent."
    ),
    ProblemCode.TYPE_WRONG: gettext_lazy("“%(field)s” must be %(expected)s, but it is %(found)s."),
}

# Of variables, at their place in the text (messages/rendering/).
VARIABLE_TEXTS: Final[Mapping[str, Promise]] = {
    "variable_unknown": gettext_lazy("there is no variable “%(name)s”."),
    "template_unclosed": gettext_lazy(
        '{{ is not closed on its line. Close it with }}, or write {{ "{{" }} for the signs themselves.'
    ),
    "template_unreadable": gettext_lazy(
        "“%(written)s” is not understood. Write the variable's name alone: {{ group }}."
    ),
    "template_tag": gettext_lazy(
        '“%(written)s” does nothing here. Only {{ … }} puts something in; for the signs themselves write {{ "{%%" }}.'
    ),
    "filter_unknown": gettext_lazy("“%(name)s” is no filter. There are these: %(known)s."),
    "date_elsewhere": gettext_lazy("a date's format goes with %(known)s only, not with “%(name)s”."),
    "date_sign_unknown": gettext_lazy(
        "“%(sign)s” is no part of a date. Use %%Y, %%m, %%d, %%-m, %%-d, %%H, %%-H, %%M and %%A (day of the week)."
    ),
    "mention_unknown": gettext_lazy("nobody is called “%(name)s”, and no list."),
    "mention_ambiguous": gettext_lazy("there are several called “%(name)s”. Write which one: %(choices)s."),
    "mention_elsewhere": gettext_lazy(
        '“%(name)s” cannot be mentioned here, only in the text. For the signs themselves write {{ "@[" }}.'
    ),
    "template_too_big": gettext_lazy("this text is too long for variables, or has more than %(most)s of them."),
}

MENTION_TEXTS: Final[Mapping[str, Promise]] = {
    "at.atMobiles": gettext_lazy("Number %(position)s of the mentioned mobiles is no mobile number. Correct it."),
    "at.atUserIds": gettext_lazy("Number %(position)s of the mentioned userIds is no DingTalk userId. Correct it."),
}

_ITEM_PLACE: Final = re.compile(r"(?P<list>links|btns)\.(?P<position>\d+)\.(?P<key>\w+)")
_BYTES_PER_CHINESE_CHARACTER: Final = 3


def summary(message: Message) -> str:
    """What to call a message that nobody named: the first line of its title or text."""
    lines = "\n".join(searched_texts(message)).strip().splitlines()
    return in_plain_words(lines[0].strip()) if lines else _("Message without text")


def problem_text(problem: Problem) -> str:
    """One sentence, in the active language: what is wrong, where, and what to do."""
    if problem.code in VARIABLE_TEXTS:
        return _variable_text(problem)
    if problem.code == ProblemCode.MENTION_MALFORMED:
        return str(MENTION_TEXTS[problem.field]) % problem.params
    return str(PROBLEM_TEXTS[problem.code]) % {"field": problem.field, "place": place(problem.field), **_words(problem)}


def _variable_text(problem: Problem) -> str:
    told = {
        "place": place(problem.field),
        "line": problem.params["line"],
        "column": problem.params["column"],
        "words": str(VARIABLE_TEXTS[problem.code]) % problem.params,
    }
    text = _("In %(place)s, line %(line)s, character %(column)s: %(words)s") % told
    nearest = problem.params.get("nearest")
    return _("%(sentence)s Did you mean “%(nearest)s”?") % {"sentence": text, "nearest": nearest} if nearest else text


def place(field: str) -> str:
    """A place in DingTalk's keys ("links.1.picURL") in the words of the form ("the picture's address of link 2")."""
    if item := _ITEM_PLACE.fullmatch(field):
        words = {"field": place(item["key"]), "number": int(item["position"]) + 1}
        return str(ITEM_NAMES[item["list"]]) % words
    return str(FIELD_NAMES[field]) if field in FIELD_NAMES else _("“%(field)s”") % {"field": field}


def _words(problem: Problem) -> dict[str, object]:
    params = problem.params
    match problem.code:
        case ProblemCode.TOO_LONG:
            over = int(params["size"]) - int(params["limit"])
            characters = -(-over // _BYTES_PER_CHINESE_CHARACTER)
            numbers = {"size": params["size"], "limit": params["limit"], "over": over, "characters": characters}
            return {name: f"{number:,}" for name, number in numbers.items()}
        case ProblemCode.MENTIONS_NOT_SUPPORTED:
            return {"type": MessageType(str(params["msgtype"])).label}
        case ProblemCode.TYPE_WRONG:
            return {name: JSON_TYPES[str(params[name])] for name in ("expected", "found")}
        case _:
            return dict(params)
