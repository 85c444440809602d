"""Rules over a whole pool at once: one verdict a rule and worker, and who is kept out by what; no scores."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from mobility.matching.arrays import Flags
from mobility.matching.columns import FactColumn
from mobility.matching.demand import Demand
from mobility.matching.derived import depends_on, derived_column
from mobility.matching.marks import Mark, Marks, marks_by_value
from mobility.matching.pool import Pool
from mobility.rules.findings import Severity
from mobility.rules.rulesets import Rule, in_force

_WORKER = "worker."


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
        self._columns: dict[Hashable, FactColumn | None] = {}
        self._marks: dict[Hashable, Marks] = {}

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
        scheme = int(demand.scheme[vacancy])
        rows = [self._of_rule(rule, (scheme, number), demand, vacancy) for number, rule in self._numbered(scheme)]
        return np.vstack(rows) if rows else np.empty((0, len(self.pool)), dtype=np.int8)

    def blocking(self, scheme: int) -> Flags:
        """Tell which of a scheme's rules block, shape (n_rules,)."""
        return np.array([rule.severity is Severity.BLOCK for rule in self.schemes[scheme]], dtype=np.bool_)

    def _numbered(self, scheme: int) -> list[tuple[int, Rule]]:
        return list(enumerate(self.schemes[scheme]))

    def _of_rule(self, rule: Rule, name: Hashable, demand: Demand, vacancy: int) -> Marks:
        told, group = demand.facts[vacancy], int(demand.group[vacancy])
        fields = sorted(rule.fields)
        asked = [field for field in fields if field.startswith(_WORKER)]
        given = {field: told.get(field) for field in fields if not field.startswith(_WORKER)}
        depends = [(field, depends_on(field, self.pool, told, group)) for field in asked]
        key = (name, *given.values(), *depends)
        if key not in self._marks:
            columns = {field: self._column(field, on, demand, vacancy) for field, on in depends}
            self._marks[key] = marks_by_value(rule.condition, given, columns, len(self.pool))
        return self._marks[key]

    def _column(self, name: str, depends: Hashable, demand: Demand, vacancy: int) -> FactColumn | None:
        key = (name, depends)
        if key not in self._columns:
            group = int(demand.group[vacancy])
            self._columns[key] = derived_column(self.pool, name, demand.facts[vacancy], group)
        return self._columns[key]


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
