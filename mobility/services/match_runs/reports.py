"""What a finished run tells: explanations of proposals, funnel, waterfall, fairness; values in, JSON out, no rows."""

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from mobility.matching.allocation import Allocation, Reason
from mobility.matching.core import Flags, Whole
from mobility.matching.facts import Demand, Pool, fact_column
from mobility.matching.runs import (
    Explanation,
    ListPlaces,
    MatchResult,
    cut_off,
    explain,
    near_misses,
    ranks_on_lists,
    tied_with,
)
from mobility.matching.runs import funnel as group_funnel
from mobility.matching.search import RunSettings, ScoredBatch
from mobility.rules.basics.findings import Finding
from mobility.rules.figures.fairness import hide_small, permille_of, rates
from mobility.rules.law.rulesets import Rule

#: Near misses of each kind kept for a vacancy.
NEAR = 5
#: What people pass in a run, in order.
STEPS = ("considered", "eligible", "ranked", "proposed")
#: From which step to which: what the rules do, what the ranking does, what places and quotas do, and all together.
PASSAGES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "rules": ("considered", "eligible"),
        "ranking": ("eligible", "ranked"),
        "limits": ("ranked", "proposed"),
        "whole": ("considered", "proposed"),
    }
)
Json = dict[str, Any]


class Proposed(NamedTuple):
    """One proposal of a run, explained; keys of the database. ``told`` is the explanation, see ``told_json``."""

    vacancy: int
    worker: int
    rank: int
    score: int
    tied_with: int
    told: bytes


class Margin(NamedTuple):
    """What surrounds the cut-off of one vacancy: the last score proposed, and who came close."""

    vacancy: int
    cut_off: int | None
    misses: list[Json]


def by_vacancy(result: MatchResult) -> Iterator[MatchResult]:
    """Yield the part of a result that concerns each vacancy with a proposal, by key."""
    whole, allocation = result.scored, result.allocation
    for row, key in enumerate(whole.vacancies.tolist()):
        first, last = np.searchsorted(whole.eligible.vacancy, [key, key + 1])
        if not allocation.proposed[first:last].any():
            continue
        mine = np.arange(first, last)
        near = np.arange(*np.searchsorted(whole.near.vacancy, [key, key + 1]))
        chunk = ScoredBatch(
            whole.vacancies[row : row + 1],
            whole.waterfalls[row : row + 1],
            whole.eligible.take(mine),
            whole.near.take(near),
        )
        yield MatchResult(
            chunk,
            Allocation(allocation.reason[mine], allocation.rank[mine], allocation.quota[mine], allocation.method),
            result.check,
        )


def explained(part: MatchResult, pool: Pool, demand: Demand, terms: RunSettings) -> list[Proposed]:
    """Explain the proposals of one vacancy (a part from ``by_vacancy``), best first."""
    vacancy = int(part.scored.vacancies[0])
    job = int(np.searchsorted(demand.key, vacancy))
    limit = cut_off(part, vacancy)
    pairs = part.scored.eligible
    proposed = np.flatnonzero(part.allocation.proposed)
    people = pool.take(np.searchsorted(pool.key, pairs.worker[proposed]))
    some, one_job = _narrowed(people, demand.take(np.array([job])), terms)
    found = []
    for place, row in enumerate(proposed.tolist()):
        worker = int(pairs.worker[row])
        why = explain(_alone(some, place), 0, one_job, 0, terms, cut_off=limit)
        tied = tied_with(part, vacancy, worker)
        found.append(Proposed(vacancy, worker, int(part.allocation.rank[row]), why.score, tied, _packed(why)))
    return sorted(found, key=lambda proposed: proposed.rank)


