"""Organisations, users and actors."""

from datetime import datetime
from itertools import count

from sqlalchemy.orm import Session

from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User, UserRole
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.security.actors import Actor, actor_of

_numbers = count(1)


class OrganisationFactory:
    """Makes organisations and the people in them."""

    session: Session
    at: datetime

    def organisation(
        self, kind: OrganisationKind, country: str = "US", *, parent: Organisation | None = None, name: str = ""
    ) -> Organisation:
        """Make an organisation."""
        made = Organisation(kind=kind, name=name or f"{kind} {next(_numbers)}", country=country)
        made.parent = parent
        self.session.add(made)
        self.session.flush()
        return made

    def user(self, organisation: Organisation, *roles: Role) -> User:
        """Make a user with roles."""
        number = next(_numbers)
        made = User(
            organisation=organisation,
            email=f"user{number}@example.org",
            email_folded=f"user{number}@example.org",
            name=f"User {number}",
            created_at=self.at,
            roles=[UserRole(role=role) for role in roles],
        )
        self.session.add(made)
        self.session.flush()
        return made

    def actor(self, kind: OrganisationKind, country: str, *roles: Role, of: Organisation | None = None) -> Actor:
        """Make a user of a new organisation (or of ``of``) and return them as an actor."""
        parent = None
        if of is None and kind is OrganisationKind.CONSULAR_POST:
            parent = self.organisation(OrganisationKind.ORIGIN_MINISTRY, country)
        home = of or self.organisation(kind, country, parent=parent)
        return actor_of(self.user(home, *roles))
