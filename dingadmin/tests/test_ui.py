import re
from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.template import engines

from dingadmin.templatetags.navigation import SECTIONS


@dataclass(frozen=True, slots=True)
class State:
    label: str
    icon: str
    tone: str


class RobotForm(forms.Form):
    name = forms.CharField(label="Name", help_text="Shown to colleagues.")
    notes = forms.CharField(label="Notes", required=False, widget=forms.Textarea)
    organisation = forms.ChoiceField(label="Organisation", choices=[("1", "Head office")])
    active = forms.BooleanField(label="Active", required=False)
    security = forms.ChoiceField(
        label="Security", widget=forms.RadioSelect, choices=[("sign", "Signing"), ("ip", "IP")]
    )


def rendered(source: str, **context: object) -> str:
    return engines["django"].from_string("{% load ui %}" + source).render(context)


def test_a_state_is_a_word_and_an_icon_and_its_tone_is_only_a_hint() -> None:
    html = rendered("{% state_badge state %}", state=State("Failed <1>", "circle-x", "bad"))

    assert 'data-tone="bad"' in html
    assert "#circle-x" in html
    assert "Failed &lt;1&gt;" in html


def test_an_icon_is_hidden_from_screen_readers_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in rendered('{% icon "robot" %}')
    assert 'role="img" aria-label="Locked"' in rendered('{% icon "lock" "Locked" %}')


def test_every_icon_that_a_template_names_is_in_the_sprite() -> None:
    sprite = (settings.BASE_DIR / "static" / "icons.svg").read_text(encoding="utf-8")
    templates = "".join(path.read_text(encoding="utf-8") for path in (settings.BASE_DIR / "templates").rglob("*.html"))
    in_templates = re.findall(r'{% icon "([^"]+)"', templates) + re.findall(r'\bicon="([^"]+)"', templates)
    in_the_menu = [entry.icon for _label, entries in SECTIONS for entry in entries]

    assert {*in_templates, *in_the_menu} <= set(re.findall(r'<symbol id="([^"]+)"', sprite))


def test_a_field_shows_its_label_widget_and_help_wired_together() -> None:
    html = rendered("{% field form.name %}", form=RobotForm())

    assert '<label class="form-label" for="id_name">Name</label>' in html
    assert 'class="form-control"' in html
    assert 'aria-describedby="id_name_helptext"' in html
    assert 'id="id_name_helptext">Shown to colleagues.' in html


def test_an_error_stands_beside_its_field_and_keeps_what_was_typed() -> None:
    form = RobotForm({"name": "", "notes": "typed", "security": "sign", "organisation": "1"})

    html = rendered("{% field form.name %}{% field form.notes %}", form=form)

    assert 'class="form-control is-invalid"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert "typed</textarea>" in html


def test_further_words_of_the_tag_become_attributes_of_the_widget() -> None:
    html = rendered('{% field form.notes rows=3 hx_post="/preview/" label="Remarks" %}', form=RobotForm())

    assert 'rows="3"' in html
    assert 'hx-post="/preview/"' in html
    assert ">Remarks" in html


def test_choices_are_a_named_group_and_the_chosen_one_is_kept() -> None:
    html = rendered("{% field form.security %}", form=RobotForm({"security": "ip"}))

    assert '<legend class="form-label">Security</legend>' in html
    assert re.search(r'value="ip" id="id_security_1" checked', html)
    assert html.count('type="radio"') == 2


def test_a_check_box_stands_inside_its_label() -> None:
    assert 'class="form-check-input"' in rendered("{% field form.active %}", form=RobotForm())


def test_the_head_of_a_form_links_to_the_fields_that_need_care() -> None:
    form = RobotForm({"name": "", "security": "ip", "organisation": "1"})
    form.add_error(None, "The two do not fit.")

    html = rendered('{% include "ui/_form_errors.html" %}', form=form)

    assert "The two do not fit." in html
    assert '<a class="error-link" href="#id_name">Name</a>' in html
    assert "#id_organisation" not in html
    assert rendered('{% include "ui/_form_errors.html" %}', form=RobotForm()).strip() == ""
