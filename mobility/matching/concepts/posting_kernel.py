"""The inner loop of word search in machine code; ``postings.py`` has the same loop in NumPy."""

from heapq import heappush, heapreplace
from typing import Any

import numpy as np

from mobility.matching.core.compiled import compiled

_ROWS = 2**32 - 1


@compiled
def accumulate(start: Any, row: Any, impact: Any, tokens: Any, weights: Any, total: Any) -> None:
    """Add weight times impact of each token's rows to their totals, token after token."""
    for at in range(len(tokens)):
        weight = weights[at]
        for place in range(start[tokens[at]], start[tokens[at] + 1]):
            total[row[place]] += weight * impact[place]


@compiled
def group_best(total: Any, first: Any, best: Any) -> None:
    """Write the greatest total of each group of neighbouring rows."""
    for group in range(len(best)):
        greatest = 0
        for row in range(first[group], first[group + 1]):
            greatest = max(greatest, total[row])
        best[group] = greatest


@compiled
def leaders(values: Any, most: Any) -> Any:
    """Return the rows of the greatest values, greatest first, the lower row first among equals; none of value 0."""
    heap = [np.int64(0) for _ in range(0)]
    for row in range(len(values)):
        if values[row] > 0:
            key = (np.int64(values[row]) << 32) | (_ROWS - row)
            if len(heap) < most:
                heappush(heap, key)
            elif key > heap[0]:
                heapreplace(heap, key)
    return np.array([_ROWS - (key & _ROWS) for key in sorted(heap)[::-1]], dtype=np.int64)
