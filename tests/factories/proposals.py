"""A corridor that is ready to match: two ministries, a scheme, a post, workers, open vacancies; and its proposals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import count

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User
from mobility.models.concepts.occupations import Skill
from mobility.models.employers import Employer
from mobility.models.match_runs import MatchRun
from mobility.models.proposals import MatchProposal
from mobility.models.schemes.schemes import Scheme
from mobility.models.vacancies import Vacancy, VacancySkill
from mobility.models.workers.workers import Worker
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.basics.wages import PayPeriod
from mobility.rules.cases.employers import EmployerState
from mobility.rules.cases.schemes import ReviewOrder
from mobility.rules.cases.vacancies import VacancyState
from mobility.security import audit
from mobility.security.actors import SYSTEM, Actor
from mobility.services.match_runs import match_runs
from mobility.services.match_runs.match_runs import Parameters

_numbers = count(1)


@dataclass
class Corridor:
    """Who takes part; ``destination`` and ``origin`` are scheme officers, ``endorser`` and ``approver`` reviewers."""

    destination: Actor
    origin: Actor
    post: Actor
    endorser: Actor
    approver: Actor
    scheme: Scheme
    workers: Sequence[Worker]
    vacancies: Sequence[Vacancy]


class ProposalFactory:
    """Makes corridors and what match runs propose in them."""

    session: Session
    at: datetime

    def corridor(
        self,
        *,
        workers: int = 6,
        vacancies: int = 2,
        positions: int = 1,
        country: str = "GT",
        order: ReviewOrder = ReviewOrder.GOVERNMENTS_FIRST,
        cap: int = 100,
    ) -> Corridor:
        """Make a corridor to the United States; worker i has 12 x (i + 1) months of experience."""
        destination, origin = self.scheme_officer("US"), self.scheme_officer(country, origin=True)
        scheme = self.scheme(destination, origin, review_order=order, quotas=[self.quota_terms(cap)])
        ministry = self.session.get_one(Organisation, origin.organisation_id)
        home = self.session.get_one(Organisation, destination.organisation_id)
        consulate = self.organisation(OrganisationKind.CONSULAR_POST, country, parent=ministry)
        post = self.actor(OrganisationKind.CONSULAR_POST, country, Role.SCREENING_OFFICER, of=consulate)
        return Corridor(
            destination,
            origin,
            post,
            self.actor(OrganisationKind.ORIGIN_MINISTRY, country, Role.REVIEWER, of=ministry),
            self.actor(OrganisationKind.DESTINATION_MINISTRY, "US", Role.REVIEWER, of=home),
            scheme,
            [self.worker(post, months=12 * (number + 1)) for number in range(workers)],
            [self.open_vacancy(scheme, positions=positions) for _ in range(vacancies)],
        )

    def another(self, actor: Actor) -> Actor:
        """Make a colleague with the same roles in the same organisation."""
        home = self.session.get_one(Organisation, actor.organisation_id)
        return self.actor(actor.kind, actor.country, *actor.roles, of=home)

    def open_vacancy(self, scheme: Scheme, *, positions: int = 1, **values: object) -> Vacancy:
        """Make an open vacancy of a scheme at a verified employer, recorded."""
        home = self.organisation(OrganisationKind.EMPLOYER, scheme.country)
        employer = Employer(
            organisation_id=home.id,
            registration_number=f"M{next(_numbers)}",
            country=scheme.country,
            state=EmployerState.VERIFIED,
            created_at=self.at,
        )
        self.session.add(employer)
        audit.record(self.session, SYSTEM, "employer.verify", employer, at=self.at)
        given = {
            "occupation_id": self.occupation().id,
            "title": "Harvest",
            "country": scheme.country,
            "region": "US-FL",
            "positions": positions,
            "certified_positions": positions,
            "starts_on": date(2026, 7, 1),
            "ends_on": date(2027, 3, 31),
            "hours_week": Decimal(40),
            "pay": Decimal("16.50"),
            "pay_period": PayPeriod.HOUR,
            "currency": "USD",
            "guarantee_share": Decimal("0.75"),
            "housing_free": True,
            "transport_paid": True,
            "insurance": True,
            "wage_floors": {"aewr": "16.20"},
            "submitted_at": self.at,
            "state": VacancyState.OPEN,
            "created_at": self.at,
        }
        made = Vacancy(employer=employer, scheme_id=scheme.id, **{**given, **values})
        made.skills = [VacancySkill(skill=self.skill_asked(), essential=True, level=3)]
        self.session.add(made)
        audit.record(self.session, SYSTEM, "vacancy.open", made, at=self.at)
        return made

    def skill_asked(self, code: str = "S0001") -> Skill:
        """Return the skill that open vacancies ask for, made on first use."""
        found = self.session.scalar(sa.select(Skill).where(Skill.code == code))
        if found is None:
            found = Skill(code=code, label_en=f"Skill {code}", label_es=f"Destreza {code}", label_fr=f"Savoir {code}")
            self.session.add(found)
            self.session.flush()
        return found

    def match(self, corridor: Corridor, *, seed: int = 7, at: datetime | None = None, **parameters: int) -> MatchRun:
        """Run a whole match at once, without the job runner."""
        at = at or self.at
        given = Parameters(**parameters)
        run = match_runs.start(
            self.session, corridor.destination, corridor.scheme.ref, at=at, seed=seed, parameters=given
        )
        for number in match_runs.missing_chunks(self.session, run.ref):
            match_runs.run_chunk(self.session, run.ref, number, at=at)
        return match_runs.finish(self.session, run.ref, at=at)

    def proposals(self, run: MatchRun) -> list[MatchProposal]:
        """Return what a run proposed, by vacancy and rank."""
        mine = sa.select(MatchProposal).where(MatchProposal.run_id == run.id)
        return list(self.session.scalars(mine.order_by(MatchProposal.vacancy_id, MatchProposal.rank)))

    def record_people(self) -> None:
        """Record every organisation and user, so that the whole log verifies."""
        for model in (Organisation, User):
            ids = self.session.scalars(sa.select(model.id).order_by(model.id)).all()
            audit.record_many(self.session, SYSTEM, f"{model.__tablename__}.create", model, ids, at=self.at)
