"""Vacancies with all that they stand on: a scheme, a shortage, an employer, an occupation with skills."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from mobility.models.accounts.organisations import Organisation
from mobility.models.employers import Employer
from mobility.models.schemes.schemes import Scheme
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.basics.wages import PayPeriod
from mobility.rules.cases.vacancies import VacancyState
from mobility.security.actors import Actor
from mobility.services.vacancies import vacancies
from mobility.services.vacancies.terms import VacancyTerms

#: The order in which a vacancy reaches each state in tests.
ORDER = (
    VacancyState.DRAFT,
    VacancyState.SUBMITTED,
    VacancyState.CERTIFIED,
    VacancyState.ATTESTED,
    VacancyState.OPEN,
)
FLOORS = {"aewr": Decimal("15.00")}


@dataclass
class VacancyWorld:
    """Everything around a vacancy from Honduras to the United States."""

    officer: Actor
    origin: Actor
    post: Actor
    boss: Actor
    employer: Employer
    scheme: Scheme
    shortage: Shortage


class VacancyFactory:
    """Makes vacancies through the services, so that everything is recorded."""

    session: Session
    at: datetime

    def vacancy_world(self, headcount: int = 100, **shortage: object) -> VacancyWorld:
        """Make a destination, an origin with a post, an active scheme, a shortage in force and a verified employer."""
        officer, origin = self.scheme_officer("US"), self.scheme_officer("HN", origin=True)
        scheme = self.scheme(officer, origin)
        post = self.post_of(origin)
        employer = self.employer()
        declared = self.shortage(officer, headcount=headcount, **shortage)
        return VacancyWorld(officer, origin, post, self.employer_actor(employer), employer, scheme, declared)

    def post_of(self, ministry: Actor) -> Actor:
        """Make a registration officer at a consular post of a ministry."""
        parent = self.session.get_one(Organisation, ministry.organisation_id)
        home = self.organisation(OrganisationKind.CONSULAR_POST, ministry.country, parent=parent)
        return self.actor(OrganisationKind.CONSULAR_POST, ministry.country, Role.REGISTRATION_OFFICER, of=home)

    def vacancy_terms(self, world: VacancyWorld, **changes: Any) -> VacancyTerms:
        """Return terms that meet every rule of the world's scheme."""
        given: dict[str, Any] = {
            "scheme": world.scheme.ref,
            "shortage": world.shortage.ref,
            "occupation": "9211",
            "title": "Strawberry picker",
            "region": "US-FL",
            "positions": 10,
            "starts_on": date(2026, 7, 10),
            "ends_on": date(2027, 3, 31),
            "hours_week": Decimal(40),
            "pay": Decimal(16),
            "pay_period": PayPeriod.HOUR,
            "currency": "USD",
            "guarantee_share": Decimal("0.75"),
            "housing_free": True,
            "transport_paid": True,
            "insurance": True,
        }
        return VacancyTerms(**{**given, **changes})

    def vacancy(
        self, world: VacancyWorld, state: VacancyState = VacancyState.OPEN, *, certified: int = 0, **changes: Any
    ) -> Vacancy:
        """Make a vacancy and take it to a state; ``certified`` positions or all."""
        session, at = self.session, self.at
        made = vacancies.draft(session, world.boss, self.vacancy_terms(world, **changes), at=at)
        upto, ref = ORDER.index(state), made.ref
        if upto >= 1:
            vacancies.submit(session, world.boss, ref, version=made.version, at=at)
        if upto >= 2:
            count = certified or made.positions
            vacancies.certify(session, world.officer, ref, count, FLOORS, version=made.version, at=at)
        if upto >= 3:
            vacancies.attest(session, world.post, ref, version=made.version, at=at)
        if upto >= 4:
            vacancies.open_matching(session, world.officer, ref, version=made.version, at=at)
        return made
