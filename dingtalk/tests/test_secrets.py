import copy
import json
import pickle
import traceback

import pytest

from dingtalk.client import Target
from dingtalk.secrets import Secret
from dingtalk.webhook import Webhook

TOKEN = "f" * 60 + "0001"


def test_only_reveal_gives_the_text():
    assert Secret(TOKEN).reveal() == TOKEN


@pytest.mark.parametrize(
    "shown",
    [
        repr(Secret(TOKEN)),
        str(Secret(TOKEN)),
        f"{Secret(TOKEN)}",
        "%s %r" % (Secret(TOKEN), Secret(TOKEN)),  # noqa: UP031 - the way logging formats
        repr([Secret(TOKEN)]),
        repr(Webhook(Secret(TOKEN))),
        repr(Target("https://oapi.dingtalk.com", Secret(TOKEN), Secret(TOKEN))),
    ],
)
def test_a_secret_hides_in_every_form_of_text(shown):
    assert TOKEN not in shown
    assert "Secret(***)" in shown


def test_secrets_are_compared_by_what_they_hold():
    assert Secret("a") == Secret("a")
    assert hash(Secret("a")) == hash(Secret("a"))
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"


def test_an_empty_secret_is_false():
    assert not Secret("")
    assert Secret("x")


def test_a_secret_cannot_be_pickled_or_turned_into_json():
    with pytest.raises(TypeError) as refused:
        pickle.dumps(Secret(TOKEN))
    assert TOKEN not in "".join(traceback.format_exception(refused.value))
    with pytest.raises(TypeError):
        pickle.dumps(Webhook(Secret(TOKEN)))
    with pytest.raises(TypeError):
        json.dumps({"token": Secret(TOKEN)})


def test_a_secret_can_be_copied_with_what_holds_it():
    secret = Secret(TOKEN)
    assert copy.copy(secret) is secret
    assert copy.deepcopy({"a": secret})["a"] is secret
