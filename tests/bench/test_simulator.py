"""The benchmark of the simulator runs small, and its peer counts the same people."""

import numpy as np
import pytest
from click.testing import CliRunner

pytest.importorskip("sparse_dot_topn", reason="the peers of the benchmark are not installed: requirements/bench.txt")

from bench.simulator import _CHANGES, _changed_rules, _laid_out, command
from bench.world import world
from mobility.matching.runs.what_if import changed

pytestmark = pytest.mark.slow


def small(*more):
    given = ["--workers", "1500", "--vacancies", "60", "--scheme", "5", "--peer-vacancies", "2", "--runs", "1", *more]
    return CliRunner().invoke(command, given, catch_exceptions=False)


def test_every_question_prints_a_line_and_memory_is_said():
    told = small("--no-postgres")
    assert told.exit_code == 0
    for question in ("counts and waterfall", "one rule changed", "one quota changed in", "one quota changed over",
                     "the whole page", "The scheme's pool in memory"):  # fmt: skip
        assert question in told.output


@pytest.mark.postgres
def test_postgres_counts_the_same_people(postgres_server):
    told = small()
    assert told.exit_code == 0
    assert "Both count the same workers after each rule." in told.output
    assert "asked about 2" in told.output


def test_every_change_touches_the_scheme():
    made = world(1_500, 60)
    bench = _laid_out(made, np.flatnonzero(made.demand.scheme == 0)[:5])
    before = bench.scheme.result.rule_counts.failed.tolist()
    for change in _CHANGES:
        after = changed(bench.scheme, [_changed_rules(bench.rules, change)])
        assert after.result.rule_counts.failed.tolist() != before, change
