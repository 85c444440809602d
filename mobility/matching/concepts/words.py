"""Words of titles and skills: folding, both genders of one title, tokens and stems; no index and no scores."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from snowballstemmer import stemmer

#: Characters of a title that are read, so that no text takes unbounded time.
LONGEST = 400
#: Characters of a description or of free text that are read.
LONGEST_TEXT = 10_000
#: Longest word that is read.
LONGEST_WORD = 40
_TAG = re.compile(r"<[^<>]{0,200}>")
_NOT_WORD = re.compile(r"[^a-z0-9+#&]+")
_STEMMERS = {"en": "english", "es": "spanish", "fr": "french"}
#: Words that tell no two concepts apart.
_STOP = {
    "en": frozenset(
        ("of", "and", "the", "in", "for", "or", "to", "a", "an", "with", "on", "at", "by", "from", "all", "other", "s")
    ),
    "es": frozenset(
        (
            "de",
            "del",
            "la",
            "las",
            "los",
            "el",
            "en",
            "y",
            "o",
            "e",
            "u",
            "para",
            "por",
            "con",
            "a",
            "al",
            "general",
            "otros",
            "otras",
        )
    ),
    "fr": frozenset(
        (
            "de",
            "des",
            "du",
            "la",
            "les",
            "le",
            "en",
            "et",
            "ou",
            "pour",
            "par",
            "a",
            "au",
            "aux",
            "l",
            "d",
            "sur",
            "dans",
        )
    ),
}
#: What follows one of these says what a title is not.
_EXCLUSIONS = {
    "en": re.compile(r"\b(except|excluding|other than)\b.*"),
    "es": re.compile(r"\b(excepto|salvo|en general|no clasificad[oa]s)\b.*"),
    "fr": re.compile(r"\b(sauf|hormis|excepte|non classe[es]*)\b.*"),
}
#: British and feminine spellings of English, written as one.
_ENGLISH = (
    (re.compile(r"(i|y)z(e|er|ers|ed|es|ing|ation|ations)$"), r"\1s\2"),
    (re.compile(r"ll(er|ers|ing|ed|or|ors|ery)$"), r"l\1"),
    (re.compile(r"(?<=\w{2})our(s?|ed|ing|er|ers)$"), r"or\1"),
    (re.compile(r"(cent|theat|fib|met|lit)re(s?)$"), r"\1er\2"),
    (re.compile(r"draught"), "draft"),
    (re.compile(r"programme$"), "program"),
    (re.compile(r"aeroplane"), "airplane"),
    (re.compile(r"(?:wom[ae]n|men|persons?|people)$"), "man"),
    (re.compile(r"^(wait|act|mast|seamst)ress(es)?$"), r"\1er"),
    (re.compile(r"^(host|steward)ess(es)?$"), r"\1"),
    (re.compile(r"^actor"), "acter"),
    (re.compile(r"masseuse"), "masseur"),
    (re.compile(r"maid$"), "man"),
    (re.compile(r"(?<=\w{3})ies$"), "y"),
    (re.compile(r"(?<=\w{2}[^\Wsu])s$"), ""),
)
#: Feminine and plural endings of Spanish and French (without accents), brought to the masculine singular.
_SPANISH = (
    (re.compile(r"^actri(z|ces)$"), "actor"),
    (re.compile(r"^(alcald|conced|abad|jequ)esas?$"), r"\1e"),
    (re.compile(r"ieras?$"), "iero"),
    (re.compile(r"^(poet|sacerdot|profet)isas?$"), r"\1e"),
    (re.compile(r"(?<=\w{3})(?:[aoe]s?|s)$"), ""),
)
_FRENCH = (
    (re.compile(r"(t|d)rices?$"), r"\1eur"),
    (re.compile(r"euses?$"), "eur"),
    (re.compile(r"eresses?$"), "eur"),
    (re.compile(r"(maitr|hot|contremaitr|negr|princ)esses?$"), r"\1e"),
    (re.compile(r"(i|e)eres?$"), r"\1er"),
    (re.compile(r"eres?$"), "er"),
    (re.compile(r"(en|on|el|ett)(?:ne|le|e)s?$"), r"\1"),
    (re.compile(r"ives?$"), "if"),
    (re.compile(r"euves?$"), "euf"),
    (re.compile(r"ffes?$"), "f"),
    (re.compile(r"ee?s?$"), ""),
    (re.compile(r"[sx]$"), ""),
)
_SPELLINGS = {"en": _ENGLISH, "es": _SPANISH, "fr": _FRENCH}
_SUFFIX = re.compile(r"(?<=\w{3})\s*(?:\((?:a|as|e|es|ne|esa|se|euse|trice)\)|/(?:a|as|e|es|ne|esa|se|euse|trice)\b)")


def fold(text: str, longest: int = LONGEST) -> str:
    """Return text without case, accents, mark-up and punctuation, its words parted by single spaces.

    Parameters
    ----------
    text : str
        Anything.
    longest : int
        Characters that are read; what follows is left out.

    Returns
    -------
    str
        Only ``a-z``, ``0-9``, ``+``, ``#``, ``&`` and single spaces; empty if nothing of that is left.
    """
    plain = _TAG.sub(" ", text[:longest]).lower().replace("œ", "oe").replace("æ", "ae")
    if not plain.isascii():
        parted = unicodedata.normalize("NFKD", plain)
        plain = "".join(sign for sign in parted if not unicodedata.combining(sign))
    return " ".join(_NOT_WORD.sub(" ", plain).split())


def tells_apart(word: str, language: str | None = None) -> bool:
    """Tell whether a word says more than "of" or "the" does, in a language or in each that has such a list."""
    folded = fold(word)
    lists = [_STOP[language]] if language in _STOP else _STOP.values()
    return bool(folded) and not any(folded in words for words in lists)


def surface_forms(text: str) -> tuple[str, ...]:
    """Return the forms of a title that is written for two genders at once.

    Parameters
    ----------
    text : str
        Such as "cocinero/cocinera", "operador(a) de grúa", "nutricionista comparativo/comparativa".

    Returns
    -------
    tuple of str
        One form, or two; a slash that parts two different things ("sales/marketing") is left alone.
    """
    plain = _SUFFIX.sub("", text)
    if "/" not in plain:
        return (plain.strip(),)
    halves = [half.strip() for half in plain.split("/") if half.strip()]
    if len(halves) == 2 and _twins(halves[0].split(), halves[1].split()):  # noqa: PLR2004
        return tuple(halves)
    first, second = [], []
    for word in plain.split():
        one, slash, other = word.partition("/")
        twins = bool(slash) and _twins([one], [other])
        first.append(one if twins else word)
        second.append(other if twins else word)
    return tuple(dict.fromkeys((" ".join(first), " ".join(second))))


def _twins(first: Sequence[str], second: Sequence[str]) -> bool:
    """Tell whether two titles have the same number of words, each beginning like its counterpart."""
    return len(first) == len(second) and all(
        one[: max(3, min(len(one), len(other)) - 3)].lower() == other[: max(3, min(len(one), len(other)) - 3)].lower()
        for one, other in zip(first, second, strict=True)
    )


def tokens(text: str, language: str, longest: int = LONGEST) -> list[str]:
    """Return the base forms that a title consists of, the same for its feminine and its masculine.

    Parameters
    ----------
    text : str
        A title or a skill.
    language : str
        en, es or fr; of any other language words are only folded.
    longest : int
        Characters that are read; what follows is left out.

    Returns
    -------
    list of str
        In the order of the text; without words that tell nothing apart, unless there are no others.
    """
    folded = fold(text, longest)
    shortened = _EXCLUSIONS[language].sub(" ", folded) if language in _EXCLUSIONS else folded
    stop = _STOP.get(language, frozenset())
    forms = [base_form(word, language) for word in shortened.split() if word not in stop]
    return forms or [base_form(word, language) for word in folded.split()]


@lru_cache(maxsize=200_000)
def base_form(word: str, language: str) -> str:
    """Return a folded word without plural and gender, British and American spelt alike; few letters are lost."""
    base = word[:LONGEST_WORD]
    if len(word) > 3:  # noqa: PLR2004
        for ending, instead in _SPELLINGS.get(language, ()):
            base = ending.sub(instead, base)
    return base or word


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    """Return the stem of a base form."""
    return str(_stemmer(language).stemWord(word)) or word if language in _STEMMERS else word


def stems(words: Sequence[str], language: str) -> list[str]:
    """Return the stem of each base form."""
    return [stem(word, language) for word in words]


@lru_cache(maxsize=8)
def _stemmer(language: str) -> Any:
    return stemmer(_STEMMERS[language])


def trigrams(words: Sequence[str]) -> list[str]:
    """Return the three-letter pieces of each word with a space before and after it."""
    return [f" {word} "[at : at + 3] for word in words for at in range(len(word))]


def phrases(words: Sequence[str]) -> list[str]:
    """Return words and pairs of neighbouring words."""
    return [*words, *(f"{one} {other}" for one, other in pairwise(words))]
