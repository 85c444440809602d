"""Who passes the rules of a vacancy, as sets of a chunk, in machine code; bitsets only, no points."""

from typing import Any

from mobility.matching.core.compiled import compiled
from mobility.matching.kernels.machine import NONE, bits_in
from mobility.matching.snapshots.blocks import EVERYBODY


@compiled
def narrow(bits: Any, passed: Any, columns: Any, fits: Any, sole: Any) -> Any:
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
    found = 0
    for i in range(fits.size):
        one, two = fits[i], sole[i]
        fits[i] = everybody[i] & ~one
        sole[i] = one & ~two
        found += bits_in(fits[i]) + bits_in(sole[i])
    return found


@compiled
def let_pass(bits: Any, passed: Any, columns: Any, fits: Any) -> Any:
    """Fill the words of those who pass every rule; return how many they are."""
    for i in range(fits.size):
        fits[i] = bits[EVERYBODY, i]
    for j in range(columns.size):
        if columns[j] >= 0:
            row = bits[passed[columns[j]]]
            for i in range(fits.size):
                fits[i] &= row[i]
    found = 0
    for i in range(fits.size):
        found += bits_in(fits[i])
    return found


@compiled
def drop(bits: Any, passed: Any, columns: Any, fits: Any, former: Any) -> Any:
    """Take those out of a set who pass other rules; return how many are left."""
    let_pass(bits, passed, columns, former)
    left = 0
    for i in range(fits.size):
        fits[i] &= ~former[i]
        left += bits_in(fits[i])
    return left