def _narrowed(pool: Pool, job: Demand, terms: RunSettings) -> tuple[Pool, Demand]:
    """Leave out the skills that a vacancy does not ask for: they say nothing about it, and there are thousands."""
    if terms.implied is not None:
        return pool, job
    asked = np.union1d(job.essential.indices, job.optional.indices)
    words = replace(pool.vocabulary, skills=tuple(pool.vocabulary.skills[column] for column in asked.tolist()))
    skills, evidence = pool.profile.skills[:, asked], pool.profile.evidence[:, asked]
    profile = replace(pool.profile, skills=skills, evidence=evidence)
    essential, optional = job.essential[:, asked], job.optional[:, asked]
    return (
        replace(pool, vocabulary=words, profile=profile),
        replace(job, vocabulary=words, essential=essential, optional=optional),
    )


def _alone(pool: Pool, row: int) -> Pool:
    """Return a pool of one worker whose facts hold that worker's values only, so that nothing else is derived."""
    one = pool.take(np.array([row]))
    return replace(one, facts={name: fact_column([column.value_at(0)]) for name, column in one.facts.items()})


def margin(part: MatchResult, rules: Sequence[Rule], quotas: Mapping[int, str]) -> Margin:
    """Return who came close to one vacancy (a part from ``by_vacancy``); ``quotas`` are references by key."""
    vacancy = int(part.scored.vacancies[0])
    names = tuple(rule.id for rule in rules)
    misses = [
        {
            "worker": miss.worker,
            "score": miss.score,
            "reason": miss.reason.name.lower() if miss.reason is not None else None,
            "rule": miss.rule,
            "quota": quotas.get(miss.quota) if miss.quota is not None else None,
        }
        for miss in near_misses(part, vacancy, names, NEAR)
    ]
    return Margin(vacancy, cut_off(part, vacancy), misses)


def _packed(why: Explanation) -> bytes:
    """Return an explanation packed: a run makes tens of thousands, and as objects they take fifty kilobytes each."""
    told = {
        "contributions": contributions_json(why),
        "reasons": reasons_json(why),
        "findings": [finding_json(finding) for finding in why.findings],
    }
    return zlib.compress(json.dumps(told).encode(), 1)


def told_json(proposed: Proposed) -> dict[str, Any]:
    """Return the contributions, reasons and findings of a proposal, as it keeps them."""
    told: dict[str, Any] = json.loads(zlib.decompress(proposed.told))
    return told


def contributions_json(why: Explanation) -> list[Json]:
    """Return the points of each feature."""
    return [asdict(part) for part in why.contributions]


def reasons_json(why: Explanation) -> Json:
    """Return skills matched, partial and missing, the cut-off, and what would change the outcome."""
    return {
        "skills": [{**asdict(skill), "meets": skill.meets.value} for skill in why.skills],
        "cut_off": why.cut_off,
        "change": asdict(why.change) if why.change else None,
        "best_change": asdict(why.best_change) if why.best_change else None,
    }


def finding_json(finding: Finding) -> Json:
    """Return one rule's verdict with its source."""
    return {
        "rule": finding.rule,
        "verdict": finding.verdict.value,
        "code": finding.code,
        "source": finding.source,
        "params": dict(finding.params),
        "severity": finding.severity.value,
    }


def funnel(result: MatchResult) -> dict[str, int]:
    """Return how many pairs and people are left at each step of a run."""
    waterfalls, reason = result.scored.waterfalls, result.allocation.reason
    proposals = result.proposals
    return {
        "considered": sum(waterfall.considered for waterfall in waterfalls),
        "unclear": sum(waterfall.unclear for waterfall in waterfalls),
        "eligible": sum(waterfall.eligible for waterfall in waterfalls),
        "shortlisted": len(result.scored.eligible),
        "near_misses": len(result.scored.near),
        "vacancy_full": int((reason == Reason.VACANCY_FULL).sum()),
        "quota_full": int((reason == Reason.QUOTA_FULL).sum()),
        "worker_taken": int((reason == Reason.WORKER_TAKEN).sum()),
        "proposed": len(proposals),
        "workers_proposed": len(np.unique(proposals.worker)),
        "vacancies_proposed": len(np.unique(proposals.vacancy)),
    }


