"""The pool and the demand of a match run, as the database holds them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from mobility.db import read_tx, write_tx
from mobility.demo import ministries
from mobility.demo import workers as demo_workers
from mobility.demo.calendar import Calendar
from mobility.demo.dice import single
from mobility.matching.facts.derived import pair_facts
from mobility.models.vacancies import VacancyLanguage, VacancySkill
from mobility.models.workers.papers import Check, IdentityDocument
from mobility.models.workers.profiles import Employment, WorkerLanguage, WorkerLicence, WorkerSkill
from mobility.models.workers.workers import Worker
from mobility.queries.pools import demands, pools, worker_rows
from mobility.queries.pools.arrow_source import arrow_source
from mobility.rules.basics.languages import Cefr
from mobility.rules.basics.skills import Evidence
from mobility.rules.basics.wages import PayPeriod
from mobility.rules.cases.checks import CheckKind, CheckResult
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.documents import DocumentKind
from mobility.rules.cases.vacancies import VacancyState
from mobility.rules.cases.workers import WorkerState
from mobility.rules.law.facts import FACTS, check_facts
from mobility.rules.quotas.counters import QuotaDimension, touches
from mobility.services.platform import reference_data
from mobility.services.workers import vectors
from tests.queries.pools import plain_pools
from tests.queries.pools.packed_worlds import differences


@pytest.fixture
def world(make):
    return make.corridor(workers=1, vacancies=1)


@pytest.fixture
def worker(world):
    return world.workers[0]


def pool_of(session, *workers, on=date(2026, 5, 4)):
    """Return the pool from packed workers, which is that of their tables."""
    session.flush()
    words, ids = pools.vocabulary(session), sorted(each.id for each in workers)
    found = pools.pool(session, words, ids, on=on)
    if workers:
        assert differences(plain_pools.pool(session, words, ids, on=on), found) == []
    return found


def demand_of(session, *vacancies, on=date(2026, 5, 4)):
    session.flush()
    return demands.demand(session, pools.vocabulary(session), [each.id for each in vacancies], on=on)


def facts_of(session, worker, vacancy):
    return pair_facts(pool_of(session, worker), 0, demand_of(session, vacancy), 0)


class TestMatchable:
    def test_a_ready_worker_of_an_origin_of_the_scheme_who_consents(self, session, world, worker, at):
        assert pools.matchable(session, world.scheme.id, at=at) == [worker.id]

    @pytest.mark.parametrize("state", [state for state in WorkerState if state is not WorkerState.READY])
    def test_nobody_who_is_not_ready(self, session, world, worker, at, state):
        worker.state = state
        session.flush()
        assert pools.matchable(session, world.scheme.id, at=at) == []

    def test_nobody_of_another_country(self, session, world, worker, at):
        worker.origin_country = "HN"
        session.flush()
        assert pools.matchable(session, world.scheme.id, at=at) == []

    def test_nobody_who_withdrew_the_consent_to_matching(self, session, world, worker, at):
        consent = next(each for each in worker.consents if each.purpose is ConsentPurpose.MATCHING)
        consent.withdrawn_at = at + timedelta(hours=1)
        session.flush()
        assert pools.matchable(session, world.scheme.id, at=at) == [worker.id]
        assert pools.matchable(session, world.scheme.id, at=at + timedelta(hours=1)) == []
        assert not pools.consents_to_matching(session, worker.id, at=at + timedelta(hours=1))
        assert pools.matchable(session, world.scheme.id, at=at - timedelta(hours=1)) == []

    def test_nobody_under_an_agreement_that_is_over(self, session, world, at):
        agreement = world.scheme.agreements[0].agreement
        agreement.valid_to = at.date()
        session.flush()
        assert pools.matchable(session, world.scheme.id, at=at)
        assert pools.matchable(session, world.scheme.id, at=at + timedelta(days=1)) == []


class TestPool:
    def test_no_sealed_column_and_no_sex_is_read(self, session, worker):
        asked = []
        engine = session.get_bind()
        sa.event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
        pool_of(session, worker)
        text = " ".join(asked).lower()
        for column in (
            "given_names",
            "family_names",
            "phone",
            "email",
            "vulnerability",
            "mrz",
            ".number",
            ".sex",
            "note",
        ):
            assert column not in text, column

    def test_skills_carry_level_and_evidence(self, session, make, worker):
        worker.skills.append(WorkerSkill(skill=make.skill_asked("S0002"), level=2, evidence=Evidence.TESTED))
        pool = pool_of(session, worker)
        assert pool.vocabulary.skills == ("S0001", "S0002")
        assert pool.profile.skills.toarray().tolist() == [[3, 2]]
        assert pool.profile.evidence.toarray().tolist() == [[1, 3]]

    def test_months_add_up_by_minor_group_and_the_last_day_counts(self, session, make, worker):
        worker.employments = [
            Employment(occupation=make.occupation(code), country="GT", months=months, ended_on=ended)
            for code, months, ended in (
                ("9211", 10, date(2024, 1, 31)),
                ("9212", 5, date(2025, 6, 30)),
                ("6111", 7, None),
            )
        ]
        pool = pool_of(session, worker)
        months = dict(zip(pool.vocabulary.groups, pool.profile.experience.toarray()[0].tolist(), strict=True))
        last = dict(zip(pool.vocabulary.groups, pool.profile.last_worked.toarray()[0].tolist(), strict=True))
        assert (months["921"], months["611"]) == (15, 7)
        assert (last["921"], last["611"]) == (date(2025, 6, 30).toordinal(), 0)
        assert pool.facts["worker.experience_months_total"].value_at(0) == 22

    def test_wishes_and_floors(self, session, worker):
        worker.destinations, worker.sectors = ["US", "XX"], ["agriculture"]
        worker.earliest_start, worker.months_away_max = date(2026, 6, 1), 8
        worker.pay_floor_hourly, worker.pay_floor_currency = Decimal("12.3401"), "USD"
        profile = pool_of(session, worker).profile
        assert profile.destinations.nnz == profile.sectors.nnz == 1
        assert profile.earliest_start.tolist() == [date(2026, 6, 1).toordinal()]
        assert profile.months_away.tolist() == [[0, 8]]
        assert profile.pay_floor.tolist() == [1235]

    def test_a_floor_in_no_currency_is_no_floor(self, session, worker):
        worker.pay_floor_hourly, worker.pay_floor_currency = Decimal(12), None
        profile = pool_of(session, worker).profile
        assert (profile.pay_floor.tolist(), profile.pay_currency.tolist()) == ([0], [-1])

    def test_facts_are_those_of_the_catalogue(self, session, world, worker):
        facts = facts_of(session, worker, world.vacancies[0])
        check_facts(facts)
        assert {name for name in FACTS if name.startswith("worker.")} <= set(facts)

    def test_only_papers_that_cross_a_border_count(self, session, world, worker):
        worker.documents[0].expires_on = date(2026, 9, 1)
        worker.documents += [
            IdentityDocument(kind=kind, issuer="GT", expires_on=ends)
            for kind, ends in (
                (DocumentKind.NATIONAL_ID, date(2040, 1, 1)),
                (DocumentKind.PASSPORT, date(2027, 1, 1)),
                (DocumentKind.PASSPORT, date(2028, 1, 1)),
            )
        ]
        assert facts_of(session, worker, world.vacancies[0])["worker.document_valid_until"] == date(2028, 1, 1)

    def test_a_newer_failure_beats_an_older_pass(self, session, world, worker):
        old = next(check for check in worker.checks if check.kind is CheckKind.MEDICAL)
        old.checked_on = date(2026, 4, 1)
        worker.checks.append(
            Check(
                kind=CheckKind.MEDICAL,
                result=CheckResult.FAILED,
                provider="x",
                checked_on=date(2026, 5, 1),
                verifier_id=old.verifier_id,
                recorded_at=old.recorded_at,
            )
        )
        facts = facts_of(session, worker, world.vacancies[0])
        assert facts["worker.check.medical_valid_until"] is None
        assert facts["worker.check.police_valid_until"] == date(2027, 5, 4)

    def test_a_check_without_an_end_never_runs_out(self, session, world, worker):
        next(check for check in worker.checks if check.kind is CheckKind.POLICE).valid_until = None
        assert facts_of(session, worker, world.vacancies[0])["worker.check.police_valid_until"] == date.max

    def test_seasons_and_returns(self, session, make, world, worker):
        def season(ended, back):
            return Employment(
                occupation=make.occupation(),
                country="US",
                months=6,
                ended_on=ended,
                scheme_kind="seasonal",
                returned_on_time=back,
            )

        worker.employments = [season(date(2024, 10, 31), True), season(date(2025, 10, 31), False)]
        facts = facts_of(session, worker, world.vacancies[0])
        assert facts["worker.seasons_completed"] == 2
        assert facts["worker.last_returned_on_time"] is False
        assert facts["worker.years_since_last_season"] == 1
        assert [stay.end for stay in facts["worker.stays"]] == [date(2024, 10, 31), date(2025, 10, 31)]
        assert facts["worker.stays"][0].start == date(2024, 5, 1)
        assert facts["worker.months_abroad_last_12"] == 4
        assert pool_of(session, worker).profile.returned_on_time.tolist() == [1]

    def test_a_stay_without_dates_makes_stays_unknown(self, session, make, world, worker):
        worker.employments = [Employment(occupation=make.occupation(), country="US", months=6)]
        facts = facts_of(session, worker, world.vacancies[0])
        assert facts.get("worker.stays") is None

    def test_a_licence_that_ran_out_is_not_held(self, session, world, worker):
        for code, ends in (("truck", date(2026, 5, 4)), ("bus", date(2026, 5, 3)), ("forklift", None)):
            session.add(WorkerLicence(worker_id=worker.id, code=code, expires_on=ends))
        assert facts_of(session, worker, world.vacancies[0])["worker.licences"] == frozenset({"truck", "forklift"})

    def test_a_language_nobody_asked_about_is_unknown_and_none_is_none(self, session, world, worker):
        for spoken in worker.languages:
            session.delete(spoken)
        session.flush()
        session.add(WorkerLanguage(worker_id=worker.id, language="en", level=0))
        facts = facts_of(session, worker, world.vacancies[0])
        assert facts["worker.language.en"] is Cefr.NONE
        assert facts["worker.language.fr"] is None

    def test_batches_change_nothing(self, session, make, world, monkeypatch):
        workers = [world.workers[0], *(make.worker(world.post, months=number) for number in range(1, 5))]
        whole = pool_of(session, *workers)
        monkeypatch.setattr(worker_rows, "BATCH", 2)
        parts = pool_of(session, *workers)
        assert whole.key.tolist() == parts.key.tolist()
        assert (whole.profile.experience != parts.profile.experience).nnz == 0
        assert {name: column.values for name, column in whole.facts.items()} == {
            name: column.values for name, column in parts.facts.items()
        }

    def test_an_empty_pool(self, session, world):
        assert len(pool_of(session)) == 0


class TestDemand:
    def test_only_open_vacancies_with_positions_left(self, session, make, world, at):
        scheme = world.scheme
        make.open_vacancy(scheme, positions=3, filled_positions=3)
        for state in VacancyState:
            if state is not VacancyState.OPEN:
                make.open_vacancy(scheme, state=state)
        left = make.open_vacancy(scheme, positions=3, filled_positions=2)
        session.flush()
        assert set(demands.open_vacancies(session, scheme.id, at=at)) == {world.vacancies[0].id, left.id}

    def test_positions_are_those_certified_and_not_filled(self, session, make, world):
        vacancy = make.open_vacancy(world.scheme, positions=9, certified_positions=5, filled_positions=2)
        assert demand_of(session, vacancy).positions.tolist() == [3]
        assert demands.positions_left(session, vacancy.id) == 3

    def test_a_vacancy_that_closed_has_no_position_left(self, session, make, world):
        vacancy = make.open_vacancy(world.scheme, state=VacancyState.WITHDRAWN)
        assert demand_of(session, vacancy).positions.tolist() == [0]

    def test_pay_is_brought_to_the_hour(self, session, make, world):
        vacancy = make.open_vacancy(world.scheme, pay=Decimal(800), pay_period=PayPeriod.WEEK)
        demand = demand_of(session, vacancy)
        assert demand.pay.tolist() == [2000]
        assert demand.facts[0]["vacancy.pay_hourly"] == Decimal(20)

    def test_facts_are_those_of_the_catalogue(self, session, world):
        facts = demand_of(session, world.vacancies[0]).facts[0]
        check_facts(facts)
        assert {name for name in FACTS if name.startswith("vacancy.")} <= set(facts)
        assert facts["vacancy.wage_floor.aewr"] == Decimal("16.20")
        assert (facts["vacancy.months"], facts["vacancy.region"]) == (9, "US-FL")

    def test_a_whole_country_is_no_region(self, session, make, world):
        vacancy = make.open_vacancy(world.scheme, region="US")
        assert demand_of(session, vacancy).facts[0]["vacancy.region"] is None

    def test_skills_and_languages_asked(self, session, make, world):
        vacancy = world.vacancies[0]
        vacancy.skills.append(VacancySkill(skill=make.skill_asked("S0002"), essential=False, level=2))
        for code, level in (("en", 2), ("xx", 1)):
            session.add(VacancyLanguage(vacancy_id=vacancy.id, language=code, level=level))
        demand = demand_of(session, vacancy)
        assert demand.essential.toarray().tolist() == [[3, 0]]
        assert demand.optional.toarray().tolist() == [[0, 2]]
        assert demand.languages.tolist() == [[2, 0, 0]]

    def test_rows_stand_by_id_whatever_the_order_asked(self, session, make, world):
        more = [make.open_vacancy(world.scheme) for _ in range(3)]
        keys = demand_of(session, *reversed(more)).key.tolist()
        assert keys == sorted(keys)


class TestQuotas:
    @pytest.mark.parametrize(
        ("dimension", "value", "inside"),
        [
            (QuotaDimension.TOTAL, "", True),
            (QuotaDimension.ORIGIN, "GT", True),
            (QuotaDimension.ORIGIN, "HN,SV", False),
            (QuotaDimension.SECTOR, "agriculture", True),
            (QuotaDimension.SECTOR, "construction", False),
            (QuotaDimension.REGION, "US-FL", True),
            (QuotaDimension.REGION, "US-GA", False),
            (QuotaDimension.RETURNING, "yes", False),
            (QuotaDimension.RETURNING, "no", True),
            (QuotaDimension.SEX_FLOOR, "female", False),
            (QuotaDimension.SEX_FLOOR, "male", True),
        ],
    )
    def test_a_pair_touches_what_the_rules_say(self, session, make, at, dimension, value, inside):
        world = make.corridor(workers=1, vacancies=1)
        make.occupation().sector = "agriculture"
        from mobility.models.schemes.quotas import Quota
        from mobility.queries.lists.quota_lists import key_of

        made = Quota(
            scheme_id=world.scheme.id,
            period_from=date(2026, 6, 1),
            period_to=date(2026, 12, 31),
            dimension=dimension,
            value=value,
            cap=4,
            held=1,
        )
        session.add(made)
        session.flush()
        vacancy, worker = world.vacancies[0].id, world.workers[0].id
        bounds = demands.quotas(session, world.scheme.id, [vacancy], [worker])
        row = bounds.key.tolist().index(made.id)
        touched = bounds.touched([0], [0]).toarray()[0, row]
        facts = demands.quota_facts(session, world.scheme.id, vacancy, worker)
        assert bool(touched) is touches(key_of(made), facts) is inside
        assert bounds.remaining[row] == 3

    def test_a_quota_of_another_period_is_not_touched(self, session, make):
        world = make.corridor(workers=1, vacancies=1)
        world.vacancies[0].starts_on = date(2027, 1, 2)
        world.vacancies[0].ends_on = date(2027, 6, 2)
        session.flush()
        bounds = demands.quotas(session, world.scheme.id, [world.vacancies[0].id], [world.workers[0].id])
        assert bounds.touched([0], [0]).nnz == 0


def test_every_worker_of_the_pool_is_a_row_of_the_table(session, make, world):
    more = [make.worker(world.post) for _ in range(3)]
    ids = sorted(session.scalars(sa.select(Worker.id)))
    assert pool_of(session, *world.workers, *more).key.tolist() == ids


@pytest.mark.parametrize("seed", [3, 4])
def test_the_demos_workers_are_the_same_packed_by_either_way_and_from_their_tables(sessions, seed):
    today = date(2026, 5, 4)
    with write_tx(sessions) as session:
        reference_data.load(session)
        cast = ministries.hire(session, Calendar(today), single(seed, 1))
    demo_workers.register(sessions, cast, seed=seed, count=150, today=today)
    with read_tx(sessions) as session, arrow_source(session) as arrow:
        ids, words = sorted(session.scalars(sa.select(Worker.id))), pools.vocabulary(session)
        assert vectors.differing(session, ids) == []
        for on in (today, today - timedelta(days=330), today + timedelta(days=500)):
            truth = plain_pools.pool(session, words, ids, on=on)
            assert differences(truth, pools.pool(session, words, ids, on=on)) == []
            assert differences(truth, pools.pool(session, words, ids, on=on, source=arrow)) == []
