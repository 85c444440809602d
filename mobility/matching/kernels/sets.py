"""Sets of workers in machine code: who passes the rules of a vacancy, and who can still reach a list.

Whoever is dropped without a score could not have reached the list: bounds are never too low.
"""

import numpy as np
from numpy.typing import NDArray

from mobility.matching.core.bitsets import Words
from mobility.matching.core.compiled import compiled, inlined
from mobility.matching.kernels.machine import ALL, NONE, bits_in, differing
from mobility.matching.kernels.tables import SHARE_BITS, SHARE_MASK
from mobility.matching.snapshots.blocks import EVERYBODY

#: Mask of a share in an accumulator, and where the second and the third begin.
SHARE, SECOND, THIRD = np.uint32(SHARE_MASK), np.uint32(SHARE_BITS), np.uint32(2 * SHARE_BITS)
#: Places of points for another wish, for none and for this one.
OTHER_WISH, NO_WISH, THIS_WISH = 0, 1, 3
_WORD = 64

Columns = NDArray[np.int32]
Values = NDArray[np.int16]


@compiled
def narrow(bits: Words, passed: Columns, columns: Columns, fits: Words, sole: Words) -> int:
    """Fill the words of those who pass every rule and of those who miss exactly one; return how many they are."""
    everybody = bits[EVERYBODY]
    for i in range(fits.size):
        fits[i] = NONE
        sole[i] = NONE
    for j in range(columns.size):
        if columns[j] >= 0:
            row = bits[passed[columns[j]]]
            for i in range(fits.size):
                short = everybody[i] & ~row[i]
                sole[i] |= fits[i] & short
                fits[i] |= short
    total = 0
    for i in range(fits.size):
        one, two = fits[i], sole[i]
        fits[i] = everybody[i] & ~one
        sole[i] = one & ~two
        total += bits_in(fits[i]) + bits_in(sole[i])
    return total


@compiled
def let_pass(bits: Words, passed: Columns, columns: Columns, fits: Words) -> int:
    """Fill the words of those who pass every rule; return how many they are."""
    for i in range(fits.size):
        fits[i] = bits[EVERYBODY, i]
    for j in range(columns.size):
        if columns[j] >= 0:
            row = bits[passed[columns[j]]]
            for i in range(fits.size):
                fits[i] &= row[i]
    total = 0
    for i in range(fits.size):
        total += bits_in(fits[i])
    return total


@compiled
def drop(bits: Words, passed: Columns, columns: Columns, fits: Words, former: Words) -> int:
    """Take those out of a set who pass other rules; return how many are left."""
    let_pass(bits, passed, columns, former)
    left = 0
    for i in range(fits.size):
        fits[i] &= ~former[i]
        left += bits_in(fits[i])
    return left


@inlined
def by_skills(essential: Values, optional: Values, evidence: Values, share: np.uint32) -> np.int16:
    """Return what the three shares of an accumulator bring."""
    return essential[share >> THIRD] + optional[(share >> SECOND) & SHARE] + evidence[share & SHARE]


@inlined
def _loss(points: Values, wish: int) -> np.int16:
    """Return how much less than this wish another one, or none, brings."""
    return points[THIS_WISH] - points[wish]


@inlined
def _unless(loss: int | np.int16, slack: int) -> np.uint64:
    """Return everybody where a loss can be borne, else nobody."""
    return ALL if loss <= slack else NONE


@compiled
def drop_below_bound(
    wishes: Words, wish: Columns, points: tuple[Values, Values], slack: int, shares: NDArray[np.uint32],
    base: np.uint32, work: NDArray[np.uint8], words: Words,
) -> None:  # fmt: skip
    """Take out of a set those whose skills, experience and wishes leave them below a list's last whatever else counts.

    Who brings none of the skills and no experience gets what everybody gets and at most what all else can bring. Where
    that is not far enough above the last, a wish for another country or sector, or no wish, costs more than there is.

    Parameters
    ----------
    wishes : ndarray of uint64, shape (n_wishes, n_words)
        As in ``BlockArrays``.
    wish : ndarray of int32, shape (4,)
        Rows of it: as in ``Batch``.
    points : tuple of ndarray of int16, shape (4,)
        What a wish for a country and for a sector bring, as in ``Points``.
    slack : int
        By how much somebody who brings nothing may still come out above the least that is kept; may be negative.
    shares, work : ndarray of uint32 and of uint8, shape (64 * n_words,)
        What each worker's skills bring, ``base`` where nothing, and months and recency in the vacancy's group.
    base : int
        Where each accumulator starts.
    words : ndarray of uint64, shape (n_words,)
        The set; changed in place.
    """
    country, sector = points
    if slack >= max(_loss(country, OTHER_WISH), _loss(sector, OTHER_WISH)):
        return
    anybody = _unless(0, slack)
    here, no_country, such, no_sector = wishes[wish[0]], wishes[wish[1]], wishes[wish[2]], wishes[wish[3]]
    elsewhere, unstated = _unless(_loss(country, OTHER_WISH), slack), _unless(_loss(country, NO_WISH), slack)
    other, open_to_all = _unless(_loss(sector, OTHER_WISH), slack), _unless(_loss(sector, NO_WISH), slack)
    for i in range(words.size):
        bring = differing(shares, i * _WORD, base) | differing(work, i * _WORD, 0)
        place, trade = here[i] | (no_country[i] & unstated) | elsewhere, such[i] | (no_sector[i] & open_to_all) | other
        words[i] &= bring | (anybody & place & trade)
