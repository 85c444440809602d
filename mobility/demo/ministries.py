"""The demo's organisations and the people who work in them."""

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from mobility.db import fold
from mobility.demo.calendar import Calendar
from mobility.demo.dice import Dice
from mobility.demo.geography import DESTINATIONS, ORIGINS
from mobility.demo.people import NAMES
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User, UserRole
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.security import audit
from mobility.security.actors import SYSTEM, Actor, actor_of
from mobility.security.demo_doors import DOMAIN

LANGUAGES = {"US": "en", "CA": "en", **{origin.country: origin.language for origin in ORIGINS}}


@dataclass
class Cast:
    """Who plays: actors by (country, role), and the consular posts of each origin with their two officers."""

    actors: dict[tuple[str, Role], Actor] = field(default_factory=dict)
    posts: dict[str, list[tuple[Actor, Actor]]] = field(default_factory=dict)
    employers: list[Actor] = field(default_factory=list)


class Hiring:
    """Makes organisations and users, recorded in the audit log."""

    def __init__(self, session: Session, calendar: Calendar, dice: Dice) -> None:
        self.session, self.dice = session, dice
        self.at = calendar.moment(-450)
        self._number = 0

    def organisation(
        self,
        kind: OrganisationKind,
        country: str,
        name: str,
        parent: Organisation | None = None,
        seat: str | None = None,
    ) -> Organisation:
        """Make an organisation."""
        made = Organisation(kind=kind, country=country, name=name, seat_country=seat, parent=parent)
        self.session.add(made)
        audit.record(self.session, SYSTEM, "organisation.create", made, at=self.at)
        return made

    def person(self, home: Organisation, role: Role) -> Actor:
        """Make a user with one role and a name as is common where they work."""
        self._number += 1
        names = NAMES[LANGUAGES[home.country]]
        given = self.dice.pick(names.female if self._number % 2 else names.male)
        family = self.dice.pick(names.family)
        local = fold(f"{given} {family}").replace("'", "").replace(" ", ".").replace("-", ".")
        email = f"{local}.{self._number}@{DOMAIN}"
        made = User(
            organisation=home,
            email=email,
            email_folded=email,
            name=f"{given} {family}",
            locale=LANGUAGES[home.country],
            created_at=self.at,
            roles=[UserRole(role=role)],
        )
        self.session.add(made)
        audit.record(self.session, SYSTEM, "user.create", made, at=self.at)
        return actor_of(made)


def hire(session: Session, calendar: Calendar, dice: Dice) -> Cast:
    """Make all public organisations and their people."""
    hiring, cast = Hiring(session, calendar, dice), Cast()
    for destination in DESTINATIONS:
        home = hiring.organisation(OrganisationKind.DESTINATION_MINISTRY, destination.country, destination.ministry)
        for role in (Role.SHORTAGE_OFFICER, Role.SCHEME_OFFICER, Role.REVIEWER, Role.ADMINISTRATOR):
            cast.actors[destination.country, role] = hiring.person(home, role)
    for origin in ORIGINS:
        home = hiring.organisation(OrganisationKind.ORIGIN_MINISTRY, origin.country, origin.ministry)
        for role in (Role.SCHEME_OFFICER, Role.REVIEWER, Role.ADMINISTRATOR):
            cast.actors[origin.country, role] = hiring.person(home, role)
        for name, seat in origin.posts:
            post = hiring.organisation(OrganisationKind.CONSULAR_POST, origin.country, name, home, seat)
            pair = (hiring.person(post, Role.REGISTRATION_OFFICER), hiring.person(post, Role.SCREENING_OFFICER))
            cast.posts.setdefault(origin.country, []).append(pair)
    oversight = hiring.organisation(OrganisationKind.OVERSIGHT_BODY, "US", "Joint Oversight Panel (demonstration)")
    for role in (Role.AUDITOR, Role.APPEALS_OFFICER):
        cast.actors["US", role] = hiring.person(oversight, role)
    operator = hiring.organisation(OrganisationKind.OPERATOR, "US", "Operator (demonstration)")
    cast.actors["US", Role.OPERATOR] = hiring.person(operator, Role.OPERATOR)
    return cast
