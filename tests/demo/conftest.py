"""One demo world for all tests of this folder: they only read it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from mobility.db import read_tx
from mobility.security.keyring import Keyring
from tests.demo import worlds
from tests.demo.worlds import Built


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep what looks at a whole world out of the quick form of the suite."""
    for item in items:
        if "made" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="package")
def made(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, keyring: Keyring) -> Iterator[Built]:
    """Return a whole world of 150 workers."""
    with worlds.database(tmp_path_factory.mktemp("world"), sqlite_template, keyring) as place:
        yield worlds.build(place)


@pytest.fixture
def look(made: Built) -> Iterator[Session]:
    """Return a session that reads the world."""
    with read_tx(made.sessions) as session:
        yield session
