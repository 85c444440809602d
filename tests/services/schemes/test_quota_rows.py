"""Quotas of a scheme's design: stored with the draft, or refused with a code and nothing stored."""

from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from mobility.errors import ForbiddenError, InvalidError, QuotaFullError
from mobility.models.schemes.quotas import Quota, QuotaPlaces, QuotaUnit
from mobility.models.schemes.schemes import Scheme
from mobility.queries.lists import quota_lists
from mobility.rules.cases.proposals import ProposalState
from mobility.rules.quotas.counters import QuotaCondition, QuotaDimension
from mobility.rules.quotas.places import Places, quotas_of
from mobility.services.proposals import proposals
from mobility.services.schemes import schemes
from mobility.services.schemes.entries import QuotaTerms
from tests.days import new_day

D = QuotaDimension
YEAR = (date(2026, 1, 1), date(2026, 12, 31))
JULY = date(2026, 7, 1)
HALVES = Places(*YEAR, 3, JULY, 2, JULY)
SET_ASIDE = Places(*YEAR, 0, supplement=3, set_aside=1, set_aside_for=("GT",))
HN = QuotaCondition(D.ORIGIN, ("HN",))


@pytest.fixture
def pact(make, officer):
    return make.agreement(officer, make.scheme_officer("HN", origin=True))


def draft(session, make, officer, pact, at, **terms):
    return schemes.draft(session, officer, make.scheme_terms(pact, **{"quotas": [], **terms}), at=at)


def test_a_combination_is_stored_with_all_that_it_asks(session, make, officer, pact, at):
    terms = QuotaTerms(*YEAR, 9, D.SECTOR, "agriculture", (QuotaCondition(D.REGION, ("US-FL",)), HN))
    scheme = draft(session, make, officer, pact, at, quotas=[terms])
    (quota,) = quota_lists.of_scheme(session, scheme.id)
    assert (quota.dimension, quota.value, quota.cap) == (D.SECTOR, "agriculture", 9)
    assert quota.conditions == "origin=HN;region=US-FL"
    assert set(quota_lists.key_of(quota).conditions) == set(terms.conditions)


def test_an_employers_quota_names_an_employer_that_there_is(session, make, officer, pact, at):
    employer = make.corridor(workers=0, vacancies=1).vacancies[0].employer
    scheme = draft(session, make, officer, pact, at, quotas=[QuotaTerms(*YEAR, 9, D.EMPLOYER, employer.ref, (HN,))])
    assert quota_lists.of_scheme(session, scheme.id)[0].value == employer.ref


@pytest.mark.parametrize("places", [HALVES, replace(SET_ASIDE, set_aside_for=("HN", "GT"))])
def test_places_are_stored_with_every_quota_that_follows_from_them(session, make, officer, pact, at, places):
    scheme = draft(session, make, officer, pact, at, places=[places], quotas=[QuotaTerms(*YEAR, 2, D.ORIGIN, "HN")])

    (row,) = quota_lists.places_of_scheme(session, scheme.id)
    quotas = quota_lists.of_scheme(session, scheme.id)
    assert quota_lists.places_of(row) == places
    pairs = quota_lists.derived(quotas, places)
    assert [(quota.cap, each) for quota, each in pairs] == [(each.cap, each) for each in quotas_of(places)]
    assert len(quotas) == len(pairs) + 1
    follow = [quota_lists.follows_from(session, quota) is not None for quota in quotas]
    assert follow == [True] * len(pairs) + [False]


def test_two_years_of_places_stand_beside_each_other(session, make, officer, pact, at):
    later = replace(
        HALVES,
        period_from=date(2027, 1, 1),
        period_to=date(2027, 12, 31),
        second_from=date(2027, 7, 1),
        carry_on=date(2027, 7, 1),
    )
    scheme = draft(session, make, officer, pact, at, places=[later, HALVES])
    assert [quota_lists.places_of(row) for row in quota_lists.places_of_scheme(session, scheme.id)] == [HALVES, later]
    assert len(quota_lists.of_scheme(session, scheme.id)) == 4


