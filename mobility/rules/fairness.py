"""Measuring who gets through: selection rates, exposure, and hiding of small cells; figures only, no rows."""

from collections.abc import Iterable, Mapping
from math import log2

#: No cell below this is shown, nor one that could be worked out from its neighbours.
LEAST_SHOWN = 5
#: A group whose rate is below this share of the best group's, in percent, deserves a look.
FOUR_FIFTHS = 80
_PERCENT = 100
_PERMILLE = 1000


def hide_small(counts: Mapping[str, int], least: int = LEAST_SHOWN) -> dict[str, int | None]:
    """Return the counts with small ones hidden (None), and as many more as keep those from being worked out.

    Parameters
    ----------
    counts : mapping of str to int
        People by group; the sum over all groups is taken to be known.
    least : int
        Smallest count that may be shown.

    Returns
    -------
    dict of str to int or None
        Either nothing is hidden, or at least two cells that together count ``least`` people or more, or everything.
    """
    order = sorted(counts, key=lambda group: (counts[group], group))
    hidden = [group for group in order if counts[group] < least]
    if hidden:
        for group in order[len(hidden) :]:
            if len(hidden) > 1 and sum(counts[name] for name in hidden) >= least:
                break
            hidden.append(group)
    return {group: None if group in hidden else count for group, count in counts.items()}


def rates(chosen: Mapping[str, int | None], among: Mapping[str, int | None]) -> dict[str, int | None]:
    """Return the permille of each group that was chosen; None where either count is hidden or nobody was there."""
    found: dict[str, int | None] = {}
    for group, total in among.items():
        some = chosen.get(group)
        found[group] = some * _PERMILLE // total if some is not None and total else None
    return found


def ratios(rate: Mapping[str, int | None]) -> dict[str, int | None]:
    """Return each group's rate in percent of the highest one that is shown."""
    best = max((value for value in rate.values() if value is not None), default=0)
    return {group: value * _PERCENT // best if value is not None and best else None for group, value in rate.items()}


def exposure(ranks: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return each group's permille of attention, a place weighing 1 / log2(1 + rank) (ranks from 1)."""
    weight: dict[str, float] = {}
    for group, rank in sorted(ranks):
        weight[group] = weight.get(group, 0.0) + 1 / log2(1 + rank)
    total = sum(weight.values())
    return {group: round(_PERMILLE * part / total) for group, part in weight.items()} if total else {}
