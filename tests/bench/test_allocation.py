"""The benchmark of allocation in small: its world is the same for the same seed, its table says what it promises."""

import numpy as np
import pytest
from click.testing import CliRunner

from bench.edges import world

pytest.importorskip("ortools", reason="OR-Tools is not installed: its benchmark is not tested")
pytest.importorskip("matching", reason="matching is not installed: its benchmark is not tested")
from bench.allocation import command

SMALL = ["--vacancies", "60", "--listed", "40", "--workers", "900", "--small", "5", "--runs", "1"]


def table(output, after):
    lines = output[output.index(after) :].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:] if len(row) == len(rows[0])]


def test_the_table_names_each_method_with_its_total_and_what_is_wrong_with_it():
    done = CliRunner().invoke(command, SMALL)

    assert done.exit_code == 0, done.output
    own, flow, greedy = table(done.output, "a tree of quotas")
    assert (own["method"], flow["of best total"]) == ("deferred acceptance (own)", "100.00 %")
    assert (own["blocking"], own["over caps"], flow["over caps"], greedy["over caps"]) == ("0", "0", "0", "0")
    assert float(own["of best total"].removesuffix(" %")) > 90
    package = table(done.output, "what the package can express")[1]
    assert package["same outcome"] == "yes"


def test_the_world_of_a_seed_is_always_the_same_and_lists_nobody_twice():
    one, other = world(20, 30, 400), world(20, 30, 400)
    for mine, theirs in zip(one.pairs, other.pairs, strict=True):
        assert np.array_equal(mine, theirs)
    for vacancy in range(20):
        listed = one.pairs.worker[one.pairs.vacancy == vacancy]
        assert len(np.unique(listed)) == len(listed) == 30
    assert not np.array_equal(one.pairs.score, world(20, 30, 400, seed=2).pairs.score)


def test_its_quotas_leave_less_than_the_vacancies_want():
    made = world(200, 10, 400)
    assert made.limits.quotas.everybody.all()
    assert made.limits.quotas.remaining[: len(made.scheme)].sum() < made.limits.places.sum()
