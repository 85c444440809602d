"""``mobility taxonomy``: files go in wholly or not, twice without harm; an upgrade says first what it would do."""

import csv

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from mobility.cli.concepts.taxonomy import group
from mobility.db import write_tx
from mobility.errors import InvalidError
from mobility.models.concepts.taxonomies import CodeLink, Concept, TaxonomyEdition
from mobility.security.installation import open_database
from mobility.services.platform import migrations, reference_data
from mobility.settings import Settings
from tests.formats.taxonomy_files import ROOT, SAMPLE, changed, copy_of, zipped

SOC = str(ROOT / "tests/files/seasonal/soc_isco_sample.csv")


@pytest.fixture
def sessions(tmp_path, monkeypatch, index_folder):
    monkeypatch.setenv("MOBILITY_INSTANCE_DIR", str(tmp_path / "instance"))
    made = open_database(Settings.from_env())
    migrations.upgrade(made.kw["bind"])
    with write_tx(made) as session:
        reference_data.load(session)
    yield made
    made.kw["bind"].dispose()


def run(*arguments):
    return CliRunner().invoke(group, [str(each) for each in arguments])


def count(sessions, model):
    with sessions() as session:
        return session.scalar(sa.select(sa.func.count(model.id)))


def test_a_bundle_goes_in_with_counts_a_report_and_the_notice(sessions, tmp_path):
    archive = zipped(SAMPLE, tmp_path / "ESCO dataset - v1.9.0 - classification - en - csv.zip")
    done = run("import", "esco", archive)
    assert done.exit_code == 0, done.output
    assert "esco 1.9.0: 10 concepts new, 0 changed, 0 retired" in done.output
    assert "This service uses the ESCO classification of the European Commission." in done.output
    assert count(sessions, Concept) == 10
    with (tmp_path / "instance/imports/esco-report.csv").open(encoding="utf-8-sig") as lines:
        listed = {row["code"]: row for row in csv.DictReader(lines)}
    assert (listed["label_missing"]["file"], listed["label_missing"]["line"]) == ("skills_fr.csv", "5")
    assert all(row["what to do"] for row in listed.values())


def test_search_is_made_ready_by_the_import(sessions, tmp_path):
    run("import", "esco", SAMPLE)
    made = {folder.name.partition("-")[0] for folder in (tmp_path / "instance/concepts").iterdir()}
    assert made == {"occupations", "skills"}


def test_the_same_files_again_say_so(sessions):
    run("import", "esco", SAMPLE)
    again = run("import", "esco", SAMPLE)
    assert "in use already, from the same files; nothing was changed" in again.output


def test_nothing_of_a_broken_bundle_stays_and_the_line_is_told(sessions, tmp_path):
    broken = changed(tmp_path, "occupations_en.csv", ",9313,", ",x,", name="esco v1.9.0")
    report = tmp_path / "wrong.csv"
    done = run("import", "esco", broken, "--report", report)
    assert isinstance(done.exception, InvalidError)
    assert done.exception.params["file"] == "occupations_en.csv"
    assert "occupations_en.csv, line 10, iscoGroup: not_an_isco_group; expected four digits" in done.output
    assert "not_an_isco_group" in report.read_text(encoding="utf-8-sig")
    assert count(sessions, Concept) == count(sessions, TaxonomyEdition) == 0


def test_a_foreign_file_is_refused_by_its_name(sessions, tmp_path):
    folder = copy_of(tmp_path)
    (folder / "skills_en.csv").write_text("<html>")
    done = run("import", "esco", folder)
    assert done.exception.code == "file_foreign"
    assert done.exception.params["file"] == "skills_en.csv"


def test_the_list_names_what_is_embedded_and_every_edition(sessions):
    empty = run("list").output
    run("import", "esco", SAMPLE, "--language", "en")
    run("import", "crosswalk", SOC)
    told = run("list").output
    assert "embedded: 619 groups of ISCO-08" in empty
    assert "ESCO" not in empty
    assert "esco 1.9.0 (in use): 4 occupations, 4 skills, 4 links; en" in told
    assert "soc2010 " in told
    assert "European Commission" in told


def test_an_upgrade_says_what_it_would_change_and_changes_nothing_until_told_to(sessions, tmp_path):
    run("import", "esco", SAMPLE)
    later = changed(tmp_path, "occupations_en.csv", ",7212,pipe welder", ",7213,plate worker", name="esco v2.0.0")
    for language in ("es", "fr"):
        table = later / f"occupations_{language}.csv"
        table.write_text(table.read_text().replace(",7212,", ",7213,"))
    refused = run("import", "esco", later)
    assert refused.exception.code == "taxonomy.other_version"
    dry = run("upgrade", "esco", later)
    assert "from 1.9.0 to 2.0.0: 0 new, 9 as they were" in dry.output
    assert "7212 -> 7213" in dry.output
    assert "pipe welder -> plate worker" in dry.output
    assert "Nothing was changed" in dry.output
    assert "1.9.0 (in use)" in run("list").output
    done = run("upgrade", "esco", later, "--apply")
    assert done.exit_code == 0, done.output
    told = run("list").output
    assert "2.0.0 (in use)" in told
    assert "1.9.0 (replaced)" in told


def test_a_national_crosswalk_is_read_by_its_columns(sessions, tmp_path):
    table = tmp_path / "cno.csv"
    table.write_text("Codigo;CIUO\n12;9211\n13;7212\n")
    done = run("import", "crosswalk", table, "--columns", "cno-gt:source=Codigo,target=CIUO", "--version", "2019")
    assert "crosswalk 2019" in done.output
    assert count(sessions, CodeLink) == 2
    wrong = run("import", "crosswalk", table, "--columns", "cno-gt")
    assert wrong.exception.code == "column_map"


def test_an_unknown_kind_or_no_file_is_a_slip_of_the_command(sessions):
    assert run("import", "isic", SAMPLE).exit_code == 2
    assert run("import", "esco").exit_code == 2
