"""What tests of every page share: who is asked on which database."""

import pytest


@pytest.fixture(params=["in turn", pytest.param("everybody", marks=pytest.mark.long)])
def in_turn(request, database_url):
    """Return who of some people is asked on this database: every other, the rest on the other one; or all."""
    first = None if request.param == "everybody" else int(database_url.startswith("postgresql"))
    return lambda people: dict(list(people.items())[first :: 2 if first is not None else None])
