"""What a piece of evidence must hold: figures in their unit, periods, dates."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.errors import InvalidError
from mobility.rules.cases.evidence import MEASURES, EvidenceFacts, UnitKind, check_evidence, is_stale
from mobility.rules.cases.shortages import EvidenceKind

TODAY = date(2026, 5, 4)
RATE = EvidenceFacts(
    EvidenceKind.VACANCY_RATE, Decimal("7.5"), None, date(2026, 4, 15), date(2026, 1, 1), date(2026, 3, 31)
)
PLAN = EvidenceFacts(EvidenceKind.PLAN_REFERENCE, None, "Goal 4 names farm work", date(2025, 1, 1))


def refused(piece):
    with pytest.raises(InvalidError) as error:
        check_evidence(piece, today=TODAY)
    return error.value.code, error.value.field


def test_every_kind_has_a_measure_and_documents_have_no_figure():
    assert set(MEASURES) == set(EvidenceKind)
    assert [kind for kind, measure in MEASURES.items() if not measure.has_figure] == [
        EvidenceKind.PLAN_REFERENCE,
        EvidenceKind.DISASTER_REFERENCE,
    ]
    assert MEASURES[EvidenceKind.LABOUR_MARKET_TEST].unit is UnitKind.PERSONS


def test_a_figure_with_its_period_and_a_document_with_its_statement_are_accepted():
    check_evidence(RATE, today=TODAY)
    check_evidence(PLAN, today=TODAY)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"figure": None}, "evidence.figure_missing", "evidence_figure"),
        ({"figure": Decimal(750)}, "evidence.figure_implausible", "evidence_figure"),
        ({"figure": Decimal("-0.1")}, "evidence.figure_implausible", "evidence_figure"),
        ({"period_from": None}, "evidence.period_missing", "evidence_period_from"),
        ({"period_to": None}, "evidence.period_missing", "evidence_period_to"),
        ({"period_to": date(2025, 12, 31)}, "evidence.period_reversed", "evidence_period_to"),
        ({"period_from": date(2020, 1, 1)}, "evidence.period_too_long", "evidence_period_to"),
        ({"period_to": date(2026, 4, 30)}, "evidence.period_not_over", "evidence_period_to"),
        ({"observed_on": date(2026, 5, 5)}, "evidence.date_ahead", "evidence_date"),
        (
            {"observed_on": date(2022, 1, 1), "period_from": date(2021, 1, 1), "period_to": date(2021, 12, 31)},
            "evidence.too_old",
            "evidence_date",
        ),
    ],
)
def test_a_figure_that_cannot_be_true_is_refused_at_its_field(changes, code, field):
    assert refused(replace(RATE, **changes)) == (code, field)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"figure": Decimal(3)}, "evidence.figure_unwanted"),
        ({"statement": "  "}, "evidence.statement_missing"),
        ({"period_from": date(2025, 1, 1)}, "evidence.period_missing"),
    ],
)
def test_a_document_says_in_words_what_it_holds(changes, code):
    assert refused(replace(PLAN, **changes))[0] == code


def test_a_plan_may_speak_of_years_to_come():
    check_evidence(replace(PLAN, period_from=date(2026, 1, 1), period_to=date(2030, 12, 31)), today=TODAY)


@given(
    st.sampled_from([kind for kind in EvidenceKind if MEASURES[kind].has_figure]), st.decimals(-2000, 2000, places=4)
)
def test_a_figure_passes_exactly_within_its_bounds(kind, figure):
    measure = MEASURES[kind]
    piece = replace(RATE, kind=kind, figure=figure)
    if measure.least <= figure <= measure.most:
        check_evidence(piece, today=TODAY)
    else:
        assert refused(piece) == ("evidence.figure_implausible", "evidence_figure")


def test_evidence_grows_stale_after_three_years():
    assert not is_stale(date(2023, 5, 4), today=TODAY)
    assert is_stale(date(2023, 5, 3), today=TODAY)
