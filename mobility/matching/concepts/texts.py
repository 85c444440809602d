"""Many short texts as two arrays, so that they can stay on disk until one of them is shown."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Texts(Sequence[str]):
    """A sequence of texts.

    Attributes
    ----------
    blob : ndarray of uint8
        All of them in UTF-8, one after the other.
    end : ndarray of int64, shape (n_texts + 1,)
        Where each ends; the first entry is 0.
    """

    blob: NDArray[np.uint8]
    end: NDArray[np.int64]

    @classmethod
    def pack(cls, texts: Sequence[str]) -> "Texts":
        """Return texts as arrays; what UTF-8 cannot hold is replaced."""
        raw = [text.encode(errors="replace") for text in texts]
        end = np.array([0, *accumulate(map(len, raw))], dtype=np.int64)
        return cls(np.frombuffer(b"".join(raw), dtype=np.uint8), end)

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """Return the arrays under names that begin with ``name``."""
        return {f"{name}.blob": self.blob, f"{name}.end": self.end}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], name: str) -> "Texts":
        """Return the texts that ``arrays`` put under ``name``."""
        return cls(arrays[f"{name}.blob"], arrays[f"{name}.end"])

    def __len__(self) -> int:
        return len(self.end) - 1

    def __getitem__(self, number: Any) -> Any:
        at = int(number)
        if not 0 <= at < len(self):
            raise IndexError(number)
        return self.blob[self.end[at] : self.end[at + 1]].tobytes().decode()

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))
