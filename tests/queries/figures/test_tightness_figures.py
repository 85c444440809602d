"""The composite from stored figures: newest first, a region's own before its country's, each with its source."""

from datetime import date
from decimal import Decimal

import pytest

from mobility.queries.figures import tightness_figures
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.figures.tightness import IndicatorKind, ReadingKind
from tests.factories.publications import lines

I = IndicatorKind  # noqa: E741


@pytest.fixture
def officer(make):
    return make.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.SHORTAGE_OFFICER)


def read(session, make, officer, region="US", code="9211"):
    return tightness_figures.reading(session, officer, officer.organisation_id, make.occupation(code).id, region)


def test_without_figures_there_is_no_reading(session, make, officer):
    assert read(session, make, officer) is None


def test_a_composite_names_each_figures_source_and_what_is_missing(session, make, officer):
    make.figure(officer, I.VACANCY_RATE, "6")
    make.figure(officer, I.UNEMPLOYMENT, "4")

    found = read(session, make, officer)

    assert (found.composite.score, found.composite.reading) == (Decimal("77.5"), ReadingKind.TIGHT)
    assert found.composite.missing == (I.WAGE_GROWTH, I.DAYS_TO_FILL)
    assert found.figures[I.VACANCY_RATE].publication.source == "Office of labour, table 1"


def test_a_region_without_a_figure_is_read_by_its_countrys(session, make, officer):
    make.figure(officer, I.VACANCY_RATE, "6")
    make.figure(officer, I.UNEMPLOYMENT, "4", region="US-FL")

    found = read(session, make, officer, "US-FL")

    assert {indicator: figure.region for indicator, figure in found.figures.items()} == {
        I.VACANCY_RATE: "US",
        I.UNEMPLOYMENT: "US-FL",
    }
    assert read(session, make, officer).composite.missing == (I.UNEMPLOYMENT, I.WAGE_GROWTH, I.DAYS_TO_FILL)


def test_the_newest_figure_counts(session, make, officer):
    make.figure(officer, I.VACANCY_RATE, "6")
    later = make.figure_terms(title="Later", period_from=date(2026, 2, 1), period_to=date(2026, 4, 30))
    make.taken_in(officer, lines({"code": "9211", "value": "2"}), later)
    assert read(session, make, officer).figures[I.VACANCY_RATE].figure == Decimal(2)


def test_the_tightest_come_first_and_those_with_too_few_figures_last(session, make, officer):
    for code, rate in (("9211", "2"), ("7112", "7")):
        make.figure(officer, I.VACANCY_RATE, rate, code)
        make.figure(officer, I.UNEMPLOYMENT, "6", code)
    make.figure(officer, I.DAYS_TO_FILL, "80", "8160")

    found = tightness_figures.readings(session, officer, officer.organisation_id)

    assert [each.occupation.code for each in found] == ["7112", "9211", "8160"]
    assert found[-1].composite.score is None


def test_another_ministrys_figures_say_nothing(session, make, officer):
    make.figure(officer, I.VACANCY_RATE, "6")
    stranger = make.actor(OrganisationKind.DESTINATION_MINISTRY, "CA", Role.SHORTAGE_OFFICER)
    assert tightness_figures.readings(session, stranger, stranger.organisation_id) == []
    assert tightness_figures.readings(session, stranger, officer.organisation_id) == []
