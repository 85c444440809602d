"""What every room of matching is built on: checked arrays, sets of bits, ties, vocabularies, compiling."""

from mobility.matching.core.arrays import Entries, Flags, Rows, Whole
from mobility.matching.core.vocabulary import Vocabulary

__all__ = [
    "Entries",
    "Flags",
    "Rows",
    "Vocabulary",
    "Whole",
]
