"""Published lists: previewed, taken in once, faults told line by line, and nothing ever declared."""

import csv
import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from mobility.errors import ConflictError, ForbiddenError, InvalidError, TransitionError
from mobility.formats.numbers import Mark
from mobility.formats.published_lists import PublishedLine, PublishedTable, read_published
from mobility.models.shortages.publications import Publication, PublishedFigure, ShortageSuggestion
from mobility.models.shortages.shortages import Shortage
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.publications import CodeKind, PublicationState, SuggestionState
from mobility.rules.figures.tightness import IndicatorKind
from mobility.security.audit_verification import verify
from mobility.services.shortages import publications
from tests.factories.publications import lines

SHARED = Path(__file__).parents[4] / "shared" / "data" / "shortages"
DESTINATION = OrganisationKind.DESTINATION_MINISTRY
SALARY_LIST = "uk_immigration_salary_list_soc2020.csv"
SKILLED = "uk_skilled_occupations_soc2020.csv.gz"
#: ISCO-08 groups for some codes of the list, chosen by hand for this test.
BY_HAND = {"1212": ["1312"], "2142": ["2166"], "5312": ["7113"], "5313": ["7112"], "9119": ["9216", "6222"]}


@pytest.fixture
def officer(make):
    return make.actor(DESTINATION, "US", Role.SHORTAGE_OFFICER)


@pytest.fixture(autouse=True)
def occupations(make):
    for code in ("9211", "7112", "7113", "1312", "2166", "9216", "6222", "921"):
        make.occupation(code)


def take(session, officer, made, at, *, leave_out=False):
    return publications.take_in(session, officer, made.ref, leave_out=leave_out, version=made.version, at=at)[1]


def suggestions(session):
    select = sa.select(ShortageSuggestion.code, ShortageSuggestion.region, ShortageSuggestion.headcount)
    return session.execute(select.order_by(ShortageSuggestion.id)).all()


def test_a_preview_makes_nothing(session, make, officer):
    made = make.publication(officer, lines({"code": "9211", "title": "Pickers"}))
    assert made.state is PublicationState.PREVIEWED
    assert suggestions(session) == []
    assert session.scalars(sa.select(Shortage)).all() == []


def test_lines_that_fit_become_suggestions_and_nothing_is_declared(session, make, officer, at):
    made = make.publication(officer, lines({"code": "9211", "headcount": "40"}, {"code": "7112", "region": "us-fl"}))
    assert take(session, officer, made, at) == 2
    assert suggestions(session) == [("9211", "US", 40), ("7112", "US-FL", None)]
    assert session.scalars(sa.select(ShortageSuggestion.state)).unique().all() == [SuggestionState.OPEN]
    assert session.scalars(sa.select(Shortage)).all() == []


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"code": ""}, "publication.code_missing"),
        ({"code": "9999"}, "publication.occupation_unknown"),
        ({"code": "921"}, "publication.occupation_unknown"),
        ({"code": "9211", "region": "CA-ON"}, "publication.region_unknown"),
        ({"code": "9211", "region": "US-ZZ"}, "publication.region_unknown"),
        ({"code": "9211", "headcount": "-3"}, "publication.headcount_expected"),
        ({"code": "9211", "headcount": "many"}, "publication.headcount_expected"),
        ({"code": "9211", "headcount": "1000001"}, "publication.headcount_expected"),
    ],
)
def test_a_line_that_does_not_fit_is_told_and_stops_the_whole_file(session, make, officer, at, row, code):
    made = make.publication(officer, lines({"code": "7112"}, row))
    assert [(fault["line"], fault["code"]) for fault in made.faults] == [(2, code)]
    with pytest.raises(InvalidError, match="publication.has_faults"):
        take(session, officer, made, at)
    assert suggestions(session) == []
    assert made.state is PublicationState.PREVIEWED


def test_lines_that_do_not_fit_are_left_out_only_if_the_officer_says_so(session, make, officer, at):
    made = make.publication(officer, lines({"code": "7112"}, {"code": "9999"}))
    assert take(session, officer, made, at, leave_out=True) == 1
    assert suggestions(session) == [("7112", "US", None)]


