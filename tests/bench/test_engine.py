import numpy as np
import pytest
from click.testing import CliRunner

pytest.importorskip("sparse_dot_topn", reason="the peers of the benchmark are not installed: requirements/bench.txt")

from bench import engine_peers as peers
from bench.coverage import best_covered
from bench.engine import PARTS, _any_level, command
from bench.world import world
from mobility.matching.core.ties import scores_of
from mobility.matching.eligibility.rule_columns import rule_columns_of
from mobility.matching.runs.what_if import counted
from mobility.matching.snapshots.snapshot import snapshot_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def small():
    made = world(1_500, 6)
    rule_columns = rule_columns_of(
        made.demand, made.run_settings.schemes, made.run_settings.on, frozenset(made.pool.facts)
    )
    return made, rule_columns, snapshot_of(made.pool, rule_columns, made.run_settings.on.toordinal())


def test_every_part_prints_its_table():
    given = [
        "--workers",
        "1500",
        "--vacancies",
        "6",
        "--peer-vacancies",
        "2",
        "--runs",
        "1",
        "--rounds",
        "2",
        "--no-postgres",
    ]
    told = CliRunner().invoke(command, given, catch_exceptions=False)
    assert told.exit_code == 0
    assert all(f"### {part}" in told.output for part in PARTS)
    assert "Both find the same workers eligible" in told.output


def test_every_way_to_count_counts_the_same(small):
    made, rule_columns, snapshot = small
    naive = peers.Pipeline(made, snapshot, 5, 2)
    expected = counted(snapshot, rule_columns).counts.eligible.tolist()
    for name, count in peers.count_peers(made, naive):
        assert [count(row) for row in range(6)] == expected, name
    assert sum(expected) > 0


def test_every_peer_finds_the_same_shares(small):
    made, _, snapshot = small
    demand = _any_level(made.demand)
    lists = best_covered([snapshot], demand, peers.TOP, 1)
    truth = [scores_of(keys) for keys in np.split(lists.keys, lists.start[1:-1])]
    for peer in peers.coverage_peers(made, demand, postgres=False):
        found = peer.run()
        assert [peers.recall(one, other) for one, other in zip(truth, found, strict=False)] == [1.0] * len(found), (
            peer.name
        )