def waterfall_rows(result: MatchResult, rules: Sequence[Rule]) -> list[Json]:
    """Return for each rule how many pairs it fails, leaves open, alone keeps out, and lets through."""
    waterfalls = result.scored.waterfalls
    names = ("failed", "unknown", "sole", "left")
    totals = {name: np.sum([getattr(waterfall, name) for waterfall in waterfalls], axis=0).tolist() for name in names}
    return [
        {
            "rule": rule.id,
            "source": rule.source,
            "severity": rule.severity.value,
            "sentence": dict(rule.sentence),
            **{name: int(totals[name][row]) for name in names},
        }
        for row, rule in enumerate(rules)
    ]


def soundness(result: MatchResult) -> Json:
    """Return how the run was allocated, what its check found, and which lists ended too early."""
    short = result.exhausted
    return {
        "method": result.allocation.method.name.lower(),
        "sound": result.check.sound,
        "check": result.check._asdict(),
        "lists_exhausted": 0 if short is None else len(short.vacancy),
        "places_beyond_lists": 0 if short is None else int(short.places_left.sum()),
        "list_depth": 0 if short is None else int(short.listed.max(initial=0)),
    }


def yardstick(result: MatchResult) -> Json:
    """Return the total score beside the highest of the same lists, or the code of why that cannot be told."""
    found = result.optimum
    told = None if found is None else {"reached": found.reached, "highest": found.optimum, "left": found.left}
    return {"optimum": told, "no_optimum": result.no_optimum}


def fairness(result: MatchResult, workers: Whole, reached: Flags, groups: Mapping[str, Sequence[str]]) -> Json:
    """Measure who got through each step, by group; small cells are hidden before anything is stored.

    Parameters
    ----------
    result : MatchResult
    workers : ndarray of int64, shape (n_workers,)
        Keys of the workers whom the run looked at, ascending.
    reached : ndarray of bool, shape (n_workers,)
        Whom every rule let through to at least one vacancy.
    groups : mapping of str to sequence of str, n_workers each
        Groups of the workers by what is measured.

    Returns
    -------
    dict
        For each grouping the names of the groups, people by step, rates by ``PASSAGES``, and attention.
    """
    listed = result.scored.eligible
    ranked = ListPlaces(np.searchsorted(workers, listed.worker), ranks_on_lists(listed.vacancy))
    taken = result.allocation.proposed
    proposed = ListPlaces(np.searchsorted(workers, listed.worker[taken]), result.allocation.rank[taken])
    return {by: _measure(names, reached, ranked, proposed) for by, names in groups.items()}


def _measure(group_of: Sequence[str], reached: Flags, ranked: ListPlaces, proposed: ListPlaces) -> Json:
    names, number = np.unique(np.array(group_of, dtype=np.str_), return_inverse=True)
    found = group_funnel(number, len(names), reached, ranked, proposed)
    groups = names.tolist()
    counts = [dict(zip(groups, getattr(found, step).tolist(), strict=True)) for step in STEPS]
    shown = {step: hide_small(counts[row], earlier=counts[:row]) for row, step in enumerate(STEPS)}
    attention = {
        "ranked": permille_of(dict(zip(groups, found.attention_ranked.tolist(), strict=True))),
        "proposed": permille_of(dict(zip(groups, found.attention_proposed.tolist(), strict=True))),
    }
    return {
        "groups": groups,
        "counts": shown,
        "rates": {
            name: {
                group: None if rate is None else asdict(rate)
                for group, rate in rates(shown[after], shown[before]).items()
            }
            for name, (before, after) in PASSAGES.items()
        },
        "attention": {
            step: {group: share.get(group, 0) if shown[step][group] is not None else None for group in groups}
            for step, share in attention.items()
        },
    }
