"""Employers and the people in them."""

from datetime import datetime
from itertools import count

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.accounts.organisations import Organisation
from mobility.models.employers import Employer
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.employers import REQUIRED_ITEMS, EmployerState
from mobility.security import audit
from mobility.security.actors import SYSTEM, Actor, actor_of

_numbers = count(1)


class EmployerFactory:
    """Makes employers in any state, recorded, with whatever vetting that state needs."""

    session: Session
    at: datetime

    def employer(
        self, state: EmployerState = EmployerState.VERIFIED, country: str = "US", **values: object
    ) -> Employer:
        """Make an employer of a country."""
        number = next(_numbers)
        organisation = Organisation(kind=OrganisationKind.EMPLOYER, name=f"Farm {number}", country=country)
        made = Employer(
            organisation=organisation,
            country=country,
            state=state,
            created_at=self.at,
            vetting_items=None
            if state in {EmployerState.REGISTERED, EmployerState.VETTING}
            else {item.value: True for item in REQUIRED_ITEMS},
            **{"registration_number": f"REG-{number}", **values},
        )
        self.session.add(made)
        audit.record(self.session, SYSTEM, "employer.register", made, at=self.at, also=[organisation])
        return made

    def employer_actor(self, employer: Employer, *roles: Role) -> Actor:
        """Make a user of an employer."""
        home = self.session.scalars(sa.select(Organisation).where(Organisation.id == employer.organisation_id)).one()
        return actor_of(self.user(home, *(roles or (Role.EMPLOYER_ADMINISTRATOR,))))
