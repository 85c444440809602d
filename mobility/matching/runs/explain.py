"""Why a pair scores what it scores and what would change it, as codes and numbers; no sentences and no decisions."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum, auto

import numpy as np

from mobility.matching.allocation.allocation import Reason
from mobility.matching.core.arrays import Whole
from mobility.matching.facts.demand import Demand
from mobility.matching.facts.derived import pair_facts
from mobility.matching.facts.pool import Pool
from mobility.matching.runs.changes import Change, possible_changes, smallest_change
from mobility.matching.runs.run import MatchResult
from mobility.matching.scoring.attributes import attributes_of
from mobility.matching.scoring.features import feature_values
from mobility.matching.scoring.implied import with_implied
from mobility.matching.scoring.scorecard import Scorecard
from mobility.matching.search.shortlist import RunSettings
from mobility.rules.basics.findings import Finding
from mobility.rules.basics.skills import Evidence
from mobility.rules.law.rulesets import evaluate

#: Evidence by rank, 1 to 4.
EVIDENCE = (None, *Evidence)


class Meets(StrEnum):
    """How far a worker has a skill that a vacancy asks for."""

    MATCHED = auto()
    PARTIAL = auto()
    MISSING = auto()


@dataclass(frozen=True, slots=True)
class Contribution:
    """Points that one line of a scorecard brings: ``value`` of 1000 brings ``points`` of ``full``.

    ``feature`` names the line as ``Scorecard.settings`` does; of two features together, ``value`` is the lesser one.
    """

    feature: str
    value: int
    points: int
    full: int


@dataclass(frozen=True, slots=True)
class SkillMatch:
    """A skill asked for: level asked and had (0 for none), on what evidence (None for none)."""

    skill: str
    essential: bool
    asked: int
    had: int
    evidence: Evidence | None

    @property
    def meets(self) -> Meets:
        """Matched, partial or missing."""
        if self.had >= self.asked:
            return Meets.MATCHED
        return Meets.PARTIAL if self.had else Meets.MISSING


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that a reviewer and the worker are shown about one pair.

    Attributes
    ----------
    score : int
        0 to 10,000; the sum of the contributions' points.
    contributions : tuple of Contribution
        In the order of ``Scorecard.settings``.
    skills : tuple of SkillMatch
        Essential ones first, in the order of the vocabulary.
    findings : tuple of Finding
        One for each rule in force, from ``rulesets.evaluate``.
    cut_off : int or None
        Score of the last worker proposed for the vacancy; None if it has places left.
    change : Change or None
        Smallest single change that lifts the score over the cut-off; None if none does or none is needed.
    best_change : Change or None
        The change that brings most, whether or not it is enough; None if nothing is left to gain.
    """

    score: int
    contributions: tuple[Contribution, ...]
    skills: tuple[SkillMatch, ...]
    findings: tuple[Finding, ...]
    cut_off: int | None
    change: Change | None
    best_change: Change | None


def explain(
    pool: Pool, worker: int, demand: Demand, vacancy: int, settings: RunSettings, *, cut_off: int | None = None
) -> Explanation:
    """Explain one pair; a pool of one worker and a demand of one vacancy are enough.

    Parameters
    ----------
    pool, demand : Pool, Demand
    worker, vacancy : int
        Row numbers.
    settings : RunSettings
        As in the run: rules, scorecard and day.
    cut_off : int, optional
        Score of the last worker proposed; see ``cut_off``.

    Returns
    -------
    Explanation
    """
    one, job = pool.take(np.array([worker])), demand.take(np.array([vacancy]))
    pair = np.zeros(1, dtype=np.intp)
    epoch = settings.on.toordinal()
    one = replace(one, profile=with_implied(one.profile, settings.implied))
    values = feature_values(attributes_of(one.profile, epoch), job, pair, pair)
    contributions = tuple(_contributions(settings.scorecard, values))
    score = sum(part.points for part in contributions)
    changes = possible_changes(one, job, settings.scorecard, epoch)
    rules = settings.schemes[int(job.scheme[0])]
    waived = frozenset(rule.id for rule in rules if one.freed(rule)[0])
    return Explanation(
        score=score,
        contributions=contributions,
        skills=tuple(_skills(one, job)),
        findings=tuple(evaluate(rules, pair_facts(one, 0, job, 0), on=settings.on, waived=waived)),
        cut_off=cut_off,
        change=None if cut_off is None or score > cut_off else smallest_change(changes, cut_off),
        best_change=max((change for change in changes if change.score > score), key=_gain, default=None),
    )


