"""Words of titles and skills: folding, both genders of one title, tokens and stems; no index and no scores."""

import re
import unicodedata
from functools import lru_cache

from snowballstemmer import stemmer

#: Longest text that is read; what follows is cut off, so that no text takes unbounded time.
LONGEST = 400
_TAG = re.compile(r"<[^<>]{0,200}>")
_NOT_WORD = re.compile(r"[^a-z0-9+#&]+")
_STEMMERS = {"en": "english", "es": "spanish", "fr": "french"}


def fold(text: str) -> str:
    """Return text without case, accents, mark-up and punctuation, its words parted by single spaces.

    Parameters
    ----------
    text : str
        Anything; beyond ``LONGEST`` characters it is not read.

    Returns
    -------
    str
        Only ``a-z``, ``0-9``, ``+``, ``#``, ``&`` and single spaces; empty if nothing of that is left.
    """
    plain = _TAG.sub(" ", text[:LONGEST]).lower().replace("œ", "oe").replace("æ", "ae").replace("ß", "ss")
    parted = "".join(sign for sign in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(sign))
    return " ".join(_NOT_WORD.sub(" ", parted).split())


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """Return the stem of a folded word in a language (en, es, fr); the word itself in any other language."""
    return _stemmer(language).stemWord(word) if language in _STEMMERS else word


@lru_cache(maxsize=8)
def _stemmer(language: str) -> "stemmer":
    return stemmer(_STEMMERS[language])
