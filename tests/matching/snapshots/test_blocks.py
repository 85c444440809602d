import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mobility.matching.core.bitsets import unpack
from mobility.matching.eligibility.eligibility import PoolRules
from mobility.matching.eligibility.marks import Mark
from mobility.matching.scoring.attributes import attributes_of
from mobility.matching.snapshots.blocks import (
    EVERYBODY,
    NOBODY,
    BlockArrays,
    block_bytes,
    obstacles,
)
from tests.matching import worlds
from tests.matching.engines import EPOCH, planned, snapshot

SEEDS = st.integers(0, 10_000)
#: All arrays of a snapshot. Nothing protected: birth date, nationality and the like are only in finished rule bits.
ALLOWED = [
    "key", "record", "pay", "wishes", "skill_start", "skill_worker", "skill_grade", "work_start", "work_worker",
    "work_code", "bits", "passed", "unknown",
]  # fmt: skip


def world(seed, n=70):
    return worlds.pool(seed, n), worlds.demand(seed, 6), worlds.run_settings()


def test_arrays_are_those_that_were_decided_on():
    assert list(BlockArrays._fields) == ALLOWED


@settings(max_examples=20)
@given(SEEDS)
def test_a_block_gives_back_the_attributes_that_it_was_built_from(seed):
    pool, demand, run_settings = world(seed)
    held = snapshot(pool, demand, run_settings)
    back, there = held.attributes(0), attributes_of(pool.take(np.argsort(pool.key)).profile, EPOCH)
    for name in ("skills", "work", "destinations", "sectors"):
        assert getattr(back, name).toarray().tolist() == getattr(there, name).toarray().tolist()
    assert (back.record.tolist(), back.pay.tolist()) == (there.record.tolist(), there.pay.tolist())


@settings(max_examples=20)
@given(SEEDS)
def test_bits_of_a_column_are_the_verdicts_of_its_rule(seed):
    pool, demand, run_settings = world(seed)
    held, rule_columns = snapshot(pool, demand, run_settings).blocks[0], planned(pool, demand, run_settings)
    ordered = pool.take(np.argsort(pool.key))
    rules = PoolRules(ordered, run_settings.schemes, run_settings.on)
    for vacancy in range(len(demand)):
        marks = rules.marks(demand, vacancy)
        for rule in range(rule_columns.rules_of(vacancy)):
            column = rule_columns.numbers[vacancy, rule]
            passed, unknown = (unpack(held.bits[which[column]], len(pool)) for which in (held.passed, held.unknown))
            assert passed.tolist() == (marks[rule] == Mark.PASS).tolist()
            assert unknown.tolist() == (marks[rule] == Mark.UNKNOWN).tolist()


def test_equal_sets_are_kept_once_and_two_are_always_there():
    pool, demand, run_settings = world(3)
    block = snapshot(pool, demand, run_settings).blocks[0]
    assert len(np.unique(block.bits, axis=0)) == len(block.bits)
    assert unpack(block.bits[EVERYBODY], len(pool)).all()
    assert not block.bits[NOBODY].any()


def test_the_obstacle_is_the_first_rule_not_passed():
    pool, demand, run_settings = world(5)
    block, rule_columns = snapshot(pool, demand, run_settings).blocks[0], planned(pool, demand, run_settings)
    marks = PoolRules(pool.take(np.argsort(pool.key)), run_settings.schemes, run_settings.on).marks(demand, 0)
    columns = np.where(rule_columns.blocking[0], rule_columns.numbers[0], -1)
    found = obstacles(block, np.tile(columns, (len(pool), 1)), np.arange(len(pool)))
    short = (marks < Mark.PASS) & rule_columns.blocking[0, : len(marks), None]
    assert found.tolist() == [int(np.argmax(column)) if column.any() else -1 for column in short.T]


def test_arrays_cannot_be_written():
    block = snapshot(*world(6)).blocks[0]
    assert not any(array.flags.writeable for array in block)
    assert block_bytes(block) == sum(array.nbytes for array in block)
