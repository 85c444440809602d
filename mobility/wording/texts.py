"""Texts that can be said in every language of the product, and the catalogues that translate them."""

from dataclasses import dataclass
from functools import cache
from gettext import NullTranslations

from babel.support import Translations

from mobility.data.reference import LANGUAGES
from mobility.wording import catalogues

#: The language in which texts are written in the code.
SOURCE_LANGUAGE = "en"
#: What numbers and dates look like: those of the region, not of Europe or of a neighbour.
LOCALES = {"en": "en_BB", "es": "es_419", "fr": "fr"}


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it is written in the code, in English; ``%(name)s`` stands for a parameter."""

    english: str

    def __str__(self) -> str:
        """Refuse to be shown: a text without a language would be English on a Spanish page."""
        raise TypeError(f"a text is shown in a language: {self!r}")

    def spoken(self, language: str) -> str:
        """Return the text in a language of the product."""
        return translations(language).gettext(self.english)


def marked(english: str) -> Text:
    """Return a text; imported as ``_l`` so that the extraction of messages finds it."""
    return Text(english)


@cache
def translations(language: str) -> NullTranslations:
    """Return the catalogue of a language, compiled first where its source is newer.

    Raises
    ------
    ValueError
        If the product does not speak the language.
    FileNotFoundError
        If the catalogue of the language is missing: an untranslated page would be shown in silence.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no language of the product: {language!r}")
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    catalogues.compile_stale()
    found = Translations.load(str(catalogues.FOLDER), [language])
    if not isinstance(found, Translations):
        raise FileNotFoundError(f"no compiled catalogue of {language} in {catalogues.FOLDER}")
    return found
