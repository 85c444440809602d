"""``mobility match scorecards`` in a terminal."""

import json

import pytest
from click.testing import CliRunner

from mobility.cli.match_runs.match import group
from mobility.db import write_tx
from mobility.errors import ForbiddenError, InvalidError, NotFoundError
from mobility.matching.scoring.scorecard import expert_scorecard, read_scorecard, scorecard_from
from mobility.models.accounts.users import User
from mobility.queries.lists.match_run_lists import newest_use
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.services.match_runs import scorecards
from tests.factories import Make


@pytest.fixture(autouse=True)
def installation(sessions, database_url, keyring, tmp_path, monkeypatch):
    folder = tmp_path / "instance"
    folder.mkdir()
    keyring.save(folder / "keyring.json")
    for name, value in {"DATABASE_URL": database_url, "INSTANCE_DIR": str(folder), "MODE": "demo"}.items():
        monkeypatch.setenv(f"MOBILITY_{name}", value)


@pytest.fixture
def file(tmp_path):
    document = json.loads(json.dumps(expert_scorecard().document))
    document["features"][0]["weight"] -= 100
    document["features"][1]["weight"] += 100
    path = tmp_path / "card.json"
    path.write_text(scorecard_from({**document, "id": "learned-1"}).text(), encoding="utf-8")
    return path


def call(*words):
    done = CliRunner().invoke(group, ["scorecards", *map(str, words)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_file_is_stored_put_in_force_listed_and_shown(file, sessions):
    assert "1  expert-1, experts" in call("list")
    assert "Stored as scorecard 2" in call("add", file)
    assert call("list").splitlines()[0].endswith("not in force")
    assert call("use", 2) == "Scorecard 2 is in force instead of 1\n"
    newest, oldest = call("list").splitlines()
    assert "in force since" in newest
    assert oldest.endswith("not in force")
    assert read_scorecard(call("show", 2)).sha256 == read_scorecard(file.read_text(encoding="utf-8")).sha256
    with sessions() as session:
        assert scorecards.in_force(session).number == 2


def test_what_does_not_fit_is_refused_with_its_code(file):
    file.write_text(file.read_text(encoding="utf-8").replace("learned-1", "learned-2"), encoding="utf-8")
    with pytest.raises(InvalidError, match=r"scorecard\.altered"):
        call("add", file)
    with pytest.raises(NotFoundError, match="scorecard 7"):
        call("use", 7)


def test_it_is_done_in_the_name_of_an_operator_and_of_nobody_else(file, sessions, at):
    with write_tx(sessions) as session:
        make = Make(session, at)
        operator = make.actor(OrganisationKind.OPERATOR, "US", Role.OPERATOR)
        officer = make.scheme_officer("US")
        emails = {who: session.get_one(User, who.user_id).email for who in (operator, officer)}
    with pytest.raises(ForbiddenError):
        call("add", file, "--by", emails[officer])
    call("add", file, "--origin", "experts", "--by", emails[operator])
    call("use", 2, "--by", emails[operator])
    with sessions() as session:
        assert newest_use(session).begun_by_id == operator.user_id