def _contributions(card: Scorecard, values: Whole) -> Iterator[Contribution]:
    """Yield what each line brings to one pair; ``values`` has one row."""
    had = values[0].tolist()
    had += [min(had[pair.first], had[pair.second]) for pair in card.pairs]
    points = card.contributions(values)[0].tolist()
    for row in zip(card.lines, had, points, card.full.tolist(), strict=True):
        yield Contribution(*row)


def _gain(change: Change) -> tuple[int, int, str]:
    return change.score, -change.steps, change.subject


def _skills(pool: Pool, demand: Demand) -> Iterator[SkillMatch]:
    had = pool.profile.skills.toarray()[0].tolist()
    evidence = pool.profile.evidence.toarray()[0].tolist()
    for wanted, essential in ((demand.essential, True), (demand.optional, False)):
        for skill, level in zip(wanted.indices.tolist(), wanted.data.tolist(), strict=True):
            name = pool.vocabulary.skills[skill]
            yield SkillMatch(name, essential, level, had[skill], EVIDENCE[evidence[skill]])


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Somebody close to the cut-off who is not proposed, and why.

    Attributes
    ----------
    worker : int
        Key.
    score : int
    reason : Reason or None
        What was used up by better pairs; None if a rule keeps the worker out.
    rule : str or None
        Id of the one rule that keeps the worker out.
    quota : int or None
        Key of the quota that is full.
    """

    worker: int
    score: int
    reason: Reason | None = None
    rule: str | None = None
    quota: int | None = None


def cut_off(result: MatchResult, vacancy: int) -> int | None:
    """Return the score of the last worker proposed for a vacancy (key), None if it has places left."""
    mine = result.scored.eligible.vacancy == vacancy
    if not (mine & (result.allocation.reason == Reason.VACANCY_FULL)).any():
        return None
    taken = result.scored.eligible.score[mine & result.allocation.proposed]
    return int(taken.min()) if len(taken) else None


def tied_with(result: MatchResult, vacancy: int, worker: int) -> int:
    """Return how many other eligible workers on the vacancy's list have this worker's score (both keys)."""
    pairs = result.scored.eligible
    mine = pairs.score[pairs.vacancy == vacancy]
    own = pairs.score[(pairs.vacancy == vacancy) & (pairs.worker == worker)]
    return int(np.isin(mine, own).sum()) - len(own)


def near_misses(result: MatchResult, vacancy: int, rules: tuple[str, ...], limit: int = 10) -> tuple[NearMiss, ...]:
    """Return those who came closest to a vacancy without being proposed.

    Parameters
    ----------
    result : MatchResult
    vacancy : int
        Key.
    rules : tuple of str
        Ids of the rules in force of the vacancy's scheme, in their order.
    limit : int
        At most so many of each kind: left out by a limit, kept out by one rule.

    Returns
    -------
    tuple of NearMiss
        Best first; equal scores in the order of the lottery.
    """
    pairs, near = result.scored.eligible, result.scored.near
    left = np.flatnonzero((pairs.vacancy == vacancy) & ~result.allocation.proposed)[:limit]
    kept_out = np.flatnonzero(near.vacancy == vacancy)[:limit]
    misses = [
        NearMiss(
            int(pairs.worker[row]),
            int(pairs.score[row]),
            reason=Reason(int(result.allocation.reason[row])),
            quota=None if result.allocation.quota[row] < 0 else int(result.allocation.quota[row]),
        )
        for row in left
    ]
    misses += [
        NearMiss(int(near.worker[row]), int(near.score[row]), rule=rules[int(near.obstacle[row])]) for row in kept_out
    ]
    return tuple(sorted(misses, key=lambda miss: -miss.score))
