"""What a worker could gain, one thing at a time, and the score it would bring; no advice, no decisions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum, auto

import numpy as np
from scipy.sparse import csr_array

from mobility.matching.facts.demand import Demand
from mobility.matching.facts.pool import LANGUAGE_LEVELS, Pool, Profile
from mobility.matching.scoring.attributes import attributes_of
from mobility.matching.scoring.features import feature_values
from mobility.matching.scoring.scorecard import Scorecard

_TESTED = 3
_BEYOND = 2
_MONTHS_A_STEP = 6
_MONTH_STEPS = 6


class ChangeKind(StrEnum):
    """What is gained."""

    SKILL_LEVEL = auto()
    EVIDENCE = auto()
    LANGUAGE = auto()
    EXPERIENCE = auto()


@dataclass(frozen=True, slots=True)
class Change:
    """One gain and what it would bring.

    Attributes
    ----------
    kind : ChangeKind
    subject : str
        Skill, language or minor group, as the vocabulary names it.
    before, after : int
        Level, rank of evidence (1 claimed to 4 credential), CEFR level, or months.
    steps : int
        How many single steps that is: levels, ranks, or half-years.
    score : int
        The score with it, all else equal; 0 to 10,000.
    """

    kind: ChangeKind
    subject: str
    before: int
    after: int
    steps: int
    score: int = 0


def smallest_change(changes: Sequence[Change], cut_off: int) -> Change | None:
    """Return the change of fewest steps that scores more than ``cut_off``, the better one if several; None if none."""
    enough = [change for change in changes if change.score > cut_off]
    return min(enough, key=lambda change: (change.steps, -change.score, change.kind, change.subject), default=None)


def possible_changes(pool: Pool, demand: Demand, scorecard: Scorecard, epoch: int) -> tuple[Change, ...]:
    """Score every single gain that the vacancy asks for.

    Parameters
    ----------
    pool, demand : Pool, Demand
        One worker, one vacancy.
    scorecard : Scorecard
    epoch : int
        Day of the snapshot, as proleptic ordinal.

    Returns
    -------
    tuple of Change
        Skill levels up to the one asked, evidence up to tested, languages up to two steps beyond the level asked,
        experience up to three more years.
    """
    gains = [*_skills(pool, demand), *_languages(pool, demand), *_experience(pool, demand)]
    if not gains:
        return ()
    worker = np.arange(len(gains), dtype=np.intp)
    workers = attributes_of(_with_changes(pool, gains), epoch)
    values = feature_values(workers, demand, np.zeros_like(worker), worker)
    scores = scorecard.contributions(values).sum(axis=1).tolist()
    return tuple(replace(change, score=score) for change, score in zip(gains, scores, strict=True))


def _skills(pool: Pool, demand: Demand) -> Iterator[Change]:
    had, evidence = pool.profile.skills.toarray()[0].tolist(), pool.profile.evidence.toarray()[0].tolist()
    for wanted in (demand.essential, demand.optional):
        for skill, level in zip(wanted.indices.tolist(), wanted.data.tolist(), strict=True):
            name, own, rank = pool.vocabulary.skills[skill], had[skill], evidence[skill]
            for after in range(own + 1, level + 1):
                yield Change(ChangeKind.SKILL_LEVEL, name, own, after, after - own)
            for after in range(rank + 1, _TESTED + 1) if own else ():
                yield Change(ChangeKind.EVIDENCE, name, rank, after, after - rank)


def _languages(pool: Pool, demand: Demand) -> Iterator[Change]:
    had, wanted = pool.profile.languages[0].tolist(), demand.languages[0].tolist()
    for name, own, level in zip(pool.vocabulary.languages, had, wanted, strict=True):
        for after in range(own + 1, min(level + _BEYOND, LANGUAGE_LEVELS) + 1) if level else ():
            yield Change(ChangeKind.LANGUAGE, name, own, after, after - own)


def _experience(pool: Pool, demand: Demand) -> Iterator[Change]:
    group = int(demand.group[0])
    if group < 0:
        return
    own = int(pool.profile.experience[[0]].toarray()[0, group])
    for steps in range(1, _MONTH_STEPS + 1):
        months = own + steps * _MONTHS_A_STEP
        yield Change(ChangeKind.EXPERIENCE, pool.vocabulary.groups[group], own, months, steps)


def _with_changes(pool: Pool, changes: Sequence[Change]) -> Profile:
    """Return one row for each change: the worker with it."""
    words = pool.vocabulary
    profile = pool.profile.take(np.zeros(len(changes), dtype=np.intp))
    skills, evidence = profile.skills.toarray(), profile.evidence.toarray()
    experience, languages = profile.experience.toarray(), profile.languages.copy()
    for row, change in enumerate(changes):
        match change.kind:
            case ChangeKind.SKILL_LEVEL:
                column = words.skills.index(change.subject)
                skills[row, column] = change.after
                evidence[row, column] = max(evidence[row, column], 1)
            case ChangeKind.EVIDENCE:
                evidence[row, words.skills.index(change.subject)] = change.after
            case ChangeKind.LANGUAGE:
                languages[row, words.languages.index(change.subject)] = change.after
            case ChangeKind.EXPERIENCE:
                experience[row, words.groups.index(change.subject)] = change.after
    return replace(
        profile,
        skills=csr_array(skills),
        evidence=csr_array(evidence),
        experience=csr_array(experience),
        languages=languages,
    )