def test_of_two_equal_lines_the_first_stands_and_the_second_says_where(make, officer):
    made = make.publication(officer, lines({"code": "9211"}, {"code": "7112"}, {"code": "9211"}))
    assert [line["line"] for line in made.lines] == [1, 2]
    assert [(fault["line"], fault["code"], fault["params"]) for fault in made.faults] == [
        (3, "publication.duplicate_line", {"other": 1})
    ]


def test_one_occupation_in_two_regions_is_no_duplicate(make, officer):
    made = make.publication(officer, lines({"code": "9211", "region": "US-FL"}, {"code": "9211", "region": "US-TX"}))
    assert made.faults == []


@pytest.mark.parametrize(
    ("values", "stored"),
    [
        (["0,045", "1,250", "12,345", "4,50"], ["0.045", "1.25", "12.345", "4.5"]),
        (["1.5", "1,250", "12"], ["1.5", "1250", "12"]),
    ],
)
def test_the_numbers_of_a_file_settle_how_it_writes_decimals(make, officer, values, stored):
    codes = ["9211", "7112", "7113", "1312"]
    rows = lines(*({"code": code, "value": value} for code, value in zip(codes, values, strict=False)))
    made = make.publication(officer, rows, make.figure_terms(IndicatorKind.DAYS_TO_FILL))
    assert made.faults == []
    assert [line["value"] for line in made.lines] == stored


def test_a_number_with_two_readings_is_told_with_both_unless_the_officer_says_how_the_file_writes(make, officer):
    rows = lines({"code": "9211", "value": "1,250"}, {"code": "7112", "value": "12"})
    made = make.publication(officer, rows, make.figure_terms(IndicatorKind.DAYS_TO_FILL))
    assert [(fault["code"], fault["value"], fault["params"]) for fault in made.faults] == [
        ("publication.number_ambiguous", "1,250", {"first": "1.25", "second": "1250"})
    ]
    said = make.publication(officer, rows, make.figure_terms(IndicatorKind.DAYS_TO_FILL, decimals=Mark.COMMA))
    assert [line["value"] for line in said.lines] == ["1.25", "12"]


def test_a_number_cell_of_a_spreadsheet_has_a_decimal_point_whatever_the_texts_show(make, officer):
    table = PublishedTable(
        "Data",
        [
            PublishedLine(1, {"code": "9211", "value": "1.125"}, ["value"]),
            PublishedLine(2, {"code": "7112", "value": "4,50"}),
        ],
    )
    made = make.publication(officer, table, make.figure_terms(IndicatorKind.DAYS_TO_FILL))
    assert (made.sheet, [line["value"] for line in made.lines]) == ("Data", ["1.125", "4.5"])


@pytest.mark.parametrize(("people", "stored"), [("1,004", 1004), ("1 004", 1004), ("1.004,0", 1004)])
def test_people_in_thousands_are_counted_whole(make, officer, people, stored):
    made = make.publication(officer, lines({"code": "9211", "headcount": people}))
    assert [line["headcount"] for line in made.lines] == [stored]


@pytest.mark.parametrize("people", ["1200.4", "12.000"])
def test_people_who_may_be_twelve_or_twelve_thousand_or_broken_are_refused(make, officer, people):
    made = make.publication(officer, lines({"code": "9211", "headcount": people}))
    assert [(fault["column"], fault["value"]) for fault in made.faults] == [("headcount", people)]


@pytest.mark.parametrize("region", ["Florida", "FL", "us-fl", "FLORIDE"])
def test_a_region_goes_by_name_letters_or_code(make, officer, region):
    made = make.publication(officer, lines({"code": "9211", "region": region}))
    assert [line["region"] for line in made.lines] == ["US-FL"]


def test_codes_with_titles_and_without_their_zero_are_read(make, officer):
    make.occupation("0110")
    made = make.publication(officer, lines({"code": "110"}, {"code": "9211-Pickers"}, {"code": "C7112"}))
    assert [(line["code"], line["title"]) for line in made.lines] == [("0110", ""), ("9211", "Pickers"), ("7112", "")]


