"""Who works at the consular post in the tests of workers."""

import pytest
from sqlalchemy.orm import Session

from mobility.models.accounts.organisations import Organisation
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.security.actors import Actor
from tests.factories import Make

POST = OrganisationKind.CONSULAR_POST


@pytest.fixture
def registrar(make: Make) -> Actor:
    """Return who registers people in Guatemala; the work that they ask for is known."""
    make.occupation("9211")
    make.asked_skill("S0001", of="9211")
    return make.actor(POST, "GT", Role.REGISTRATION_OFFICER)


@pytest.fixture
def screener(make: Make, session: Session, registrar: Actor) -> Actor:
    """Return who checks people at the same post."""
    post = session.get_one(Organisation, registrar.organisation_id)
    return make.actor(POST, "GT", Role.SCREENING_OFFICER, of=post)
