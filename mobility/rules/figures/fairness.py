"""Measuring who gets through: rates with intervals, ratios, attention, and hiding of small cells; figures, no rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from math import exp, sqrt

#: No cell below this is shown, nor one that could be worked out from its neighbours.
LEAST_SHOWN = 5
#: A group whose rate is below this share of the best group's, in percent, deserves a look.
FOUR_FIFTHS = 80
#: Standard normal quantile of a 95 % interval.
_Z = 1.959964
_PERCENT = 100
_PERMILLE = 1000
#: First ages of the bands in which ages are measured.
BANDS = (0, 25, 35, 45, 55)

Counts = Mapping[str, int]
Shown = dict[str, int | None]


class Alert(StrEnum):
    """What a ratio calls for: a look, or a look with little doubt left that it is no accident."""

    NONE = auto()
    LOOK = auto()
    CLEAR = auto()


@dataclass(frozen=True, slots=True)
class Rate:
    """A group's selection rate in permille, its ratio to the best group's in percent, and 95 % intervals of both.

    The ratio is None where no group has anybody selected.
    """

    rate: int
    low: int
    high: int
    ratio: int | None
    ratio_low: int | None
    ratio_high: int | None
    alert: Alert


def age_band(age: int) -> str:
    """Return the first age of the band to which an age in years belongs, as text; see ``BANDS``."""
    return str(max(first for first in BANDS if first <= max(age, 0)))


def hide_small(counts: Counts, least: int = LEAST_SHOWN, *, earlier: Sequence[Counts] = ()) -> Shown:
    """Return the counts with small ones hidden (None), and as many more as keep those from being worked out.

    Parameters
    ----------
    counts : mapping of str to int
        People by group; the sum over all groups is taken to be known.
    least : int
        Smallest count that may be shown.
    earlier : sequence of mapping of str to int, optional
        The same groups at earlier steps of a funnel: those who dropped out since are cells too.

    Returns
    -------
    dict of str to int or None
        Either nothing is hidden, or at least two cells that together count ``least`` people or more, or everything.
        Of what is shown and of what is hidden together, nobody or at least ``least`` people dropped out since any
        earlier step.

    Notes
    -----
    Primary and complementary suppression of a table with known margins: Hundepool et al. (2012), Statistical
    disclosure control, chapter 4.
    """
    steps = [{group: step.get(group, 0) - count for group, count in counts.items()} for step in earlier]
    hidden = hidden_groups([counts], steps, least)
    return {group: None if group in hidden else count for group, count in counts.items()}


def hidden_groups(sides: Sequence[Counts], gaps: Sequence[Counts], least: int) -> set[str]:
    """Return the groups to hide in tables of the same groups so that nothing about few people can be worked out.

    Parameters
    ----------
    sides : sequence of mapping of str to int
        The tables, each with a known sum.
    gaps : sequence of mapping of str to int
        Between two tables, or a table and an earlier one: how many more there were, by group.
    least : int
        Smallest count, or difference, that may be shown.
    """
    fewest = {group: min(side[group] for side in sides) for group in sides[0]}
    order = sorted(fewest, key=lambda group: (fewest[group], group))
    hidden = {group for group in order if fewest[group] < least or _is_narrow({group}, gaps, least)}
    for group in order:
        if not hidden or _is_safe(hidden, sides, gaps, least):
            break
        hidden.add(group)
    return hidden


def _is_narrow(groups: set[str], gaps: Sequence[Counts], least: int) -> bool:
    """Tell whether some, but few, people of these groups together are in one table and not in another."""
    return any(0 < abs(sum(gap[group] for group in groups)) < least for gap in gaps)


def _is_safe(hidden: set[str], sides: Sequence[Counts], gaps: Sequence[Counts], least: int) -> bool:
    """Tell whether nothing about few people follows from hidden cells and known sums."""
    if len(hidden) < 2:  # noqa: PLR2004  one alone is the sum's rest
        return False
    return min(sum(side[group] for group in hidden) for side in sides) >= least and not _is_narrow(hidden, gaps, least)


def wilson(chosen: int, among: int) -> tuple[float, float]:
    """Return the 95 % interval of a share.

    Parameters
    ----------
    chosen, among : int
        ``0 <= chosen <= among``, ``among`` at least 1.

    Returns
    -------
    float, float
        0 to 1.

    Notes
    -----
    Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22. It keeps to its
    level for small counts and shares near 0 and 1, where the plain normal interval does not.
    """
    share, square = chosen / among, _Z * _Z
    centre = share + square / (2 * among)
    half = _Z * sqrt(share * (1 - share) / among + square / (4 * among * among))
    scale = 1 + square / among
    low = (centre - half) / scale if chosen else 0.0  # exactly: the formula rounds to either side of it
    high = (centre + half) / scale if chosen < among else 1.0
    return low, high


def ratio_interval(chosen: int, among: int, best_chosen: int, best_among: int) -> tuple[float, float]:
    """Return the 95 % interval of the ratio of two shares; all counts at least 1.

    Notes
    -----
    Normal on the logarithm: Katz, Baptista, Azen and Pike (1978), Obtaining confidence intervals for the risk ratio in
    cohort studies, Biometrics 34. The better group is picked by its rate, so the interval is a little too low for
    small groups; it warns early rather than late.
    """
    ratio = (chosen / among) / (best_chosen / best_among)
    spread = _Z * sqrt(1 / chosen - 1 / among + 1 / best_chosen - 1 / best_among)
    return ratio * exp(-spread), ratio * exp(spread)


def rates(chosen: Mapping[str, int | None], among: Mapping[str, int | None]) -> dict[str, Rate | None]:
    """Return the rate at which each group was chosen; None where either count is hidden or nobody was there.

    Parameters
    ----------
    chosen, among : mapping of str to int or None
        People by group after and before a step; None where hidden.
    """
    known = {
        group: (some, total) for group, total in among.items() if total and (some := chosen.get(group)) is not None
    }
    best = max(known.values(), key=lambda pair: pair[0] / pair[1], default=(0, 1))
    return {group: _rate(*known[group], *best) if group in known else None for group in among}


def _rate(chosen: int, among: int, best_chosen: int, best_among: int) -> Rate:
    low, high = wilson(chosen, among)
    permille = round(_PERMILLE * chosen / among), round(_PERMILLE * low), round(_PERMILLE * high)
    if not best_chosen:
        return Rate(*permille, None, None, None, Alert.NONE)
    ratio = _PERCENT * chosen * best_among / (among * best_chosen)
    if (chosen, among) == (best_chosen, best_among) or not chosen:
        limits = (ratio, ratio)  # the yardstick itself; or nobody, of which no logarithm can be taken
    else:
        least, most = ratio_interval(chosen, among, best_chosen, best_among)
        limits = (_PERCENT * least, _PERCENT * most)
    alert = Alert.NONE if ratio >= FOUR_FIFTHS else Alert.CLEAR if limits[1] < FOUR_FIFTHS else Alert.LOOK
    return Rate(*permille, int(ratio), int(limits[0]), int(limits[1]), alert)


def permille_of(weight: Mapping[str, float]) -> dict[str, int]:
    """Return each group's permille of the whole; nothing if the whole is nothing."""
    total = sum(weight.values())
    return {group: round(_PERMILLE * part / total) for group, part in weight.items()} if total else {}
