"""Agreements, schemes in any state, and approved proposals for their quotas."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.accounts.organisations import Organisation
from mobility.models.employers import Employer
from mobility.models.match_runs import MatchRun
from mobility.models.proposals import MatchProposal
from mobility.models.schemes.agreements import Agreement
from mobility.models.schemes.schemes import Scheme
from mobility.models.vacancies import Vacancy
from mobility.models.workers.workers import Worker
from mobility.rules.basics.causes import Cause, Why
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.basics.wages import PayPeriod
from mobility.rules.cases.schemes import SchemeState
from mobility.rules.cases.workers import Sex
from mobility.rules.law.example_schemes import ExampleScheme, example_schemes
from mobility.rules.quotas.counters import QuotaDimension
from mobility.security.actors import SYSTEM, Actor
from mobility.services.match_runs import scorecards
from mobility.services.schemes import agreements, schemes
from mobility.services.schemes.agreements import AgreementTerms
from mobility.services.schemes.entries import QuotaTerms, SchemeTerms, terms_of_example

_numbers = count(1)

#: The order in which a scheme reaches each state in tests.
ORDER = (
    SchemeState.DRAFT,
    SchemeState.SUBMITTED,
    SchemeState.APPROVED_BY_DESTINATION,
    SchemeState.APPROVED,
    SchemeState.ACTIVE,
    SchemeState.SUSPENDED,
)


def example(code: str = "us_h2a_like") -> ExampleScheme:
    """Return an embedded example scheme."""
    return next(each for each in example_schemes() if each.code == code)


class SchemeFactory:
    """Makes agreements and schemes through the services, so that everything is recorded."""

    session: Session
    at: datetime

    def scheme_officer(self, country: str = "US", *, origin: bool = False, of: Organisation | None = None) -> Actor:
        """Make a scheme officer of a new destination ministry, or with ``origin`` of an origin ministry."""
        kind = OrganisationKind.ORIGIN_MINISTRY if origin else OrganisationKind.DESTINATION_MINISTRY
        return self.actor(kind, country, Role.SCHEME_OFFICER, of=of)

    def agreement(self, destination: Actor, origin: Actor, **values: object) -> Agreement:
        """Make an agreement between two ministries, in force since 2025."""
        given = {
            "title": f"Agreement {next(_numbers)}",
            "destination": destination.organisation_ref,
            "origin": origin.organisation_ref,
            "valid_from": date(2025, 1, 1),
        }
        return agreements.create(self.session, SYSTEM, AgreementTerms(**{**given, **values}), at=self.at)

    def scheme_terms(self, *pacts: Agreement, code: str = "us_h2a_like", **changes: object) -> SchemeTerms:
        """Return the terms of an example scheme under agreements, with 100 units for 2026."""
        whole = QuotaTerms(date(2026, 1, 1), date(2026, 12, 31), 100)
        terms = terms_of_example(example(code), [pact.ref for pact in pacts], date(2026, 1, 1), [whole])
        return SchemeTerms(**{**vars(terms), **changes})

    def scheme(
        self,
        officer: Actor,
        *origins: Actor,
        state: SchemeState = SchemeState.ACTIVE,
        **changes: object,
    ) -> Scheme:
        """Make a scheme of the officer's ministry with these origins' officers, and take it to a state."""
        session, at = self.session, self.at
        pacts = [self.agreement(officer, origin) for origin in origins]
        made = schemes.draft(session, officer, self.scheme_terms(*pacts, **changes), at=at)
        upto = ORDER.index(state)
        if upto >= 1:
            schemes.submit(session, officer, made.ref, version=made.version, at=at)
        if upto >= 2:
            schemes.sign(session, officer, made.ref, version=made.version, at=at)
        if upto >= 3:
            for origin in origins:
                schemes.sign(session, origin, made.ref, version=made.version, at=at)
        if upto >= 4:
            schemes.activate(session, officer, made.ref, version=made.version, at=at)
        if upto >= 5:
            schemes.suspend(session, officer, made.ref, Why(Cause.UNDER_REVIEW, "Checked"), version=made.version, at=at)
        return schemes.get(session, officer, made.ref)

    def quota_terms(self, cap: int, dimension: QuotaDimension = QuotaDimension.TOTAL, value: str = "") -> QuotaTerms:
        """Return a quota for 2026."""
        return QuotaTerms(date(2026, 1, 1), date(2026, 12, 31), cap, dimension, value)

    def bare_proposals(self, scheme: Scheme, number: int) -> Sequence[int]:
        """Make ``number`` proposals of one worker for one vacancy (a run each) and return their ids; none recorded."""
        session, at = self.session, self.at
        card = scorecards.in_force(session)
        user_id, rule_set_id = scheme.drafted_by_id, scheme.rule_sets[0].id
        run = {
            "scheme_id": scheme.id,
            "rule_set_id": rule_set_id,
            "started_by_id": user_id,
            "on_date": at.date(),
            "seed": 1,
            "per_position": 2,
            "top": 20,
            "near": 5,
            "a_worker": 3,
            "part_size": 128,
            "parts": 1,
            "open_days": 30,
            "scorecard_name": card.name,
            "scorecard_digest": card.digest,
            "created_at": at,
        }
        vacancy, worker = self._bare_vacancy(scheme), self._bare_worker(user_id)
        first = (session.scalar(sa.select(sa.func.max(MatchRun.id))) or 0) + 1
        session.execute(sa.insert(MatchRun), [dict(run) for _ in range(number)])
        runs = session.scalars(sa.select(MatchRun.id).where(MatchRun.id >= first).order_by(MatchRun.id)).all()
        proposal = {
            "chunk": 0,
            "vacancy_id": vacancy.id,
            "worker_id": worker.id,
            "rank": 1,
            "score": 1,
            "created_at": at,
        }
        ends = at + timedelta(days=30)
        session.execute(
            sa.insert(MatchProposal), [{**proposal, "run_id": run_id, "expires_at": ends} for run_id in runs]
        )
        mine = sa.select(MatchProposal.id).where(MatchProposal.run_id >= first)
        return session.scalars(mine.order_by(MatchProposal.id)).all()

    def _bare_vacancy(self, scheme: Scheme) -> Vacancy:
        home = self.organisation(OrganisationKind.EMPLOYER, scheme.country)
        employer = Employer(
            organisation_id=home.id,
            registration_number=f"R{next(_numbers)}",
            country=scheme.country,
            created_at=self.at,
        )
        self.session.add(employer)
        self.session.flush()
        vacancy = Vacancy(
            employer_id=employer.id,
            scheme_id=scheme.id,
            occupation_id=self.occupation().id,
            title="Harvest",
            country=scheme.country,
            region=scheme.country,
            positions=1,
            starts_on=date(2026, 5, 1),
            ends_on=date(2026, 11, 1),
            hours_week=Decimal(40),
            pay=Decimal(15),
            pay_period=PayPeriod.HOUR,
            currency="USD",
            created_at=self.at,
        )
        self.session.add(vacancy)
        self.session.flush()
        return vacancy

    def _bare_worker(self, user_id: int) -> Worker:
        ministry = self.organisation(OrganisationKind.ORIGIN_MINISTRY, "HN")
        post = self.organisation(OrganisationKind.CONSULAR_POST, "HN", parent=ministry)
        worker = Worker(
            post_id=post.id,
            origin_country="HN",
            born_on=date(1990, 1, 1),
            sex=Sex.FEMALE,
            residence_country="HN",
            registered_by_id=user_id,
            created_at=self.at,
            confirmed_at=self.at,
        )
        self.session.add(worker)
        self.session.flush()
        return worker
