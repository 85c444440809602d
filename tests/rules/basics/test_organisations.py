import pytest

from mobility.errors import InvalidError
from mobility.rules.basics import organisations
from mobility.rules.basics.organisations import ROLES_OF, OrganisationKind, Role, check_roles, roles_of


def test_every_kind_has_roles_and_every_role_but_the_workers_a_kind():
    assert set(ROLES_OF) == set(OrganisationKind)
    assert all(ROLES_OF.values())
    assert frozenset().union(*ROLES_OF.values()) == set(Role) - {Role.WORKER}


@pytest.mark.parametrize(
    ("kind", "roles"),
    [
        ("destination_ministry", "shortage_officer scheme_officer reviewer administrator"),
        ("origin_ministry", "scheme_officer reviewer administrator"),
        ("consular_post", "registration_officer screening_officer"),
        ("employer", "employer_administrator recruiter"),
        ("oversight_body", "auditor appeals_officer"),
        ("operator", "operator"),
    ],
)
def test_roles_are_those_of_the_domain(kind, roles):
    assert roles_of(OrganisationKind(kind)) == {Role(role) for role in roles.split()}


def test_whoever_has_no_organisation_is_a_worker():
    assert roles_of(None) == {Role.WORKER}
    check_roles(None, frozenset({Role.WORKER}))


def test_oversight_and_operator_are_in_no_approval_chain():
    deciding = {Role.REVIEWER, Role.SCHEME_OFFICER, Role.SHORTAGE_OFFICER, Role.RECRUITER}
    assert not ROLES_OF[OrganisationKind.OVERSIGHT_BODY] & deciding
    assert not ROLES_OF[OrganisationKind.OPERATOR] & deciding


@pytest.mark.parametrize("kind", [None, *OrganisationKind])
def test_every_role_but_its_own_is_refused(kind):
    check_roles(kind, roles_of(kind))
    for role in set(Role) - roles_of(kind):
        with pytest.raises(InvalidError) as refusal:
            check_roles(kind, roles_of(kind) | {role})
        assert refusal.value.code in organisations.CODES
        assert refusal.value.params == {"role": role, "kind": kind or "none"}


def test_the_table_cannot_be_changed():
    with pytest.raises(TypeError):
        ROLES_OF[OrganisationKind.OPERATOR] = frozenset(Role)
