"""The safeguard list binds every scheme: at certification, in match runs, in simulations and wherever a pair is judged."""

from datetime import date

import pytest
import sqlalchemy as sa

from mobility.errors import InvalidError
from mobility.models.proposals import MatchProposal
from mobility.models.schemes.agreements import Agreement
from mobility.models.schemes.schemes import SchemeAgreement
from mobility.models.vacancies import Vacancy
from mobility.rules.basics.findings import Severity, Verdict
from mobility.rules.cases.vacancies import VacancyState
from mobility.rules.law.safeguards import RULE
from mobility.services.match_runs import eligibility
from mobility.services.schemes import safeguards
from mobility.services.vacancies import vacancies
from mobility.services.vacancies.certification import assess
from tests.factories.vacancies import FLOORS

TODAY = date(2026, 5, 4)
NURSE = "2221"


@pytest.fixture
def corridor(session, make):
    """Return a corridor from Haiti, whose scheme has no rule of its own on health workers, with a nurse's vacancy."""
    made = make.corridor(workers=1, vacancies=1, country="HT")
    session.execute(sa.update(Vacancy).values(occupation_id=make.occupation(NURSE).id))
    session.expire_all()
    return made


def agree(session):
    session.execute(sa.update(Agreement).values(names_health_workers=True))
    session.expire_all()


def proposed(session):
    return session.scalars(sa.select(MatchProposal)).all()


class TestMatchRuns:
    def test_a_run_proposes_nobody_from_a_listed_country_without_an_agreement(self, session, make, corridor):
        make.match(corridor)
        assert proposed(session) == []

    def test_an_agreement_that_names_health_workers_frees_them_and_the_proposal_shows_why(
        self, session, make, corridor
    ):
        agree(session)
        make.match(corridor)
        assert len(proposed(session)) == 1

    def test_other_work_is_not_concerned(self, session, make):
        make.match(make.corridor(workers=1, vacancies=1, country="HT"))
        (proposal,) = proposed(session)
        assert RULE not in {found["rule"] for found in proposal.findings}

    def test_of_other_countries_the_list_is_shown_as_met(self, session, make):
        made = make.corridor(workers=1, vacancies=1, country="GT")
        session.execute(sa.update(Vacancy).values(occupation_id=make.occupation(NURSE).id))
        session.expire_all()
        make.match(made)
        (proposal,) = proposed(session)
        (found,) = [found for found in proposal.findings if found["rule"] == RULE]
        assert (found["verdict"], found["source"][:8]) == ("pass", "WHO Glob")

    def test_a_pair_is_judged_as_the_run_judges_it(self, session, corridor, at):
        vacancy, worker = corridor.vacancies[0], corridor.workers[0]
        found = {
            each.rule: each for each in eligibility.findings(session, corridor.scheme.id, vacancy.id, worker.id, at=at)
        }
        assert (found[RULE].verdict, found[RULE].severity) == (Verdict.FAIL, Severity.BLOCK)
        with pytest.raises(InvalidError, match=r"proposal\.no_longer_eligible"):
            eligibility.check(session, corridor.scheme.id, vacancy.id, worker.id, at=at)


def test_the_rule_is_there_only_for_listed_occupations_and_days(session, corridor):
    scheme = corridor.scheme.id
    assert [rule.id for rule in safeguards.rules_on(session, scheme, ["9211", NURSE], TODAY)] == [RULE]
    assert safeguards.rules_on(session, scheme, ["9211"], TODAY) == ()
    assert safeguards.rules_on(session, scheme, [NURSE], date(2020, 1, 1)) == ()


def read(session, vacancy_id):
    """Return a vacancy with all that an officer sees of it, as it is now."""
    return session.get_one(Vacancy, vacancy_id, options=vacancies.WHOLE, populate_existing=True)


class TestCertification:
    def test_it_blocks_where_nobody_could_be_proposed(self, session, corridor, at):
        vacancy = read(session, corridor.vacancies[0].id)
        found = safeguards.finding(session, vacancy, TODAY)
        assert (found.code, found.severity) == ("health_worker_safeguard.not_named", Severity.BLOCK)
        assert found.params["countries"] == "HT"
        assert found.source.startswith("WHO Global Code of Practice")
        assert found in assess(session, vacancy, positions=1, floors=FLOORS, at=at).obstacles

    def test_it_warns_where_other_countries_take_part(self, session, make, corridor, at):
        pact = make.agreement(corridor.destination, make.scheme_officer("GT", origin=True))
        session.add(SchemeAgreement(scheme_id=corridor.scheme.id, agreement_id=pact.id))
        session.flush()
        vacancy = read(session, corridor.vacancies[0].id)
        found = safeguards.finding(session, vacancy, TODAY)
        assert (found.verdict, found.severity) == (Verdict.FAIL, Severity.WARN)
        seen = assess(session, vacancy, positions=1, floors=FLOORS, at=at)
        assert found in [each.finding for each in seen.seen]
        assert found not in seen.obstacles

    def test_an_agreement_that_names_health_workers_is_shown_as_met(self, session, corridor):
        agree(session)
        vacancy = read(session, corridor.vacancies[0].id)
        assert safeguards.finding(session, vacancy, TODAY).code == "health_worker_safeguard.named"

    def test_other_occupations_have_no_such_finding(self, session, make):
        vacancy = make.vacancy(make.vacancy_world(), VacancyState.SUBMITTED)
        assert safeguards.finding(session, read(session, vacancy.id), TODAY) is None
