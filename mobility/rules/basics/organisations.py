"""Kinds of organisation and the roles that their users may hold; no permissions (see security/policy)."""

from collections.abc import Mapping
from enum import StrEnum, auto
from types import MappingProxyType

from mobility.errors import InvalidError

CODES = ("organisation.role_not_of_kind",)


class OrganisationKind(StrEnum):
    """What an organisation is in the case file."""

    DESTINATION_MINISTRY = auto()
    ORIGIN_MINISTRY = auto()
    CONSULAR_POST = auto()
    EMPLOYER = auto()
    OVERSIGHT_BODY = auto()
    OPERATOR = auto()


class Role(StrEnum):
    """What a user does; a worker is a user without an organisation."""

    SHORTAGE_OFFICER = auto()
    SCHEME_OFFICER = auto()
    REVIEWER = auto()
    ADMINISTRATOR = auto()
    REGISTRATION_OFFICER = auto()
    SCREENING_OFFICER = auto()
    EMPLOYER_ADMINISTRATOR = auto()
    RECRUITER = auto()
    AUDITOR = auto()
    APPEALS_OFFICER = auto()
    OPERATOR = auto()
    WORKER = auto()


#: Roles that users of each kind of organisation may hold (domain.md §2).
ROLES_OF: Mapping[OrganisationKind, frozenset[Role]] = MappingProxyType(
    {
        OrganisationKind.DESTINATION_MINISTRY: frozenset(
            {Role.SHORTAGE_OFFICER, Role.SCHEME_OFFICER, Role.REVIEWER, Role.ADMINISTRATOR}
        ),
        OrganisationKind.ORIGIN_MINISTRY: frozenset({Role.SCHEME_OFFICER, Role.REVIEWER, Role.ADMINISTRATOR}),
        OrganisationKind.CONSULAR_POST: frozenset({Role.REGISTRATION_OFFICER, Role.SCREENING_OFFICER}),
        OrganisationKind.EMPLOYER: frozenset({Role.EMPLOYER_ADMINISTRATOR, Role.RECRUITER}),
        OrganisationKind.OVERSIGHT_BODY: frozenset({Role.AUDITOR, Role.APPEALS_OFFICER}),
        OrganisationKind.OPERATOR: frozenset({Role.OPERATOR}),
    }
)


def roles_of(kind: OrganisationKind | None) -> frozenset[Role]:
    """Return the roles open to a user of this kind of organisation; ``None`` is a worker."""
    return frozenset({Role.WORKER}) if kind is None else ROLES_OF[kind]


def check_roles(kind: OrganisationKind | None, roles: frozenset[Role]) -> None:
    """Refuse roles that a user of this kind of organisation may not hold.

    Raises
    ------
    InvalidError
        ``organisation.role_not_of_kind``, naming the first role in question.
    """
    for role in sorted(roles - roles_of(kind)):
        raise InvalidError("organisation.role_not_of_kind", field="roles", role=role, kind=kind or "none")
