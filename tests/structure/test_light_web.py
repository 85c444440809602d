"""A web process that never matches: every page of a whole world, in a process of its own, loads no engine of matching."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mobility.clock import now
from mobility.security import browser_sessions
from mobility.views.frame.access import ACCESS
from tests.memory import PROBE
from tests.structure.test_access import routes
from tests.structure.world import World

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
#: What only matching, learning and reading foreign sheets need, and what no page needs.
HEAVY = {"numba", "llvmlite", "sklearn", "pandas", "distributed", "ortools"}
#: Pages that try other rules on the whole pool, which is matching.
SIMULATING = ("simulations.", "scenarios.")
#: People whose pages together are all pages of the menu.
PEOPLE = ("us_scheme_officer", "us_shortage_officer", "gt_reviewer", "registrar", "employer", "auditor")
#: What the application and all its pages may take; with the engines loaded they took 300.
MEGABYTES = 225
PROGRAM = (
    PROBE
    + f"HEAVY = {HEAVY!r}"
    + """
import json, sys
from mobility.app import create_app
from mobility.settings import Settings

asked = json.load(sys.stdin)
app = create_app(Settings.from_env())
answers, heavy = {}, {}
for token, paths in asked.items():
    client = app.test_client()
    client.set_cookie("sid", token)
    for path in paths:
        status = client.get(path).status_code
        answers[str(status)] = answers.get(str(status), 0) + 1
        for name in set(sys.modules) & HEAVY - set(heavy):
            heavy[name] = path
json.dump([answers, heavy, megabytes()], sys.stdout)
"""
)


@pytest.fixture
def asked(session, make, app, keyring, tmp_path, in_turn):
    """Return the addresses to ask for by the token of a person's browser; the keyring is where a process finds it."""
    world = World.build(make)
    paths = [
        route.path(ref)
        for route in routes(app)
        if route.method == "GET" and route.endpoint != "static" and not route.endpoint.startswith(SIMULATING)
        for ref in _refs(world, route.endpoint)
    ]
    keyring.save(tmp_path / "keyring.json")
    people = in_turn({name: world.people[name] for name in PEOPLE}).values()
    opened = {
        browser_sessions.create(session, at=now(), user_id=who.user_id, state={"language": "en"}) for who in people
    }
    session.commit()
    return dict.fromkeys(opened, paths)


def _refs(world, endpoint):
    model = ACCESS[endpoint].of
    return list(world.objects.get(model, {}).values())[:1] if model else [""]


def test_pages_load_no_engine_of_matching_and_no_reader_of_sheets(asked, database_url, tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOBILITY_")}
    given = {
        "DATABASE_URL": database_url,
        "KEYRING": str(tmp_path / "keyring.json"),
        "INSTANCE_DIR": str(tmp_path / "i"),
    }
    environ = kept | {f"MOBILITY_{name}": value for name, value in given.items()}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=environ, input=json.dumps(asked), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answers, heavy, megabytes = json.loads(done.stdout)
    assert heavy == {}
    assert megabytes <= MEGABYTES
    assert answers["200"] > len(asked) * 15
    assert max(answers) < "500"
