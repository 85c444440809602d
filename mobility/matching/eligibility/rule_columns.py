"""Which rule asks what of whom: the distinct columns that a set of vacancies needs; no scores and no database."""

import json
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from hashlib import sha256
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core.arrays import Flags, Rows
from mobility.matching.facts.demand import Demand, VacancyFacts
from mobility.matching.facts.derived import depends_on
from mobility.rules.basics.findings import Severity
from mobility.rules.law.conditions import Condition, write_condition
from mobility.rules.law.rulesets import Rule, in_force

WORKER = "worker."
#: Stands in ``RuleColumns.numbers`` where a vacancy has fewer rules than others.
NO_RULE = -1
_ID_LENGTH = 32


class Question(NamedTuple):
    """One rule as asked by vacancies of one sort: equal questions have one answer for every worker.

    Attributes
    ----------
    rule : Rule
    vacancy_facts : mapping
        Facts of a vacancy that asks it.
    group : int
        Minor group of that vacancy; -1 for none.
    """

    rule: Rule
    vacancy_facts: VacancyFacts
    group: int


class Dependence(NamedTuple):
    """All that a rule's verdict on a worker depends on: condition, facts of the vacancy, what derived facts need.

    ``waivable`` is the id of a rule that somebody may waive: from another one with the same condition nobody is freed.
    """

    condition: Condition
    from_vacancy: tuple[Hashable, ...]
    depends: tuple[Hashable, ...]
    waivable: str


@dataclass(frozen=True, slots=True, eq=False)
class RuleColumns:
    """The rules of some vacancies as numbers of columns.

    Attributes
    ----------
    columns : tuple of str
        Id of each column: equal ids mean equal rules that depend on equal facts of a vacancy.
    questions : tuple of Question
        What each column holds the answers to.
    numbers : ndarray of int32, shape (n_vacancies, n_rules)
        Columns of each vacancy's rules in their order; -1 where it has fewer.
    blocking : ndarray of bool, shape (n_vacancies, n_rules)
        Which of them keep a worker out.
    """

    columns: tuple[str, ...]
    questions: tuple[Question, ...]
    numbers: NDArray[np.int32]
    blocking: Flags

    def __len__(self) -> int:
        return len(self.numbers)

    def take(self, rows: Rows) -> "RuleColumns":
        """Return the rule columns of the given vacancies, in that order, with the same columns."""
        return RuleColumns(self.columns, self.questions, self.numbers[rows], self.blocking[rows])

    def rules_of(self, vacancy: int) -> int:
        """Return the number of rules of one vacancy."""
        return int((self.numbers[vacancy] != NO_RULE).sum())


def rule_columns_of(
    demand: Demand, schemes: Sequence[Sequence[Rule]], on: date, fact_names: Collection[str]
) -> RuleColumns:
    """Find the distinct columns that vacancies need.

    Parameters
    ----------
    demand : Demand
    schemes : sequence of sequence of Rule
        Rules by scheme, all versions.
    on : date
        The day whose law applies.
    fact_names : collection of str
        Names of the facts that the pool holds itself: a fact that is not among them may follow from one that is.

    Returns
    -------
    RuleColumns
        Columns in the order in which they are first asked for.

    Raises
    ------
    ValueError
        If a vacancy names a scheme that is not there.
    """
    if len(demand) and int(demand.scheme.max()) >= len(schemes):
        raise ValueError(f"a vacancy names scheme {int(demand.scheme.max())} of {len(schemes)}")
    rules = [[_RuleFields(rule) for rule in in_force(rules, on)] for rules in schemes]
    width = max((len(rules[scheme]) for scheme in np.unique(demand.scheme).tolist()), default=0)
    numbers = np.full((len(demand), width), NO_RULE, dtype=np.int32)
    blocking = np.zeros((len(demand), width), dtype=np.bool_)
    place: dict[Dependence, int] = {}
    questions: list[Question] = []
    groups, of_scheme = demand.group.tolist(), demand.scheme.tolist()
    for row, (vacancy_facts, group, scheme) in enumerate(zip(demand.facts, groups, of_scheme, strict=True)):
        for number, each in enumerate(rules[scheme]):
            key = each.key(vacancy_facts, group, fact_names)
            if key not in place:
                place[key] = len(place)
                questions.append(Question(each.rule, vacancy_facts, group))
            numbers[row, number] = place[key]
            blocking[row, number] = each.blocks
    return RuleColumns(tuple(column_id(key) for key in place), tuple(questions), numbers, blocking)


def dependence(rule: Rule, vacancy_facts: VacancyFacts, group: int, fact_names: Collection[str]) -> Dependence:
    """Return all that a rule's verdict on a worker depends on; equal answers mean equal columns."""
    return _RuleFields(rule).key(vacancy_facts, group, fact_names)


class _RuleFields:
    """A rule with what it reads sorted out once."""

    def __init__(self, rule: Rule) -> None:
        fields = sorted(rule.fields)
        self.rule = rule
        self.blocks = rule.severity is Severity.BLOCK
        self.of_vacancy = [name for name in fields if not name.startswith(WORKER)]
        self.of_worker = [name for name in fields if name.startswith(WORKER)]

    def key(self, vacancy_facts: VacancyFacts, group: int, fact_names: Collection[str]) -> Dependence:
        from_vacancy = tuple((name, vacancy_facts.get(name)) for name in self.of_vacancy)
        depends = tuple(
            (name, name in fact_names, depends_on(name, fact_names, vacancy_facts, group)) for name in self.of_worker
        )
        return Dependence(self.rule.condition, from_vacancy, depends, self.rule.id if self.rule.waiver else "")


def column_id(key: Dependence) -> str:
    """Return a short name for what ``dependence`` returned: the same on every machine and in every process."""
    document = [write_condition(key.condition), _plain(key.from_vacancy), _plain(key.depends)]
    document += [key.waivable] if key.waivable else []
    return sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:_ID_LENGTH]


def _plain(value: Hashable) -> object:
    """Return a value as JSON that keeps its type apart from others."""
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, frozenset):
        return [type(value).__name__, sorted(str(part) for part in value)]
    shown = value.value if isinstance(value, Enum) else value
    return [type(value).__name__, str(shown)]
