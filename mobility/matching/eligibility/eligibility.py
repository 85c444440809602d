"""Rules over a whole pool at once: one verdict a rule and worker, and who is kept out by what; no scores."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core.arrays import Flags
from mobility.matching.eligibility.marks import Mark, Marks, marks_by_value
from mobility.matching.eligibility.rule_columns import WORKER, Question
from mobility.matching.facts.columns import AnyColumn
from mobility.matching.facts.demand import Demand
from mobility.matching.facts.derived import DERIVED, EXPERIENCE, derived_column
from mobility.matching.facts.pool import Pool
from mobility.rules.basics.findings import Severity
from mobility.rules.law.rulesets import Rule, in_force

#: Derived columns kept at once: several rules may ask for the same.
_COLUMNS_HELD = 32


class PoolRules:
    """The rules of every scheme, applied to one pool; answers that several vacancies share are worked out once.

    Parameters
    ----------
    pool : Pool
        Workers.
    schemes : sequence of sequence of Rule
        Rules by scheme, all versions.
    on : date
        The day whose law applies.
    """

    def __init__(self, pool: Pool, schemes: Sequence[Sequence[Rule]], on: date) -> None:
        self.pool = pool
        self.schemes = [in_force(rules, on) for rules in schemes]
        self._column = lru_cache(maxsize=_COLUMNS_HELD)(self._derived)

    def marks(self, demand: Demand, vacancy: int) -> Marks:
        """Return every rule's verdict on every worker for one vacancy.

        Parameters
        ----------
        demand : Demand
        vacancy : int
            Row number.

        Returns
        -------
        ndarray of int8, shape (n_rules, n_workers)
            ``Mark`` values; rows are the rules of the vacancy's scheme that are in force, in their order.
        """
        vacancy_facts, group = demand.facts[vacancy], int(demand.group[vacancy])
        rows = [
            self.answers(Question(rule, vacancy_facts, group)) for rule in self.schemes[int(demand.scheme[vacancy])]
        ]
        return np.vstack(rows) if rows else np.empty((0, len(self.pool)), dtype=np.int8)

    def blocking(self, scheme: int) -> Flags:
        """Tell which of a scheme's rules block, shape (n_rules,)."""
        return np.array([rule.severity is Severity.BLOCK for rule in self.schemes[scheme]], dtype=np.bool_)

    def answers(self, question: Question) -> Marks:
        """Return one rule's verdict on every worker, a pass where it is waived: int8 of shape (n_workers,)."""
        rule, vacancy_facts, group = question
        of_vacancy, columns = {}, {}
        for name in rule.fields:
            if name.startswith(WORKER):
                how = DERIVED.get(name)
                needed = () if how is None else ((how.vacancy, vacancy_facts.get(how.vacancy)),)
                columns[name] = self._column(name, needed, group if name == EXPERIENCE else -1)
            else:
                of_vacancy[name] = vacancy_facts.get(name)
        marks = marks_by_value(rule.condition, of_vacancy, columns, len(self.pool))
        freed = self.pool.freed(rule)
        return np.where(freed, np.int8(Mark.PASS), marks) if freed.any() else marks

    def _derived(self, name: str, vacancy_facts: tuple[tuple[str, Hashable], ...], group: int) -> AnyColumn | None:
        return derived_column(self.pool, name, dict(vacancy_facts), group)


@dataclass(frozen=True, slots=True, eq=False)
class Waterfall:
    """How a vacancy's rules narrow a pool.

    Attributes
    ----------
    considered : int
        Workers looked at.
    failed, unknown : ndarray of int64, shape (n_rules,)
        Workers who fail the rule, or of whom a fact is missing; warnings counted too.
    sole : ndarray of int64, shape (n_rules,)
        Workers whom nothing but this rule keeps from passing; 0 for warnings.
    left : ndarray of int64, shape (n_rules,)
        Workers who pass this rule and every blocking one before it.
    eligible : int
        Workers who pass every blocking rule.
    unclear : int
        Workers who fail none but of whom a fact is missing.
    """

    considered: int
    failed: NDArray[np.int64]
    unknown: NDArray[np.int64]
    sole: NDArray[np.int64]
    left: NDArray[np.int64]
    eligible: int
    unclear: int

    def __add__(self, other: "Waterfall") -> "Waterfall":
        """Add the counts of another part of the pool."""
        return Waterfall(
            self.considered + other.considered,
            self.failed + other.failed,
            self.unknown + other.unknown,
            self.sole + other.sole,
            self.left + other.left,
            self.eligible + other.eligible,
            self.unclear + other.unclear,
        )


def eligible(marks: Marks, blocking: Flags) -> Flags:
    """Tell which workers pass every blocking rule.

    Parameters
    ----------
    marks : ndarray of int8, shape (n_rules, n_workers)
    blocking : ndarray of bool, shape (n_rules,)

    Returns
    -------
    ndarray of bool, shape (n_workers,)
        An unknown is not a pass.
    """
    passed: Flags = (marks[blocking] == Mark.PASS).all(axis=0)
    return passed


def sole_obstacle(marks: Marks, blocking: Flags) -> NDArray[np.int64]:
    """Return for each worker the one blocking rule that is not passed; -1 if there is none or more than one.

    Shape (n_workers,); row numbers of ``marks``.
    """
    short = (marks < Mark.PASS) & blocking[:, None]
    if not len(marks):
        return np.full(marks.shape[1], -1, dtype=np.int64)
    return np.where(short.sum(axis=0) == 1, short.argmax(axis=0), -1)


def waterfall(marks: Marks, blocking: Flags) -> Waterfall:
    """Count who is kept out by what; shapes as in ``eligible``."""
    fails, unknowns = marks == Mark.FAIL, marks == Mark.UNKNOWN
    through = ~blocking[:, None] | (marks == Mark.PASS)
    obstacle = sole_obstacle(marks, blocking)
    passed = eligible(marks, blocking)
    failed = fails[blocking].any(axis=0)
    return Waterfall(
        considered=marks.shape[1],
        failed=fails.sum(axis=1),
        unknown=unknowns.sum(axis=1),
        sole=np.bincount(obstacle[obstacle >= 0], minlength=len(marks)),
        left=np.logical_and.accumulate(through, axis=0).sum(axis=1),
        eligible=int(passed.sum()),
        unclear=int((~passed & ~failed).sum()),
    )
