"""Units of quotas: which are taken, that each is given back once, and that no crowd ever oversells one."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
import sqlalchemy as sa

from bench.quota_crowd import attempt, crowd_of, shop, sold
from mobility.db import make_engine, make_sessions, read_tx, write_tx
from mobility.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, QuotaFullError
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.schemes.quotas import Quota, QuotaUnit
from mobility.queries.lists import quota_lists
from mobility.rules.basics.causes import Cause, Why
from mobility.rules.cases.workers import Sex
from mobility.rules.quotas.counters import QuotaDimension, QuotaFacts
from mobility.security import audit
from mobility.security.audit_verification import verify
from mobility.services.schemes import quotas, schemes
from tests.conftest import NOW
from tests.factories import Make

D = QuotaDimension


@pytest.fixture
def scheme(make, officer, honduras):
    """A scheme with 100 units, 2 of them for Honduras, 1 for farms in Florida, 3 for men."""
    return make.scheme(
        officer,
        honduras,
        quotas=[
            make.quota_terms(100),
            make.quota_terms(2, D.ORIGIN, "HN"),
            make.quota_terms(1, D.REGION, "US-FL"),
            make.quota_terms(3, D.SEX_FLOOR, "female"),
        ],
    )


def facts(scheme, **changes):
    given = {
        "scheme": scheme.id,
        "starts_on": date(2026, 5, 1),
        "origin": "HN",
        "sectors": frozenset({"agriculture"}),
        "region": "US-GA",
        "employer": "E-1",
        "returning": False,
        "sex": Sex.FEMALE,
    }
    return QuotaFacts(**{**given, **changes})


def counters(session):
    """Return (committed, released) by dimension."""
    rows = session.execute(sa.select(Quota.dimension, Quota.committed, Quota.released))
    return {dimension: (committed, released) for dimension, committed, released in rows}


def test_an_approval_takes_one_unit_of_every_quota_that_it_touches(session, make, scheme):
    (proposal,) = make.bare_proposals(scheme, 1)

    taken = quotas.take(session, facts(scheme), proposal)

    assert [(quota.dimension, quota.committed) for quota in taken] == [(D.TOTAL, 1), (D.ORIGIN, 1)]
    assert counters(session)[D.REGION] == counters(session)[D.SEX_FLOOR] == (0, 0)
    assert session.scalars(sa.select(QuotaUnit.quota_id).order_by(QuotaUnit.id)).all() == [each.id for each in taken]


def test_a_man_in_florida_from_elsewhere_touches_other_quotas(session, make, scheme):
    (proposal,) = make.bare_proposals(scheme, 1)
    taken = quotas.take(session, facts(scheme, origin="GT", region="US-FL", sex=Sex.MALE), proposal)
    assert [quota.dimension for quota in taken] == [D.TOTAL, D.REGION, D.SEX_FLOOR]


@pytest.mark.parametrize("start", [date(2025, 12, 31), date(2027, 1, 1)])
def test_work_that_starts_outside_the_period_touches_nothing(session, make, scheme, start):
    (proposal,) = make.bare_proposals(scheme, 1)
    assert quotas.take(session, facts(scheme, starts_on=start), proposal) == []


def test_quotas_of_another_scheme_are_not_touched(session, make, scheme, officer):
    other = make.scheme(officer, make.scheme_officer("GT", origin=True))
    (proposal,) = make.bare_proposals(other, 1)
    quotas.take(session, facts(other), proposal)
    assert session.scalar(sa.select(sa.func.sum(Quota.committed)).where(Quota.scheme_id == scheme.id)) == 0


def test_a_full_quota_is_named(session, make, scheme):
    first, second = make.bare_proposals(scheme, 2)
    quotas.take(session, facts(scheme, region="US-FL"), first)
    florida = session.scalars(sa.select(Quota).where(Quota.dimension == D.REGION)).one()

    with pytest.raises(QuotaFullError) as full:
        quotas.take(session, facts(scheme, region="US-FL"), second)

    assert full.value.quota == florida.ref


def test_a_full_quota_leaves_the_others_as_they_were_once_rolled_back(sessions, session, make, scheme):
    first, second = make.bare_proposals(scheme, 2)
    quotas.take(session, facts(scheme, region="US-FL"), first)
    session.commit()

    with pytest.raises(QuotaFullError), write_tx(sessions) as other:
        quotas.take(other, facts(scheme, region="US-FL"), second)

    with read_tx(sessions) as after:
        assert counters(after) == {D.TOTAL: (1, 0), D.ORIGIN: (1, 0), D.REGION: (1, 0), D.SEX_FLOOR: (0, 0)}


def test_one_proposal_takes_once(session, make, scheme):
    (proposal,) = make.bare_proposals(scheme, 1)
    quotas.take(session, facts(scheme), proposal)
    with pytest.raises(ConflictError, match=r"quota.already_taken"):
        quotas.take(session, facts(scheme), proposal)


def test_units_come_back_exactly_once(session, make, scheme):
    first, second = make.bare_proposals(scheme, 2)
    quotas.take(session, facts(scheme), first)
    quotas.take(session, facts(scheme), second)

    released = quotas.give_back(session, first)

    assert [quota.dimension for quota in released] == [D.TOTAL, D.ORIGIN]
    assert quotas.give_back(session, first) == []
    assert counters(session)[D.TOTAL] == (1, 1)


def test_a_unit_that_came_back_can_be_taken_again(session, make, scheme):
    first, second = make.bare_proposals(scheme, 2)
    quotas.take(session, facts(scheme, region="US-FL"), first)
    quotas.give_back(session, first)
    assert len(quotas.take(session, facts(scheme, region="US-FL"), second)) == 3
    assert len(quotas.take(session, facts(scheme), first)) == 2


def test_the_rows_know_the_new_counters_at_once(session, make, scheme, officer):
    (proposal,) = make.bare_proposals(scheme, 1)
    before = quota_lists.listed(session, officer, scheme)
    quotas.take(session, facts(scheme), proposal)
    assert [quota_lists.counters_of(quota).free for quota in before] == [99, 1, 1, 3]


# --- caps


def test_a_cap_is_raised_and_lowered_down_to_what_is_taken(session, make, scheme, officer, at):
    for proposal in make.bare_proposals(scheme, 2):
        quotas.take(session, facts(scheme), proposal)
    honduras = session.scalars(sa.select(Quota).where(Quota.dimension == D.ORIGIN)).one()

    assert quotas.set_cap(session, officer, honduras.ref, 30, at=at).cap == 30
    assert quotas.set_cap(session, officer, honduras.ref, 2, at=at).cap == 2
    with pytest.raises(InvalidError, match=r"quota.cap_below_taken in cap \(taken=2\)"):
        quotas.set_cap(session, officer, honduras.ref, 1, at=at)
    with pytest.raises(InvalidError, match=r"quota.negative_cap"):
        quotas.set_cap(session, officer, honduras.ref, -1, at=at)
    assert honduras.cap == 2


def test_only_the_ministry_of_the_scheme_sets_a_cap(session, make, scheme, honduras, at):
    ref = quota_lists.of_scheme(session, scheme.id)[0].ref
    with pytest.raises(ForbiddenError):
        quotas.set_cap(session, honduras, ref, 1, at=at)
    with pytest.raises(NotFoundError):
        quotas.set_cap(session, make.scheme_officer("CA"), ref, 1, at=at)


def test_a_cap_is_set_only_by_who_read_the_present_one(session, scheme, officer, at):
    quota = quota_lists.of_scheme(session, scheme.id)[0]
    before = quota.cap
    assert quotas.set_cap(session, officer, quota.ref, before + 5, seen=before, at=at).cap == before + 5
    with pytest.raises(ConflictError, match="stale"):
        quotas.set_cap(session, officer, quota.ref, before + 9, seen=before, at=at)
    assert quota.cap == before + 5


def test_a_closed_schemes_quota_stays(session, scheme, officer, at):
    schemes.close(session, officer, scheme.ref, Why(Cause.REPLACED, "Over"), version=scheme.version, at=at)
    with pytest.raises(ConflictError, match=r"quota\.scheme_closed"):
        quotas.set_cap(session, officer, quota_lists.of_scheme(session, scheme.id)[0].ref, 500, at=at)


def test_the_log_is_true_after_taking_giving_back_and_a_new_cap(session, make, scheme, officer, at):
    for model in (Organisation, User):
        ids = session.scalars(sa.select(model.id)).all()
        audit.record_many(session, officer, "test.made", model, ids, at=at)
    first, second = make.bare_proposals(scheme, 2)
    for proposal in (first, second):
        taken = quotas.take(session, facts(scheme), proposal)
        audit.record(session, officer, "test.approved", taken[0], at=at, also=taken)
    back = quotas.give_back(session, first)
    audit.record(session, officer, "test.withdrawn", back[0], at=at, also=back)
    quotas.set_cap(session, officer, back[0].ref, 50, at=at)

    faults = verify(session, None).faults
    assert [fault for fault in faults if fault.where.startswith("quota")] == []


# --- crowds


@pytest.fixture
def crowded(database_url, keyring):
    """Return sessions for more clients at once than a site has."""
    engine = make_engine(database_url, pool_size=40)
    yield make_sessions(engine, keyring=keyring)
    engine.dispose()


def race(sessions, make, *, clients, caps, attempts):
    """Let clients fight for units, one wish in twenty sent twice; return what came of all."""
    crowd = crowd_of(shop(make, caps, attempts))
    with ThreadPoolExecutor(clients) as pool:
        return Counter(pool.map(lambda wish: attempt(sessions, wish), crowd))


def test_sixteen_clients_sell_a_hot_quota_to_the_last_unit_and_no_further(crowded, session):
    outcome = race(crowded, Make(session, NOW), clients=16, caps=[20, 5, 1], attempts=200)

    (whole, *parts) = sold(crowded)
    assert parts == [(20, 20, 20), (5, 5, 5), (1, 1, 1)]
    assert whole[1] == whole[2] == outcome["sold"] == 26
    assert set(outcome) <= {"sold", "full", "twice"}


def test_two_who_take_quotas_in_different_words_never_lock_each_other(sessions, session):
    """Both touch the same three quotas, again and again; a ring of waits would end in a database error."""
    make = Make(session, NOW)
    officer, honduras = make.scheme_officer("US"), make.scheme_officer("HN", origin=True)
    parts = [make.quota_terms(200, D.REGION, "US"), make.quota_terms(200, D.ORIGIN, "HN"), make.quota_terms(200)]
    scheme = make.scheme(officer, honduras, quotas=parts)
    proposals = make.bare_proposals(scheme, 80)
    session.commit()

    def both_ways(proposal):
        with write_tx(sessions) as own:
            quotas.take(own, facts(scheme), proposal)
        with write_tx(sessions) as own:
            quotas.give_back(own, proposal)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(both_ways, proposals))

    with read_tx(sessions) as after:
        assert set(counters(after).values()) == {(0, 80)}


def test_checking_first_and_writing_later_would_oversell(sessions, session):
    """The control: the same crowd against the way that is not ours. SQLite has one writer, so only there it holds."""
    if session.get_bind().dialect.name == "sqlite":
        pytest.skip("write transactions on SQLite stand in line, so nothing can come between check and write")
    clients = 4
    ((case, _), *_rest) = wishes = shop(Make(session, NOW), [1], clients)
    together = Barrier(clients)

    def naive(proposal):
        with write_tx(sessions) as own:
            quota = own.scalars(
                sa.select(Quota).where(Quota.scheme_id == case.scheme, Quota.dimension == D.ORIGIN)
            ).one()
            count = own.scalar(sa.select(sa.func.count(QuotaUnit.id)).where(QuotaUnit.quota_id == quota.id))
            together.wait(timeout=20)
            if count < quota.cap:
                own.add(QuotaUnit(quota_id=quota.id, proposal_id=proposal))

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(naive, [proposal for _, proposal in wishes]))

    assert sold(sessions)[1] == (1, 0, clients)


def test_the_database_itself_refuses_a_unit_beyond_the_cap(session, make, scheme):
    with pytest.raises(sa.exc.IntegrityError), session.begin_nested():
        session.execute(sa.update(Quota).where(Quota.dimension == D.REGION).values(committed=2))
