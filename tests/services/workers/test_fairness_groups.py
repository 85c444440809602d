"""Groups for measuring fairness: written with the worker, read by the system alone, never shown as rows."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from mobility.errors import ForbiddenError
from mobility.models.workers.fairness_groups import FairnessGroup
from mobility.models.workers.profiles import Employment
from mobility.models.workers.workers import Worker
from mobility.queries.pools.fairness_groups import GROUPINGS, groups_of
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.cases.workers import Sex
from mobility.security.actors import SYSTEM
from mobility.security.scopes import SCOPES
from mobility.services.workers import fairness_groups
from tests.days import new_day

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def post(make):
    ministry = make.organisation(OrganisationKind.ORIGIN_MINISTRY, "GT")
    consulate = make.organisation(OrganisationKind.CONSULAR_POST, "GT", parent=ministry)
    return make.actor(OrganisationKind.CONSULAR_POST, "GT", Role.REGISTRATION_OFFICER, of=consulate)


def group_of(session, worker):
    return {name: values[0] for name, values in groups_of(session, SYSTEM, [worker.id]).items()}


class TestWriting:
    def test_what_a_worker_counts_as_follows_from_the_file(self, session, make, post, at):
        born = date(at.year - 30, 1, 5)
        worker = make.worker(post, sex=Sex.MALE, born_on=born, displaced_by="storm")
        assert group_of(session, worker) == {
            "sex": "male",
            "age": "25",
            "origin": "GT",
            "displaced": "yes",
            "returning": "no",
        }

    def test_a_season_under_a_scheme_makes_a_returning_worker(self, session, make, post, at):
        worker = make.worker(post)
        worker.employments.append(
            Employment(occupation=make.occupation("9211"), country="US", months=6, scheme_kind="seasonal")
        )
        fairness_groups.write(session, [worker.id], on=at.date())
        assert group_of(session, worker)["returning"] == "yes"
        assert session.scalar(sa.select(sa.func.count()).select_from(FairnessGroup)) == 1

    def test_ages_move_on_with_the_day_and_nothing_else_does(self, session, make, post, at):
        day = at.date()
        for years in (24, 25, 34, 35, 44, 54, 55):
            for shift in (-1, 0, 1):
                make.worker(post, born_on=date(day.year - years, day.month, day.day) + timedelta(days=shift))
        later = date(day.year + 3, day.month, day.day)
        moved = new_day(fairness_groups, session, datetime(later.year, later.month, later.day, 12, tzinfo=UTC), "GT")
        by_date = dict(session.execute(sa.select(FairnessGroup.worker_id, FairnessGroup.age_band)).all())
        fairness_groups.write(session, sorted(by_date), on=later)
        written = dict(session.execute(sa.select(FairnessGroup.worker_id, FairnessGroup.age_band)).all())
        assert moved > 0
        assert by_date == written
        assert (
            new_day(fairness_groups, session, datetime(later.year, later.month, later.day, 12, tzinfo=UTC), "GT") == 0
        )

    def test_whoever_was_never_written_is_unrecorded(self, session):
        assert groups_of(session, SYSTEM, [4711]) == {name: ["unrecorded"] for name in GROUPINGS}


class TestReading:
    @pytest.mark.parametrize("role", list(Role))
    def test_no_person_reads_rows(self, session, make, role):
        for kind in OrganisationKind:
            if kind is not OrganisationKind.CONSULAR_POST:
                actor = make.actor(kind, "US", role)
                with pytest.raises(ForbiddenError, match="fairness_measure"):
                    groups_of(session, actor, [1])

    def test_no_scope_shows_the_table(self):
        assert FairnessGroup not in SCOPES

    def test_only_one_place_reads_and_one_place_writes(self):
        naming = {
            str(file.relative_to(ROOT / "mobility"))
            for file in (ROOT / "mobility").rglob("*.py")
            if re.search(r"\bFairnessGroup\b", file.read_text())
        }
        assert naming == {
            "models/workers/fairness_groups.py",
            "queries/pools/fairness_groups.py",
            "services/workers/fairness_groups.py",
        }


def test_every_worker_of_a_corridor_is_recorded(session, make):
    make.corridor(workers=3)
    workers = set(session.scalars(sa.select(Worker.id)))
    assert set(session.scalars(sa.select(FairnessGroup.worker_id))) == workers