def test_a_code_that_the_map_leads_nowhere_is_told_apart_from_one_that_it_lacks(session, make, officer, at):
    terms, code_map = make.list_terms(codes=CodeKind.OTHER), {"1": ["9211"], "2": []}
    rows = lines({"code": "1"}, {"code": "2"}, {"code": "3"})
    made = publications.preview(session, officer, terms, rows, code_map, at=at)
    assert [fault["code"] for fault in made.faults] == ["publication.code_leads_nowhere", "publication.code_unknown"]


def test_codes_of_another_classification_go_through_a_map(session, make, officer, at):
    terms = make.list_terms(codes=CodeKind.OTHER)
    rows = lines({"code": "9119"}, {"code": "1212"}, {"code": "8888"})

    made = publications.preview(session, officer, terms, rows, BY_HAND, at=at)

    assert [(line["line"], line["occupation"]) for line in made.lines] == [(1, "9216"), (1, "6222"), (2, "1312")]
    assert [(fault["code"], fault["value"]) for fault in made.faults] == [("publication.code_unknown", "8888")]


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"codes": CodeKind.OTHER}, "publication.map_missing", "code_map"),
        ({"published_on": date(2026, 5, 5)}, "publication.date_ahead", "published_on"),
        ({"region": "CA-ON"}, "shortage.region_abroad", "region"),
    ],
)
def test_terms_that_do_not_fit_are_refused_at_their_field(session, make, officer, at, changes, code, field):
    with pytest.raises(InvalidError) as refused:
        publications.preview(session, officer, make.list_terms(**changes), lines({"code": "9211"}), None, at=at)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert session.scalars(sa.select(Publication)).all() == []


def test_the_same_list_taken_in_again_makes_nothing_new(session, make, officer, at):
    rows = lines({"code": "9211"}, {"code": "7112"})
    assert take(session, officer, make.publication(officer, rows), at) == 2
    again = make.publication(officer, rows)
    assert publications.known_lines(session, again) == {0, 1}
    assert take(session, officer, again, at) == 0
    assert len(suggestions(session)) == 2


def test_next_years_list_adds_only_what_is_new(session, make, officer, at):
    take(session, officer, make.publication(officer, lines({"code": "9211"})), at)
    later = make.publication(officer, lines({"code": "9211"}, {"code": "7112"}), make.list_terms(source="2027"))
    assert take(session, officer, later, at) == 1


def test_a_publication_is_taken_in_or_put_away_once(session, make, officer, at):
    made = make.publication(officer, lines({"code": "9211"}))
    with pytest.raises(ConflictError, match="stale"):
        publications.discard(session, officer, made.ref, version=made.version + 1, at=at)
    publications.discard(session, officer, made.ref, version=made.version, at=at)
    with pytest.raises(TransitionError):
        take(session, officer, made, at)


def test_only_shortage_officers_take_anything_in(session, make, at):
    reviewer = make.actor(DESTINATION, "US", Role.REVIEWER)
    with pytest.raises(ForbiddenError):
        make.publication(reviewer, lines({"code": "9211"}))


def figure(session):
    return session.execute(sa.select(PublishedFigure.indicator, PublishedFigure.region, PublishedFigure.figure)).all()


def test_figures_are_stored_with_their_indicator(session, make, officer):
    make.taken_in(officer, lines({"code": "9211", "value": "7.25%"}), make.figure_terms())
    make.taken_in(
        officer, lines({"code": "9211", "value": "-2"}), make.figure_terms(IndicatorKind.WAGE_GROWTH, region="US-FL")
    )
    assert figure(session) == [
        (IndicatorKind.VACANCY_RATE, "US", Decimal("7.25")),
        (IndicatorKind.WAGE_GROWTH, "US-FL", Decimal(-2)),
    ]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "publication.value_missing"),
        ("a lot", "publication.number_expected"),
        ("--5", "publication.number_expected"),
        ("61", "publication.value_implausible"),
        ("-1", "publication.value_implausible"),
    ],
)
def test_a_figure_that_cannot_be_true_is_a_fault(make, officer, value, code):
    made = make.publication(officer, lines({"code": "9211", "value": value}), make.figure_terms())
    assert [fault["code"] for fault in made.faults] == [code]


