"""How learned curves become whole points that sum to 10,000: scaling and rounding only, no fitting and no checks."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mobility.matching.scoring.documents import FORMAT, FULL_SCORE
from mobility.matching.scoring.features import FEATURES, FULL

Floats = NDArray[np.float64]
#: A knot whose points a straight line between its neighbours gives to within this share is left out.
_STRAIGHT = 1e-9


class Curve(NamedTuple):
    """Log-odds of a feature at knots, straight in between and level beyond; the first level is 0."""

    knots: Floats
    levels: Floats


class Grid(NamedTuple):
    """Log-odds of two features together, by bins: ``levels`` of shape (n_first_from + 1, n_second_from + 1)."""

    first: int
    second: int
    first_from: Floats
    second_from: Floats
    levels: Floats


def shares(highest: Sequence[float]) -> NDArray[np.int64]:
    """Return whole points in proportion to the highest level of each line, by largest remainders; sum 10,000.

    Raises
    ------
    ValueError
        If every level is zero: such a model ranks nobody.
    """
    levels = np.asarray(highest, np.float64)
    total = float(levels.sum())
    if total <= 0:
        raise ValueError("every weight is zero; a scorecard needs at least one")
    exact = levels / total * FULL_SCORE
    points = np.floor(exact).astype(np.int64)
    short = FULL_SCORE - int(points.sum())
    points[np.argsort(points - exact, kind="stable")[:short]] += 1
    return points


def line_document(name: str, curves: Sequence[Curve], grids: Sequence[Grid], reason: str) -> dict[str, Any]:
    """Return the scorecard document of curves that are straight between knots, and of grids.

    Parameters
    ----------
    name : str
        Id of the scorecard.
    curves : sequence of Curve
        In the order of ``FEATURES``; knots are whole, 0 to 1000.
    grids : sequence of Grid
        Thresholds are whole, 1 to 1000.
    reason : str
        Why the points are what they are, such as the data cut.

    Returns
    -------
    dict
        Levels are scaled by 10,000 over the sum of all highest levels and rounded down, so a line is off by less than
        one point at a knot, and by less than two in between.

    Raises
    ------
    ValueError
        If there is another number of curves than features, a knot or threshold is not whole or not in 0 to 1000, or
        every level is zero.
    """
    knots, thresholds = [curve.knots for curve in curves], [part for grid in grids for part in grid[2:4]]
    if not all(map(_are_feature_values, [*knots, *thresholds])):
        raise ValueError(f"a scorecard needs a model of feature values, whole numbers from 0 to {FULL}")
    highest = [float(curve.levels[-1]) for curve in curves] + [float(grid.levels[-1, -1]) for grid in grids]
    points, scale = shares(highest).tolist(), FULL_SCORE / sum(highest)
    forms = [_line(curve, scale, full) for curve, full in zip(curves, points, strict=False)]
    document = _document(name, forms, reason)
    if grids:
        rest = zip(grids, points[len(curves) :], strict=True)
        document["pairs"] = [_pair(grid, scale, full, reason) for grid, full in rest]
    return document


def _are_feature_values(values: Floats) -> bool:
    return bool(((values == np.round(values)) & (values >= 0) & (values <= FULL)).all())


def step_document(name: str, curves: Sequence[Curve], reason: str) -> dict[str, Any]:
    """Return the scorecard document of curves that have a knot at every value; see ``line_document``."""
    highest = [float(curve.levels[-1]) for curve in curves]
    points, forms = shares(highest).tolist(), []
    for curve, full in zip(curves, points, strict=True):
        brought = _points(curve.levels, FULL_SCORE / sum(highest), full)
        rise = [value for value in range(1, len(brought)) if brought[value] > brought[value - 1]]
        forms.append({"steps": [[value, brought[value]] for value in rise]})
    return _document(name, forms, reason)


def _document(name: str, forms: Sequence[Mapping[str, Any]], reason: str) -> dict[str, Any]:
    if len(forms) != len(FEATURES):
        raise ValueError(f"a scorecard has {len(FEATURES)} features; the model has {len(forms)}")
    features = [{"name": feature, "reason": reason, **form} for feature, form in zip(FEATURES, forms, strict=True)]
    return {"format": FORMAT, "id": name, "features": features}


def _line(curve: Curve, scale: float, full: int) -> Mapping[str, Any]:
    knots, levels = _ends(curve)
    keep = _bends(knots, levels)
    line = [
        [value, brought]
        for value, brought in zip(knots[keep].astype(int).tolist(), _points(levels[keep], scale, full), strict=True)
    ]
    return {"weight": full} if len(line) == len(("from", "to")) else {"line": line}


def _ends(curve: Curve) -> Curve:
    """Return the curve with knots at 0 and 1000; it is level beyond its own."""
    knots, levels = curve
    if knots[0] > 0:
        knots, levels = np.append(0.0, knots), np.append(0.0, levels)
    if knots[-1] < FULL:
        knots, levels = np.append(knots, FULL), np.append(levels, levels[-1])
    return Curve(knots, levels)


def _bends(knots: Floats, levels: Floats) -> list[int]:
    """Return the knots at which the curve bends, the first and the last among them."""
    keep = [0]
    limit = _STRAIGHT * max(float(levels[-1]), 1.0)
    for knot in range(1, len(knots) - 1):
        start = keep[-1]
        share = (knots[start + 1 : knot + 1] - knots[start]) / (knots[knot + 1] - knots[start])
        line = levels[start] + share * (levels[knot + 1] - levels[start])
        if np.abs(line - levels[start + 1 : knot + 1]).max() > limit:
            keep.append(knot)
    return [*keep, len(knots) - 1]


def _points(levels: Floats, scale: float, full: int) -> list[int]:
    """Round levels down, but those that are as high as the last are worth the line's points in full."""
    points: list[int] = (
        np.where(levels >= levels[-1], full, np.minimum(np.floor(levels * scale), full)).astype(int).tolist()
    )
    return points


def _pair(grid: Grid, scale: float, full: int, reason: str) -> Mapping[str, Any]:
    width = grid.levels.shape[1]
    points = _points(grid.levels.ravel(), scale, full)
    names = tuple(FEATURES)
    return {
        "first": names[grid.first],
        "second": names[grid.second],
        "first_from": grid.first_from.astype(int).tolist(),
        "second_from": grid.second_from.astype(int).tolist(),
        "points": [points[start : start + width] for start in range(0, len(points), width)],
        "reason": reason,
    }
