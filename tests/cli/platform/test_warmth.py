"""The search kept warm by the server: a request never makes an index, and says so until there is one."""

import logging

import pytest
import sqlalchemy as sa

from mobility.cli.platform import warmth
from mobility.cli.platform.warmth import warm
from mobility.db import read_tx, write_tx
from mobility.services.concepts.search import ConceptShelf, shelf
from tests.factories import Make


@pytest.fixture(autouse=True)
def _made_here(monkeypatch):
    """The index is made by the test's own process: a command would look at another database."""
    monkeypatch.setattr(warmth, "MAKE", ("true",))


def test_a_search_takes_only_what_is_held_until_the_first_round_is_over(session, sessions, make, tmp_path):
    make.occupation("9211")
    session.commit()
    indexes = ConceptShelf(tmp_path / "concepts")
    indexes.keep_warm()
    assert (indexes.is_ready, indexes.occupations(session)) == (False, None)
    assert not (tmp_path / "concepts").exists()
    session.rollback()
    warm(indexes, sessions)
    assert indexes.is_ready
    assert indexes.occupations(session) is not None


def test_what_changed_is_served_as_it_was_until_the_next_round(sessions, at, tmp_path):
    indexes = ConceptShelf(tmp_path / "concepts")
    indexes.keep_warm()
    held = []
    for code in ("9211", "7112"):
        with write_tx(sessions) as session:
            Make(session, at).occupation(code)
            held.append(indexes.occupations(session))
        warm(indexes, sessions)
        with read_tx(sessions) as session:
            held.append(indexes.occupations(session))
    nothing, first, still, second = held
    assert nothing is None
    assert first is still is not second
    assert second is not None


def test_a_failure_is_logged_and_the_site_serves_without_search(sessions, tmp_path, caplog):
    def fail():
        raise sa.exc.OperationalError("select", {}, Exception("away"))

    indexes = ConceptShelf(tmp_path / "concepts")
    indexes.keep_warm()
    with caplog.at_level(logging.WARNING):
        warm(indexes, fail)
    assert indexes.is_ready
    assert "OperationalError" in caplog.text


def test_the_site_says_that_its_search_is_not_ready_yet(app, visitor, tmp_path):
    assert visitor.client.get("/readyz").status_code == 200
    indexes = shelf(tmp_path / "instance", semantic=False)
    indexes.keep_warm()
    answer = visitor.client.get("/readyz")
    assert (answer.status_code, answer.json["reason"]) == (503, "search")
    indexes.tried()
    assert visitor.client.get("/readyz").status_code == 200
