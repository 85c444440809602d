import sqlalchemy as sa

from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User, UserRole
from mobility.rules.basics.organisations import ROLES_OF, OrganisationKind
from mobility.security.demo_doors import DOMAIN


def countries(session, kind):
    return set(session.scalars(sa.select(Organisation.country).where(Organisation.kind == kind)))


def test_two_destinations_and_five_origins_with_their_posts(look):
    assert countries(look, OrganisationKind.DESTINATION_MINISTRY) == {"US", "CA"}
    origins = countries(look, OrganisationKind.ORIGIN_MINISTRY)
    assert origins == {"GT", "HN", "SV", "JM", "HT"}
    assert countries(look, OrganisationKind.CONSULAR_POST) == origins


def test_nobody_can_own_the_addresses(look):
    emails = list(look.scalars(sa.select(User.email_folded)))
    assert len(emails) == len(set(emails)) > 80
    assert all(email.endswith(f"@{DOMAIN}") and email.isascii() for email in emails)
    assert DOMAIN.endswith(".example")


def test_everybody_holds_one_role_that_their_organisation_has(look):
    held = look.execute(
        sa.select(User.id, Organisation.kind, UserRole.role)
        .join(Organisation, User.organisation_id == Organisation.id)
        .join(UserRole, UserRole.user_id == User.id)
    ).all()
    assert len({user for user, _, _ in held}) == len(held) == look.scalar(sa.select(sa.func.count()).select_from(User))
    assert all(role in ROLES_OF[kind] for _, kind, role in held)