@pytest.mark.parametrize(
    ("terms", "code", "field"),
    [
        ({"places": [HALVES, HALVES]}, "quota.twice", "cap"),
        ({"places": [HALVES, replace(HALVES, period_from=date(2026, 3, 1))]}, "quota.periods_overlap", "period_to"),
        ({"places": [HALVES], "quotas": [QuotaTerms(*YEAR, 9)]}, "quota.twice", "cap"),
        ({"places": [HALVES], "quotas": [QuotaTerms(JULY, YEAR[1], 9)]}, "quota.periods_overlap", "period_to"),
        ({"places": [replace(HALVES, second_from=YEAR[0])]}, "quota.half_outside_year", "second_from"),
        ({"places": [replace(HALVES, carry_on=YEAR[0])]}, "quota.carry_outside_half", "carry_on"),
        ({"places": [replace(SET_ASIDE, set_aside=4)]}, "quota.set_aside_above_pot", "set_aside"),
        ({"places": [SET_ASIDE]}, "quota.origin_outside", "cap"),
        ({"places": [replace(SET_ASIDE, set_aside_for=("HN", "ZZ"))]}, "quota.unknown_code", "cap"),
        ({"quotas": [QuotaTerms(*YEAR, 9, D.EMPLOYER, "E-7K3M-9QXA-4")]}, "quota.unknown_code", "cap"),
        ({"quotas": [QuotaTerms(*YEAR, 9, D.SECTOR, "agriculture", (HN, HN))]}, "quota.dimension_twice", "cap"),
        (
            {"quotas": [QuotaTerms(*YEAR, cap, D.SECTOR, "agriculture", (HN,)) for cap in (1, 2)]},
            "quota.twice",
            "cap",
        ),
        (
            {"quotas": [QuotaTerms(*YEAR, 1), QuotaTerms(JULY, YEAR[1], 1)]},
            "quota.periods_overlap",
            "period_to",
        ),
    ],
)
def test_what_cannot_be_counted_is_refused_and_nothing_is_stored(session, make, officer, pact, at, terms, code, field):
    with pytest.raises(InvalidError) as refused:
        draft(session, make, officer, pact, at, **terms)
    assert (refused.value.code, refused.value.field) == (code, field)
    for model in (Scheme, Quota, QuotaPlaces):
        assert session.scalars(sa.select(model)).all() == []


def test_quotas_that_differ_by_a_condition_alone_stand_beside_each_other(session, make, officer, pact, at):
    whole = QuotaTerms(*YEAR, 9, D.SECTOR, "agriculture")
    scheme = draft(session, make, officer, pact, at, quotas=[whole, replace(whole, cap=4, conditions=(HN,))])
    assert [quota.cap for quota in quota_lists.of_scheme(session, scheme.id)] == [9, 4]
    with pytest.raises(sa.exc.IntegrityError), session.begin_nested():
        session.execute(sa.update(Quota).values(conditions=""))


# --- whole approvals


@pytest.fixture
def endorsed(session, make):
    """Two endorsed proposals for first-timers from Guatemala; of three places one is set aside for them."""
    corridor = make.corridor(workers=4, vacancies=1, positions=2)
    found = make.proposals(make.match(corridor))[:2]
    session.execute(sa.delete(Quota))
    wanted = [QuotaPlaces(scheme_id=corridor.scheme.id, **columns(SET_ASIDE))]
    wanted += [
        Quota(
            scheme_id=corridor.scheme.id,
            period_from=each.period_from,
            period_to=each.period_to,
            dimension=each.dimension,
            value=each.value,
            conditions=each.conditions,
            cap=each.cap,
        )
        for each in quotas_of(SET_ASIDE)
    ]
    session.add_all(wanted)
    for proposal in found:
        proposals.endorse(session, corridor.endorser, proposal.ref, version=1, at=make.at)
    return corridor, found


def columns(places):
    given = {name: getattr(places, name) for name in ("period_from", "period_to", "regular", "supplement", "set_aside")}
    return {**given, "set_aside_for": ",".join(places.set_aside_for)}


def test_the_set_aside_lets_in_as_many_first_timers_as_it_has_places_and_then_refuses(session, make, endorsed, at):
    corridor, (first, second) = endorsed

    proposals.approve(session, corridor.approver, first.ref, version=2, at=at)
    with pytest.raises(QuotaFullError) as full, session.begin_nested():
        proposals.approve(session, corridor.approver, second.ref, version=2, at=at)

    named = session.scalars(sa.select(Quota).where(Quota.ref == full.value.quota)).one()
    assert (named.dimension, named.value, named.conditions, named.cap) == (D.RETURNING, "no", "", 1)
    session.refresh(second)
    assert second.state is ProposalState.ENDORSED
    units = sa.select(sa.func.count()).select_from(QuotaUnit)
    assert session.scalar(units) == 2  # of everybody, and of first-timers


def test_four_eyes_stay_what_they_were(session, make, endorsed, at):
    corridor, (first, _) = endorsed
    with pytest.raises(ForbiddenError):
        proposals.approve(session, corridor.endorser, first.ref, version=2, at=at)
    assert session.scalars(sa.select(Quota.committed).distinct()).all() == [0]


def test_an_approval_that_expires_gives_back_what_it_took_and_the_next_one_can_have_it(session, endorsed, at):
    corridor, (first, second) = endorsed
    proposals.approve(session, corridor.approver, first.ref, version=2, at=at)
    second.expires_at = first.expires_at.replace(year=first.expires_at.year + 1)
    session.flush()

    new_day(proposals, session, first.expires_at)
    proposals.approve(session, corridor.approver, second.ref, version=second.version, at=at)

    taken = session.execute(sa.select(Quota.committed, Quota.released).where(Quota.committed > 0)).all()
    assert taken == [(1, 1), (1, 1)]
