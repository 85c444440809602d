"""The form macros: every field labelled, every error led to, every value kept, nothing left in English."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    EmailField,
    FieldList,
    FileField,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from tests.structure.pages import by_id, call, classes, marked, render, show, spoken_words, text_of


def choices(*values: str) -> list[SelectChoice]:
    return [SelectChoice(value, marked(value)) for value in values]


class Day(Form):
    day = IntegerField(marked("Day"), [InputRequired(marked("no day"))])
    month = IntegerField(marked("Month"))
    year = IntegerField(marked("Year"))


class Line(Form):
    town = StringField(marked("Town"), [InputRequired(marked("no town"))])


class Everything(Form):
    title = StringField(
        marked("Title"), [InputRequired(marked("no title"))], description=marked("As in the <b>contract")
    )
    email = EmailField(marked("Email"), [Optional()], render_kw={"autocomplete": "email", "spellcheck": "false"})
    headcount = IntegerField(marked("Headcount"), [InputRequired(marked("no headcount"))])
    pay = DecimalField(marked("Pay"))
    reason = TextAreaField(marked("Reason"), [InputRequired(marked("no reason")), Length(max=200)])
    note = TextAreaField(marked("Note"), render_kw={"rows": 3})
    country = SelectField(marked("Country"), [InputRequired(marked("no country"))], choices=choices("", "HN", "GT"))
    decision = RadioField(marked("Decision"), [InputRequired(marked("no decision"))], choices=choices("yes", "no"))
    skills = SelectMultipleField(
        marked("Skills"),
        [InputRequired(marked("no skill"))],
        choices=choices("prune", "pick"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    many = SelectMultipleField(marked("Many"), choices=choices("a", "b"))
    agree = BooleanField(marked("I agree"), [InputRequired(marked("not agreed"))], description=marked("On paper too"))
    born = DateField(marked("Born"), [InputRequired(marked("no birth date"))], format=["%d %m %Y", "%Y-%m-%d"])
    starts = FormField(Day, marked("Starts"))
    home = FormField(Line, marked("Home"))
    stops = FieldList(FormField(Line), marked("Stops"), min_entries=1)
    plain = DateField(marked("Plain"))
    password = PasswordField(marked("Password"), [InputRequired(marked("no password"))])
    file = FileField(marked("File"))
    version = HiddenField(default="3")


SHOWN = [name for name in vars(Everything) if name not in {"version", "home", "stops"} and not name.startswith("_")]


def filled(**values: str | list[str]) -> Everything:
    form = Everything(MultiDict(values or {"x": "1"}))
    form.validate()
    return form


def whole(form: Form) -> Any:
    source = """{% from "macros/forms.html" import error_summary, field, hidden, submit %}
      {{ error_summary(form) }}<form method="post">{{ hidden(form) }}
      {% for name in shown %}{{ field(form[name]) }}{% endfor %}
      {{ field(form.home.form.town) }}{% for entry in form.stops %}{{ field(entry.form.town) }}{% endfor %}
      {{ submit(_("Save")) }}</form>"""
    return show(source, form=form, shown=[name for name in SHOWN if hasattr(form, name)])


def test_every_input_has_a_label_and_no_id_stands_twice() -> None:
    page = whole(Everything())
    inputs = [
        each for tag in ("input", "select", "textarea") for each in page.iter(tag) if each.get("type") != "hidden"
    ]
    labelled = {label.get("for") for label in page.iter("label")}
    ids = [each.get("id") for each in page.iter() if each.get("id")]

    assert len(inputs) > 20
    assert [each.get("name") for each in inputs if each.get("id") not in labelled] == []
    assert len(ids) == len(set(ids))


def test_every_error_leads_from_the_summary_to_an_input_and_is_said_beside_it() -> None:
    page = whole(filled())
    summary = next(each for each in page.iter("div") if "govuk-error-summary" in classes(each))
    links = {text_of(link): link.get("href", "")[1:] for link in summary.iter("a")}
    by_id = {each.get("id"): each for each in page.iter() if each.get("id")}

    assert set(links) == {
        f"{marked(label)}: {marked(error)}"
        for label, error in {
            ("Title", "no title"),
            ("Headcount", "no headcount"),
            ("Reason", "no reason"),
            ("Country", "no country"),
            ("Decision", "no decision"),
            ("Skills", "no skill"),
            ("I agree", "not agreed"),
            ("Born", "no birth date"),
            ("Starts", "no day"),
            ("Town", "no town"),
            ("Password", "no password"),
        }
    }
    assert {by_id[target].tag for target in links.values()} == {"input", "select", "textarea"}
    assert by_id["born-error"] is not None
    assert text_of(by_id["title-error"]) == f"{marked('Error')}: {marked('no title')}"
    assert by_id["title"].get("aria-describedby") == "title-hint title-error"
    assert by_id["country"].get("aria-describedby") == "country-error"


def test_a_form_without_errors_has_no_summary() -> None:
    assert text_of(call("forms", "error_summary", Everything())) == ""
    assert text_of(call("forms", "error_summary", None)) == ""


def test_errors_of_the_form_itself_and_of_hidden_fields_are_said_without_a_link() -> None:
    form = Everything()
    form.form_errors = [marked("the quota is full")]
    form.version.errors = [marked("changed meanwhile")]
    summary = call("forms", "error_summary", form)

    assert [text_of(item) for item in summary.iter("li")] == [marked("the quota is full"), marked("changed meanwhile")]
    assert list(summary.iter("a")) == []


def test_nothing_of_a_form_stays_english() -> None:
    source = """{% from "macros/forms.html" import error_summary, field %}{{ error_summary(form) }}
        {% for name in shown %}{{ field(form[name]) }}{% endfor %}"""
    html = render(source, form=filled(), shown=SHOWN)

    assert [word for word in spoken_words(html) if word not in {"HN", "GT"}] == []


@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30))
def test_what_was_typed_comes_back_as_it_was_and_never_as_markup(text: str) -> None:
    form = Everything(MultiDict({"title": text}))
    page = call("forms", "field", form.title)

    assert [each.get("value") for each in page.iter("input")] == [text]


def test_a_field_shows_hint_optional_mark_and_what_render_kw_asks_for() -> None:
    title = call("forms", "field", Everything().title)
    email = call("forms", "field", Everything().email)
    note = call("forms", "field", Everything().note)

    assert text_of(by_id(title, "title-hint")) == marked("As in the <b>contract")
    assert text_of(email.find(".//label")) == f"{marked('Email')} {marked('(optional)')}"
    assert [email.find(".//input").get(name) for name in ("type", "autocomplete", "spellcheck")] == [
        "email",
        "email",
        "false",
    ]
    assert note.find(".//textarea").get("rows") == "3"


def test_numbers_are_typed_as_text_with_the_right_keyboard() -> None:
    headcount = call("forms", "field", Everything().headcount, suffix="people").find(".//input")
    pay = call("forms", "field", Everything().pay, prefix="USD").find(".//input")

    assert (headcount.get("type"), headcount.get("inputmode")) == ("text", "numeric")
    assert (pay.get("type"), pay.get("inputmode")) == ("text", "decimal")


def test_a_wrong_number_stays_as_it_was_typed() -> None:
    page = call("forms", "field", filled(headcount="twelve").headcount)

    assert page.find(".//input").get("value") == "twelve"
    assert "govuk-input--error" in classes(page.find(".//input"))


def test_a_long_text_counts_its_letters_in_the_readers_language() -> None:
    page = call("forms", "field", Everything().reason)
    group = next(each for each in page.iter("div") if each.get("data-module") == "govuk-character-count")

    assert group.get("data-maxlength") == "200"
    assert group.get("data-i18n.characters-under-limit.other") == marked("You have %{count} characters left")
    assert text_of(by_id(page, "reason-info")) == marked("You can enter up to 200 characters")


def test_choices_keep_what_was_chosen() -> None:
    form = filled(country="GT", decision="no", skills=["prune", "pick"], many="b", agree="y")
    page = whole(form)

    assert [each.get("value") for each in page.iter("option") if each.get("selected") is not None] == ["GT", "b"]
    assert [each.get("value") for each in page.iter("input") if each.get("checked") is not None] == [
        "no",
        "prune",
        "pick",
        "y",
    ]


def test_the_browser_does_not_check_before_we_do() -> None:
    assert [each.get("name") for each in whole(Everything()).iter() if each.get("required") is not None] == []


def test_options_carry_hints_and_what_they_open() -> None:
    page = call(
        "forms",
        "field",
        Everything().decision,
        hints={"yes": marked("takes one place")},
        conditional={"no": Markup('<p id="why">0</p>')},
    )

    assert text_of(by_id(page, "decision-item-hint")) == marked("takes one place")
    assert by_id(page, "conditional-decision-2").find(".//p").get("id") == "why"


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"born": ["27", "3", "1998"]}, ["27", "3", "1998"]),
        ({"born": ["27", "13", "98"]}, ["27", "13", "98"]),
        ({"born": ["", "", ""]}, ["", "", ""]),
    ],
)
def test_a_date_is_asked_in_three_parts_and_comes_back_part_by_part(values: dict[str, Any], shown: list[str]) -> None:
    form = filled(**values)
    parts = list(call("forms", "field", form.born, autocomplete="bday").iter("input"))

    assert [part.get("name") for part in parts] == ["born"] * 3
    assert [part.get("id") for part in parts] == ["born-day", "born-month", "born-year"]
    assert [part.get("autocomplete") for part in parts] == ["bday-day", "bday-month", "bday-year"]
    assert [part.get("value") or "" for part in parts] == shown


def test_a_stored_date_is_shown_in_its_parts() -> None:
    form = Everything(MultiDict({"born": ["27", "3", "1998"]}))
    stored = Everything(data={"born": form.born.data})

    assert [part.get("value") for part in call("forms", "field", stored.born).iter("input")] == ["27", "3", "1998"]


def test_a_password_is_never_sent_back() -> None:
    page = call("forms", "field", filled(password="correct horse").password)

    assert page.find(".//input").get("value") is None
    assert page.find(".//input").get("autocomplete") == "current-password"


def hidden_of(page: Any) -> dict[str, str]:
    return {each.get("name"): each.get("value") for each in page.iter("input")}


def test_hidden_values_are_sent_once_each() -> None:
    of_form = call("forms", "hidden", Everything(), idempotency_key="k", version=9)
    bare = call("forms", "hidden", version=9)

    assert hidden_of(of_form) == {"version": "3", "csrf_token": "t0ken", "idempotency_key": "k"}
    assert hidden_of(bare) == {"csrf_token": "t0ken", "version": "9"}
    assert len(list(of_form.iter("input"))) == 3


def test_a_button_that_changes_something_is_a_form_of_its_own() -> None:
    page = call("forms", "post_button", "/declare", marked("Declare"), fields={"event": "declare"}, version=2)
    form = page.find(".//form")

    assert (form.get("method"), form.get("action")) == ("post", "/declare")
    assert hidden_of(form) == {"csrf_token": "t0ken", "version": "2", "event": "declare"}
    assert text_of(form.find(".//button")) == marked("Declare")
