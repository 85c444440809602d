"""Words for organisations and roles."""

from collections.abc import Mapping
from enum import Enum

from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.wording.texts import Text
from mobility.wording.texts import marked as _l

_KINDS: Mapping[Enum, Text] = {
    OrganisationKind.DESTINATION_MINISTRY: _l("Ministry of the destination country"),
    OrganisationKind.ORIGIN_MINISTRY: _l("Ministry of the country of origin"),
    OrganisationKind.CONSULAR_POST: _l("Consular post"),
    OrganisationKind.EMPLOYER: _l("Employer"),
    OrganisationKind.OVERSIGHT_BODY: _l("Oversight body"),
    OrganisationKind.OPERATOR: _l("Operator"),
}

_ROLES: Mapping[Enum, Text] = {
    Role.SHORTAGE_OFFICER: _l("Shortage officer"),
    Role.SCHEME_OFFICER: _l("Scheme officer"),
    Role.REVIEWER: _l("Reviewer"),
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.REGISTRATION_OFFICER: _l("Registration officer"),
    Role.SCREENING_OFFICER: _l("Screening officer"),
    Role.EMPLOYER_ADMINISTRATOR: _l("Employer administrator"),
    Role.RECRUITER: _l("Recruiter"),
    Role.AUDITOR: _l("Auditor"),
    Role.APPEALS_OFFICER: _l("Appeals officer"),
    Role.OPERATOR: _l("Operator of the installation"),
    Role.WORKER: _l("Worker"),
}

#: Two tables, since an organisation and a role may have the same value.
LABELS = (_KINDS, _ROLES)

SENTENCES: Mapping[str, Text] = {
    "organisation.role_not_of_kind": _l("An organisation of this kind has no users with the role %(role)s."),
}
