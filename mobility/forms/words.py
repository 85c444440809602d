"""The words of the product in the language of the page that is being made."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from flask_babel import get_locale

from mobility import wording
from mobility.wording import common, figures
from mobility.wording.proposals import features
from mobility.wording.schemes import rulesets
from mobility.wording.texts import SOURCE_LANGUAGE, Text


def page_language() -> str:
    """Return the language of the page; outside a request, the one in which texts are written."""
    locale = get_locale()
    return str(locale.language) if locale else SOURCE_LANGUAGE


def spoken(text: Text) -> str:
    """Return a text."""
    return text.spoken(page_language())


def label(member: Enum) -> str:
    """Return the label of an enumeration member."""
    return wording.label(member, page_language())


def sentence(code: str, params: Mapping[str, Any] | None = None) -> str:
    """Return the sentence of a code with its parameters."""
    return wording.sentence(code, params, page_language())


def choices(kind: type[Enum]) -> list[tuple[str, str]]:
    """Return the (value, label) pairs of an enumeration."""
    return wording.choices(kind, page_language())


def fact_name(name: str) -> str:
    """Return what people call a fact that rules name."""
    return figures.fact_name(name, page_language())


def operator_name(operator: str) -> str:
    """Return what people call an operator of rules."""
    return spoken(rulesets.operator_name(operator))


def parameters(operator: str, params: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the parameters of a rule's operator as pairs of name and value."""
    return figures.parameters(operator, params, page_language())


def language_name(code: str) -> str:
    """Return what people call a language; one that is none of the product's stands for itself."""
    return spoken(common.LANGUAGES[code]) if code in common.LANGUAGES else code


def language_names() -> dict[str, str]:
    """Return what people call each language of the product."""
    return {code: spoken(text) for code, text in common.LANGUAGES.items()}


def term_name(term: str) -> str:
    """Return the name of a term of a score."""
    return features.term_name(term, page_language())
