"""``mobility import seasonal-jobs`` stores good rows, lists the others in a file, and runs twice without harm."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from mobility.cli.vacancies.imports import group
from mobility.db import write_tx
from mobility.errors import InvalidError, NotFoundError
from mobility.models.vacancies import Vacancy
from mobility.security.installation import open_database
from mobility.services.platform import migrations, reference_data
from mobility.settings import Settings
from tests.factories import Make

SAMPLES = Path(__file__).parents[2] / "files" / "seasonal"
CROSSWALK = ("--crosswalk", str(SAMPLES / "soc_isco_sample.csv"))
FILE = str(SAMPLES / "h2b_fy2018_sample.csv.gz")


@pytest.fixture
def sessions(tmp_path, monkeypatch):
    monkeypatch.setenv("MOBILITY_INSTANCE_DIR", str(tmp_path))
    made = open_database(Settings.from_env())
    migrations.upgrade(made.kw["bind"])
    yield made
    made.kw["bind"].dispose()


@pytest.fixture
def scheme(sessions):
    with write_tx(sessions) as session:
        reference_data.load(session)
        make = Make(session, datetime(2026, 5, 4, tzinfo=UTC))
        return make.scheme(make.scheme_officer("US"), make.scheme_officer("HN", origin=True)).ref


def run(*arguments):
    return CliRunner().invoke(group, ["seasonal-jobs", *arguments])


def test_good_rows_go_in_and_the_others_are_listed(scheme, sessions, tmp_path):
    report = tmp_path / "left-out.csv"

    done = run(FILE, "--scheme", scheme, *CROSSWALK, "--report", str(report))

    assert done.exit_code == 0, done.output
    assert "6 vacancies imported, 0 already there, 6 new employers" in done.output
    assert "3 rows skipped, 3 rows refused" in done.output
    with report.open(encoding="utf-8-sig") as lines:
        listed = list(csv.DictReader(lines))
    assert {row["code"] for row in listed} >= {"not_certified", "suggested_by_title", "hidden_by_width"}
    assert all(row["what to do"] for row in listed)
    assert all(row["suggestion"] for row in listed if row["code"] == "suggested_by_title")
    with sessions() as session:
        assert session.scalar(sa.select(sa.func.count(Vacancy.id))) == 6


def test_a_second_run_says_already_there(scheme):
    run(FILE, "--scheme", scheme, *CROSSWALK)
    again = run(FILE, "--scheme", scheme, *CROSSWALK)
    assert "0 vacancies imported, 6 already there, 0 new employers" in again.output


def test_without_a_place_for_it_the_report_lands_in_the_instance_folder(scheme, tmp_path):
    run(FILE, "--scheme", scheme, *CROSSWALK)
    assert (tmp_path / "imports" / "h2b_fy2018_sample-report.csv").exists()


def test_dates_move_by_whole_years(scheme, sessions):
    run(FILE, "--scheme", scheme, *CROSSWALK, "--shift-years", "9")
    with sessions() as session:
        assert session.scalar(sa.select(sa.func.min(Vacancy.starts_on))).year == 2027


def test_an_unknown_scheme_and_a_crosswalk_that_is_none_stop_at_once(scheme, sessions):
    assert isinstance(run(FILE, "--scheme", "S-0000-0000-0", *CROSSWALK).exception, NotFoundError)
    assert isinstance(run(FILE, "--scheme", scheme, "--crosswalk", FILE).exception, InvalidError)
    assert run(FILE, "--scheme", scheme).exit_code == 2
    with sessions() as session:
        assert session.scalar(sa.select(sa.func.count(Vacancy.id))) == 0
