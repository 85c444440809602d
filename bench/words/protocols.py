"""How answers are scored: reciprocal rank, accuracy within k, ranked precision, calibration; no set and no engine."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np


def reciprocal_rank(ranked: Sequence[str], right: frozenset[str]) -> float:
    """Return 1 / rank of the first right answer, 0 if there is none."""
    return next((1 / rank for rank, answer in enumerate(ranked, 1) if answer in right), 0.0)


def within(ranked: Sequence[str], right: frozenset[str], k: int) -> bool:
    """Tell whether one of the first k answers is right."""
    return bool(right & set(ranked[:k]))


def ranked_precision(ranked: Sequence[str], right: frozenset[str], k: int) -> float:
    """Return RP@k: right answers among the first k, of as many as there could be."""
    return len(right & set(ranked[:k])) / min(k, len(right))


def form_ranking(concepts: Iterable[tuple[str, str]], forms: Mapping[str, Sequence[str]]) -> list[str]:
    """Rank surface forms by ranked (concept, its nearest form): each concept's nearest form first, then the others.

    Identical forms of several concepts count once, as MELO has it.
    """
    ranked = list(concepts)
    first = [form for _, form in ranked]
    rest = [form for concept, _ in ranked for form in forms[concept]]
    return list(dict.fromkeys(first + rest))


def confusions(pairs: Iterable[tuple[frozenset[str], str]]) -> dict[str, Counter[str]]:
    """Return, by the group that was meant, how often each group was answered first.

    Where several were meant, an answer among them counts as that one, any other against the first of them.
    """
    table: dict[str, Counter[str]] = {}
    for meant, answered in pairs:
        table.setdefault(answered if answered in meant else min(meant), Counter())[answered] += 1
    return table


def calibration(
    scores: Sequence[float], right: Sequence[bool], bins: int = 10
) -> tuple[float, list[tuple[str, int, float, float]]]:
    """Return the expected calibration error, and a row a bin: range, answers, mean score, share right."""
    score, hit = np.array(scores), np.array(right, dtype=float)
    place = np.minimum((score * bins).astype(int), bins - 1)
    table, error = [], 0.0
    for at in range(bins):
        mine = place == at
        if mine.any():
            mean, share = float(score[mine].mean()), float(hit[mine].mean())
            error += abs(mean - share) * float(mine.mean())
            table.append((f"{at / bins:.1f} to {(at + 1) / bins:.1f}", int(mine.sum()), mean, share))
    return error, table
