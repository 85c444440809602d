"""A small demo world for a served place, and the people in it."""

from datetime import datetime

import sqlalchemy as sa

from mobility.clock import now
from mobility.db import read_tx, write_tx
from mobility.demo import world
from mobility.demo.world import Plan
from mobility.jobs.match_run import MatchHandlers
from mobility.jobs.runner import Runner
from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User, UserRole
from mobility.rules.basics.organisations import Role
from mobility.security.actors import Actor
from mobility.services.match_runs import match_runs
from tests.browser.place import Place


def build(place: Place, *, workers: int) -> None:
    """Make the demo world in the place's empty database."""

    def match(officer: Actor, scheme: str, at: datetime, seed: int) -> str:
        with write_tx(place.sessions) as session:
            ref = match_runs.start(session, officer, scheme, at=at, seed=seed).ref
        Runner(place.sessions, MatchHandlers().handlers(), lambda: at).until_empty()
        return ref

    world.build(place.sessions, Plan(1, workers), place.settings.instance_dir, match, today=now().date())


def person(place: Place, role: Role, country: str) -> int:
    """Return the id of the first user with a role in a country."""
    held = sa.select(User.id).join(Organisation).join(UserRole)
    with read_tx(place.sessions) as session:
        return session.scalars(held.where(UserRole.role == role, Organisation.country == country)).first()