def test_two_codes_of_one_occupation_give_no_two_figures(session, make, officer, at):
    terms = make.figure_terms(codes=CodeKind.OTHER)
    rows = lines({"code": "a1", "value": "5"}, {"code": "a2", "value": "6"})
    made = publications.preview(session, officer, terms, rows, {"a1": ["9211"], "a2": ["9211"]}, at=at)
    assert [(fault["code"], fault["params"]) for fault in made.faults] == [
        ("publication.same_occupation", {"other": 1})
    ]


def test_a_figure_is_never_edited(session, make, officer, at):
    make.taken_in(officer, lines({"code": "9211", "value": "5"}), make.figure_terms())
    same = make.publication(officer, lines({"code": "9211", "value": "5.0"}), make.figure_terms(title="Again"))
    assert take(session, officer, same, at) == 0

    other = make.publication(
        officer, lines({"code": "7112", "value": "4"}, {"code": "9211", "value": "6"}), make.figure_terms(title="New")
    )
    with pytest.raises(InvalidError) as refused:
        take(session, officer, other, at)
    assert (refused.value.code, refused.value.params) == ("publication.figure_differs", {"line": 2, "known": "5"})
    assert other.state is PublicationState.PREVIEWED
    assert [row[2] for row in figure(session)] == [Decimal(5)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"indicator": None}, "publication.indicator_missing"),
        ({"period_from": None}, "publication.period_missing"),
        ({"period_to": date(2025, 1, 1)}, "period_reversed"),
    ],
)
def test_figures_say_what_they_measure_and_when(session, make, officer, at, changes, code):
    terms = make.figure_terms(**changes)
    with pytest.raises(InvalidError, match=code):
        publications.preview(session, officer, terms, lines({"code": "9211", "value": "5"}), None, at=at)


def test_every_step_is_recorded(session, make, officer, at):
    from mobility.models.accounts.organisations import Organisation
    from mobility.models.accounts.users import User
    from mobility.security import audit

    audit.record_many(session, officer, "organisation.create", Organisation, [officer.organisation_id], at=at)
    audit.record_many(session, officer, "user.create", User, [officer.user_id], at=at)
    make.taken_in(officer, lines({"code": "9211"}))
    make.taken_in(officer, lines({"code": "9211", "value": "5"}), make.figure_terms())
    publications.discard(session, officer, make.publication(officer, lines({"code": "7112"})).ref, version=1, at=at)
    assert verify(session, None).faults == ()


@pytest.fixture
def shared():
    if not SHARED.is_dir():
        pytest.skip(f"the published lists are not there: {SHARED}")
    return SHARED


def test_the_published_salary_list_is_read_by_numbers_line_by_line(session, make, officer, at, shared):
    with (shared / SALARY_LIST).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    read = read_published(shared / SALARY_LIST, {"code": "1", "title": "2"})
    terms = make.list_terms(codes=CodeKind.OTHER)

    made = publications.preview(session, officer, terms, read, BY_HAND, at=at)

    assert [line.text("code") for line in read.lines] == [row[0] for row in rows]
    assert {line["code"] for line in made.lines} == set(BY_HAND)
    assert len(made.lines) == 6
    assert len(made.faults) == len(rows) - len(BY_HAND)
    assert {fault["code"] for fault in made.faults} == {"publication.code_unknown"}
    assert take(session, officer, made, at, leave_out=True) == 6


def test_the_published_table_of_skilled_occupations_tells_every_repeated_code(session, make, officer, at, shared):
    with gzip.open(shared / SKILLED, "rt", encoding="utf-8", newline="") as file:
        codes = [row[0] for row in csv.reader(file)]
    read = read_published(shared / SKILLED, {"code": "1", "title": "2"})
    everywhere = dict.fromkeys(codes, ("9211",))

    made = publications.preview(session, officer, make.list_terms(codes=CodeKind.OTHER), read, everywhere, at=at)

    assert len(made.lines) == len(set(codes))
    assert len(made.faults) == len(codes) - len(set(codes))
    assert {fault["code"] for fault in made.faults} == {"publication.duplicate_line"}
    assert take(session, officer, made, at, leave_out=True) == len(set(codes))
    again = publications.preview(session, officer, make.list_terms(codes=CodeKind.OTHER), read, everywhere, at=at)
    assert take(session, officer, again, at, leave_out=True) == 0
