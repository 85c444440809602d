"""Who acts: a user in an organisation with roles, or the system itself; a plain value, no row."""

from dataclasses import dataclass
from datetime import date, datetime

from mobility.models.accounts.users import User
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.basics.places import day_in


@dataclass(frozen=True)
class Actor:
    """The person (or the system) on whose behalf a use case runs; ids are None for the system only.

    ``ministry_id`` is the organisation itself, or for a consular post the ministry that it belongs to.
    ``seat`` is the country in which the organisation sits.
    """

    user_id: int | None
    user_ref: str
    name: str
    organisation_id: int | None
    organisation_ref: str
    organisation_name: str
    kind: OrganisationKind | None
    country: str
    roles: frozenset[Role]
    ministry_id: int | None = None
    seat: str = ""

    def today(self, at: datetime) -> date:
        """Return the day that it is where the actor's organisation sits."""
        return day_in(self.seat or self.country, at)

    def has(self, *roles: Role) -> bool:
        """Tell whether the actor holds any of the roles."""
        return not self.roles.isdisjoint(roles)


#: Expiry by date, supersession, background work: what no person does. It is granted only what POLICY names for it.
SYSTEM = Actor(None, "SYSTEM", "", None, "SYSTEM", "", None, "", frozenset())


def actor_of(user: User) -> Actor:
    """Return the actor that a user (with organisation and roles loaded) is."""
    organisation = user.organisation
    return Actor(
        user_id=user.id,
        user_ref=user.ref,
        name=user.name,
        organisation_id=organisation.id,
        organisation_ref=organisation.ref,
        organisation_name=organisation.name,
        kind=organisation.kind,
        country=organisation.country,
        roles=frozenset(held.role for held in user.roles),
        ministry_id=organisation.parent_id or organisation.id,
        seat=organisation.seat,
    )
