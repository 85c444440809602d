"""The demo's match runs come to what they came to: their digests against golden ones kept beside this file (ADR 21)."""

import json
from pathlib import Path

import sqlalchemy as sa

from mobility.models.match_runs import MatchRun
from mobility.rules.cases.match_runs import MatchRunState

GOLDEN = Path(__file__).with_name("golden_digests.json")


def test_the_demos_runs_have_the_golden_digests(look):
    rows = look.execute(sa.select(MatchRun.ref, MatchRun.digest).order_by(MatchRun.id)).all()
    digests = dict(rows)
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    differing = sorted(ref for ref in digests.keys() | golden.keys() if digests.get(ref) != golden.get(ref))
    assert not differing, (
        f"{len(differing)} of the demo's {len(golden)} match runs come to something else: {', '.join(differing)}.\n"
        "If nothing about matching, rules or the demo world was meant to change, this is a fault: find it with\n"
        "`git bisect` and mend it. If it was meant, find out which inputs, rule counts or lists differ and why, say so\n"
        f"in docs/decisions/0021-golden-digests.md, and put this into tests/demo/{GOLDEN.name}:\n"
        f"{json.dumps(digests, indent=2)}"
    )


def test_all_of_the_demos_runs_are_finished(look):
    states = look.scalars(sa.select(MatchRun.state)).all()
    assert set(states) == {MatchRunState.FINISHED}
    assert len(states) == 8
