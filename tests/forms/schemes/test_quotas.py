"""Forms of quotas: what a form of places leaves out, and what it hands on."""

from datetime import date

import pytest
from werkzeug.datastructures import MultiDict

from mobility.forms.schemes.quotas import PlacesForm
from mobility.rules.quotas.places import Places
from mobility.services.schemes.quota_places import Figures

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
JULY = date(2026, 7, 1)


@pytest.fixture(autouse=True)
def request_context(app):
    with app.test_request_context():
        yield


def fitted(places, **sent):
    form = PlacesForm(MultiDict(sent), obj=places)
    form.fit(places)
    return form


@pytest.mark.parametrize(
    ("places", "asked"),
    [
        (Places(*YEAR, 5, JULY, 4), {"regular", "second"}),
        (Places(*YEAR, 5, supplement=4), {"regular", "supplement"}),
        (Places(*YEAR, 5, supplement=4, set_aside=1, set_aside_for=("GT",)), {"regular", "supplement", "set_aside"}),
    ],
)
def test_it_asks_for_what_the_places_have(places, asked):
    assert set(fitted(places)._fields) - {"csrf_token"} == asked


def test_what_is_not_asked_for_is_not_changed_into_something():
    form = fitted(Places(*YEAR, 5, JULY, 4), regular="6", second="0", supplement="9", set_aside="9")
    assert form.validate()
    assert form.figures() == Figures(6, 0)


@pytest.mark.parametrize("wrong", [{"regular": ""}, {"regular": "-1"}, {"second": "many"}, {"second": "1000001"}])
def test_what_is_no_number_of_places_is_refused(wrong):
    form = fitted(Places(*YEAR, 5, JULY, 4), **{"regular": "5", "second": "4", **wrong})
    assert not form.validate()
    assert set(form.errors) == set(wrong)


def test_a_supplement_does_not_shrink_to_nothing():
    form = fitted(Places(*YEAR, 5, supplement=4), regular="0", supplement="0")
    assert not form.validate()
    assert set(form.errors) == {"supplement"}
