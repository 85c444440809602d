"""Places in halves and with a set-aside: taken, changed, carried over; attacked by approvals meanwhile."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from mobility.db import make_engine, make_sessions, read_tx, write_tx
from mobility.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, QuotaFullError
from mobility.jobs import KINDS_WITHOUT_CLUSTER, housekeeping
from mobility.jobs.runner import JobOutcome, Runner
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.platform.audit import AuditEvent
from mobility.models.schemes.quotas import Quota, QuotaPlaces, QuotaUnit
from mobility.queries.lists import quota_lists
from mobility.rules.basics.causes import Cause, Why
from mobility.rules.cases.workers import Sex
from mobility.rules.quotas.counters import QuotaDimension, QuotaFacts
from mobility.rules.quotas.places import Places
from mobility.security import audit
from mobility.security.audit_verification import verify
from mobility.services.schemes import quota_places, quotas, schemes
from mobility.services.schemes.quota_places import Figures
from tests.conftest import NOW
from tests.days import new_day
from tests.factories import Make

D = QuotaDimension
JANUARY, MARCH, MAY = date(2026, 1, 1), date(2026, 3, 10), date(2026, 5, 20)
SECOND = date(2026, 5, 4)
HALVES = Places(JANUARY, date(2026, 12, 31), 3, SECOND, 2, SECOND)
SET_ASIDE = Places(JANUARY, date(2026, 12, 31), 0, supplement=3, set_aside=2, set_aside_for=("GT", "HN"))


@pytest.fixture
def origins(make):
    return [make.scheme_officer(country, origin=True) for country in ("HN", "MX")]


@pytest.fixture
def scheme(make, officer, origins):
    """A scheme with three places in the first half of 2026 and two in the second, carried over on 4 May."""
    return make.scheme(officer, *origins, quotas=[], places=[HALVES])


def facts(scheme, starts_on=MARCH, origin="HN", *, returning=False):
    sectors = frozenset({"agriculture"})
    return QuotaFacts(scheme.id, starts_on, origin, sectors, "US-FL", "E-1", returning=returning, sex=Sex.FEMALE)


def caps(session, scheme):
    return [(quota.cap, quota.committed) for quota in quota_lists.of_scheme(session, scheme.id)]


def places(session):
    return session.scalars(sa.select(QuotaPlaces).execution_options(populate_existing=True)).one()


def record_people(session, officer, at):
    for model in (Organisation, User):
        ids = session.scalars(sa.select(model.id)).all()
        audit.record_many(session, officer, "test.made", model, ids, at=at)


def quota_faults(session):
    return [fault for fault in verify(session, None).faults if fault.where.startswith(("quota", "scheme"))]


# --- taking


def test_an_approval_takes_of_the_half_in_which_work_begins(session, make, scheme):
    first, second = make.bare_proposals(scheme, 2)
    quotas.take(session, facts(scheme, date(2026, 5, 3)), first)
    quotas.take(session, facts(scheme, SECOND), second)
    assert caps(session, scheme) == [(3, 1), (2, 1)]


@pytest.mark.parametrize(
    ("comers", "inside"),
    [
        ("GT new, GT new, HN new", "GT new, GT new"),  # two set aside
        ("GT again, GT new, HN new, MX again", "GT again, GT new, HN new"),  # whoever returns leaves them their places
        ("MX new, MX again, MX again", "MX again"),  # others must return, and have one place
        ("MX again, GT again, HN again, GT new", "MX again, GT again, HN again"),
    ],
)
def test_a_set_aside_is_exempt_from_the_rule_that_workers_return_in_whatever_order_they_come(
    session, make, officer, comers, inside
):
    origins = [make.scheme_officer(country, origin=True) for country in ("GT", "HN", "MX")]
    scheme = make.scheme(officer, *origins, quotas=[], places=[SET_ASIDE])
    got_in = []
    names = comers.split(", ")
    for name, proposal in zip(names, make.bare_proposals(scheme, len(names)), strict=True):
        origin, way = name.split()
        try:
            with session.begin_nested():
                quotas.take(session, facts(scheme, origin=origin, returning=way == "again"), proposal)
        except QuotaFullError:
            continue
        got_in.append(name)
    assert ", ".join(got_in) == inside


def test_a_unit_that_comes_back_can_be_had_by_whoever_fits_it(session, make, officer, origins):
    scheme = make.scheme(officer, *origins, quotas=[], places=[replace(SET_ASIDE, set_aside_for=("HN",))])
    one, two, three = make.bare_proposals(scheme, 3)
    quotas.take(session, facts(scheme), one)
    quotas.take(session, facts(scheme), two)
    with pytest.raises(QuotaFullError), session.begin_nested():
        quotas.take(session, facts(scheme), three)
    quotas.give_back(session, one)
    assert len(quotas.take(session, facts(scheme), three)) == 2


# --- carrying over


def test_unused_places_go_over_and_the_step_is_in_the_log(session, make, scheme, officer, at):
    record_people(session, officer, at)
    (proposal,) = make.bare_proposals(scheme, 1)
    taken = quotas.take(session, facts(scheme), proposal)
    audit.record(session, officer, "test.approved", taken[0], at=at, also=taken)

    assert new_day(quota_places, session, at) == 2

    assert caps(session, scheme) == [(1, 1), (4, 0)]
    body = session.scalars(sa.select(AuditEvent.body).where(AuditEvent.action == "quota.carry_over")).one()
    assert '"units":2' in body
    assert all(quota.ref in body for quota in quota_lists.of_scheme(session, scheme.id))
    assert quota_faults(session) == []


def test_done_twice_nothing_changes_and_nothing_is_recorded(session, scheme, at):
    new_day(quota_places, session, at)
    before = caps(session, scheme)
    assert new_day(quota_places, session, at + timedelta(days=1)) == 0
    assert caps(session, scheme) == before == [(0, 0), (5, 0)]
    assert session.scalar(sa.select(sa.func.count()).where(AuditEvent.action == "quota.carry_over")) == 1


def test_before_its_day_nothing_goes_over(session, scheme, at):
    assert new_day(quota_places, session, at - timedelta(days=1)) == 0
    assert caps(session, scheme) == [(3, 0), (2, 0)]


def test_without_carry_over_what_is_left_lapses(session, make, officer, origins, at):
    scheme = make.scheme(officer, *origins, quotas=[], places=[replace(HALVES, carry_on=None)])
    assert new_day(quota_places, session, at) == 0
    assert caps(session, scheme) == [(3, 0), (2, 0)]


def test_a_closed_schemes_places_stay(session, scheme, officer, at):
    schemes.close(session, officer, scheme.ref, Why(Cause.REPLACED, "Over"), version=scheme.version, at=at)
    assert new_day(quota_places, session, at) == 0
    assert caps(session, scheme) == [(3, 0), (2, 0)]


def test_what_comes_back_later_goes_over_too(session, make, scheme, at):
    (proposal,) = make.bare_proposals(scheme, 1)
    quotas.take(session, facts(scheme), proposal)
    new_day(quota_places, session, at)
    quotas.give_back(session, proposal)
    assert new_day(quota_places, session, at) == 1
    assert caps(session, scheme) == [(0, 0), (5, 0)]


def test_places_that_went_over_can_be_had_in_the_second_half_alone(session, make, scheme, at):
    new_day(quota_places, session, at)
    proposals = make.bare_proposals(scheme, 6)
    with pytest.raises(QuotaFullError), session.begin_nested():
        quotas.take(session, facts(scheme), proposals[0])
    for proposal in proposals[1:]:
        quotas.take(session, facts(scheme, MAY), proposal)
    assert caps(session, scheme) == [(0, 0), (5, 5)]


def test_the_daily_job_does_it(sessions, session, make, scheme):
    session.commit()
    for _ in range(2):
        housekeeping(sessions, at=NOW)
    runner = Runner(sessions, KINDS_WITHOUT_CLUSTER, lambda: NOW)
    assert runner.once() is JobOutcome.DONE
    assert runner.once() is JobOutcome.EMPTY
    with read_tx(sessions) as after:
        assert caps(after, scheme) == [(0, 0), (5, 0)]


@pytest.fixture
def crowded(database_url, keyring):
    """Return sessions for more clients at once than a site has."""
    engine = make_engine(database_url, pool_size=40)
    yield make_sessions(engine, keyring=keyring)
    engine.dispose()


def test_approvals_and_carry_overs_at_once_never_oversell_and_lose_no_place(crowded, session):
    """Twelve clients fight for both halves while the step runs again and again, its day long past."""
    make = Make(session, NOW)
    officer, honduras = make.scheme_officer("US"), make.scheme_officer("HN", origin=True)
    made = make.scheme(officer, honduras, quotas=[], places=[replace(HALVES, regular=60, second=20)])
    proposals = make.bare_proposals(made, 160)
    record_people(session, officer, NOW)
    session.commit()

    def approve(wish):
        number, proposal = wish
        try:
            with write_tx(crowded) as own:
                taken = quotas.take(own, facts(made, MARCH if number % 4 == 0 else MAY), proposal)
                audit.record(own, officer, "test.approved", taken[0], at=NOW, also=taken)
        except QuotaFullError:
            return "full"
        return "sold"

    def carry(_):
        with write_tx(crowded) as own:
            return "carried", new_day(quota_places, own, NOW)

    tasks = [(approve, wish) for wish in enumerate(proposals)] + [(carry, None)] * 12
    random.Random(5).shuffle(tasks)
    with ThreadPoolExecutor(12) as pool:
        outcome = Counter(pool.map(lambda task: task[0](task[1]), tasks))

    with read_tx(crowded) as after:
        first, second = quota_lists.of_scheme(after, made.id)
        units = Counter(after.scalars(sa.select(QuotaUnit.quota_id)))
        carried = sum(key[1] * number for key, number in outcome.items() if isinstance(key, tuple))
        assert first.cap + second.cap == 80
        assert second.cap == 20 + carried == 20 + places(after).carried
        assert (first.committed, second.committed) == (units[first.id], units[second.id])
        assert outcome["sold"] == first.committed + second.committed
        assert second.committed == second.cap  # three in four asked for it: sold to the last unit
        assert quota_faults(after) == []


# --- changing


def change(session, actor, scheme, at, **figures):
    row = places(session)
    whole = {"regular": row.regular, "second": row.second, "supplement": row.supplement, "set_aside": row.set_aside}
    first = quota_lists.of_scheme(session, scheme.id)[0].ref
    return quota_places.change(session, actor, first, Figures(**{**whole, **figures}), version=row.version, at=at)


def test_places_are_changed_with_all_that_follows_from_them(session, make, officer, origins, at):
    scheme = make.scheme(officer, *origins, quotas=[], places=[SET_ASIDE])
    change(session, officer, scheme, at, regular=10, supplement=5)
    found = {(quota.dimension, quota.conditions): quota.cap for quota in quota_lists.of_scheme(session, scheme.id)}
    assert found == {
        (D.TOTAL, ""): 15,
        (D.TOTAL, "origin!=GT,HN"): 13,
        (D.RETURNING, ""): 12,
        (D.RETURNING, "origin!=GT,HN"): 10,
    }


def test_below_what_is_taken_they_are_refused_with_the_figures_and_nothing_is_changed(
    session, make, scheme, officer, at
):
    for proposal in make.bare_proposals(scheme, 2):
        quotas.take(session, facts(scheme), proposal)
    with pytest.raises(InvalidError, match=r"quota.cap_below_taken in cap \(taken=2\)"):
        change(session, officer, scheme, at, regular=1, second=9)
    assert caps(session, scheme) == [(3, 2), (2, 0)]
    assert change(session, officer, scheme, at, regular=2, second=9).regular == 2
    assert caps(session, scheme) == [(2, 2), (9, 0)]


def test_after_a_carry_over_the_first_half_cannot_lose_what_it_gave(session, scheme, officer, at):
    new_day(quota_places, session, at)
    with pytest.raises(InvalidError, match=r"quota.negative_cap"):
        change(session, officer, scheme, at, regular=2)
    change(session, officer, scheme, at, regular=4, second=1)
    assert caps(session, scheme) == [(1, 0), (4, 0)]


@pytest.mark.parametrize(
    ("figures", "code"),
    [
        ({"set_aside": 4}, "quota.set_aside_above_pot"),
        ({"supplement": -1}, "quota.negative_cap"),
        ({"supplement": 0, "set_aside": 0}, "quota.pot_comes_or_goes"),
        ({"set_aside": 0}, "quota.pot_comes_or_goes"),
        ({"second": 5}, "quota.half_without_day"),
    ],
)
def test_what_contradicts_itself_is_refused(session, make, officer, origins, at, figures, code):
    scheme = make.scheme(officer, *origins, quotas=[], places=[SET_ASIDE])
    before = caps(session, scheme)
    with pytest.raises(InvalidError, match=code.replace(".", r"\.")):
        change(session, officer, scheme, at, **figures)
    assert caps(session, scheme) == before


def test_only_the_ministry_of_the_scheme_changes_places(session, make, scheme, origins, at):
    with pytest.raises(ForbiddenError):
        change(session, origins[0], scheme, at, regular=5)
    with pytest.raises(NotFoundError):
        change(session, make.scheme_officer("CA"), scheme, at, regular=5)


def test_whoever_read_older_places_changes_nothing(session, scheme, officer, at):
    version = places(session).version
    change(session, officer, scheme, at, regular=5)
    with pytest.raises(ConflictError, match="stale"):
        quota_places.change(
            session, officer, quota_lists.of_scheme(session, scheme.id)[0].ref, Figures(9, 9), version=version, at=at
        )
    assert caps(session, scheme) == [(5, 0), (2, 0)]


def test_a_quota_that_follows_from_no_places_leads_to_none(session, make, officer, origins, at):
    plain = make.scheme(officer, *origins)
    with pytest.raises(ConflictError, match=r"quota\.stands_alone"):
        quota_places.change(
            session, officer, quota_lists.of_scheme(session, plain.id)[0].ref, Figures(9), version=1, at=at
        )


def test_places_of_a_closed_scheme_are_not_changed(session, scheme, officer, at):
    schemes.close(session, officer, scheme.ref, Why(Cause.REPLACED, "Over"), version=scheme.version, at=at)
    with pytest.raises(ConflictError, match=r"quota\.scheme_closed"):
        change(session, officer, scheme, at, regular=5)


def test_a_quota_that_follows_from_places_is_not_changed_by_itself(session, scheme, officer, at):
    quota = quota_lists.of_scheme(session, scheme.id)[0]
    with pytest.raises(ConflictError, match=r"quota\.follows_from_places"):
        quotas.set_cap(session, officer, quota.ref, 50, at=at)
    assert quota_lists.follows_from(session, quota).regular == 3


def test_changing_places_leaves_the_log_true(session, scheme, officer, at):
    record_people(session, officer, at)
    change(session, officer, scheme, at, regular=7)
    assert quota_faults(session) == []
    session.execute(sa.update(QuotaPlaces).values(carry_on=None))
    assert [fault.where for fault in quota_faults(session)] == [f"scheme:{scheme.ref}"]


def test_the_database_itself_refuses_a_set_aside_larger_than_its_pot(session, scheme):
    for wrong in ({"set_aside": 1}, {"carried": 4}, {"second_from": JANUARY}, {"period_to": date(2025, 1, 1)}):
        with pytest.raises(sa.exc.IntegrityError), session.begin_nested():
            session.execute(sa.update(QuotaPlaces).values(wrong))


def test_the_day_begins_at_the_destinations_midnight(session, scheme):
    eve = datetime(2026, 5, 4, 3, 59, tzinfo=UTC)
    assert new_day(quota_places, session, eve) == 0
    assert new_day(quota_places, session, eve + timedelta(minutes=1)) == 3


def test_places_and_their_quotas_are_never_changed_without_the_scheme_in_the_log(session, scheme, officer, at):
    change(session, officer, scheme, at, regular=8)
    event = session.scalars(sa.select(AuditEvent).where(AuditEvent.action == "quota.set_places")).one()
    assert event.object_ref == scheme.ref
    quota = session.scalars(sa.select(Quota).where(Quota.cap == 8)).one()
    assert quota.ref in event.body
