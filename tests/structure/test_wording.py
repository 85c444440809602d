"""Every state, kind and code that a person may meet has words, and words in all three languages."""

import importlib
import pkgutil
import re
from enum import Enum
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import mobility.rules
from mobility.wording import LABELS, SENTENCES

ROOT = Path(__file__).resolve().parents[2]
#: Internal states that no page shows.
UNSHOWN = {"JobState", "PartKind"}


def rule_modules():
    return [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(mobility.rules.__path__, "mobility.rules.")
    ]


def test_every_code_of_the_rules_has_a_sentence():
    codes = {code for module in rule_modules() for code in getattr(module, "CODES", ())}
    assert codes - set(SENTENCES) == set()


def test_every_state_and_kind_of_the_rules_has_a_label():
    members = {
        member
        for module in rule_modules()
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Enum) and kind.__module__ == module.__name__
        if kind.__name__.endswith(
            ("State", "Kind", "Result", "Purpose", "Evidence", "Sex", "Role", "Dimension", "Order")
        )
        if kind.__name__ not in UNSHOWN
        for member in kind
    }
    assert {str(member) for member in members - set(LABELS)} == set()


def raised_codes() -> set[str]:
    """Return the codes that are raised as refusals outside the rules, read from their source."""
    found = set()
    for layer in ("services", "formats", "matching", "views", "security", "cli"):
        for file in (ROOT / "mobility" / layer).rglob("*.py"):
            found |= set(re.findall(r"(?:InvalidError|ConflictError)\(\s*\"([a-z_.]+)\"", file.read_text()))
    return found


def test_every_refusal_has_a_sentence():
    assert raised_codes() - set(SENTENCES) == set()


@pytest.fixture(scope="module")
def messages() -> set[str]:
    """Return every text of the product that is marked for translation."""
    methods = [("mobility/**.py", "python"), ("templates/**.html", "jinja2")]
    options = {"templates/**.html": {"extensions": "jinja2.ext.do,jinja2.ext.i18n", "silent": "false"}}
    keywords = {"_": None, "_l": None, "N_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None}
    found = extract_from_dir(
        ROOT,
        methods,
        options,
        keywords,
        directory_filter=lambda name: not Path(name).name.startswith((".", "node_modules", "tests")),
    )
    return {text if isinstance(text, str) else text[0] for _, _, text, _, _ in found}


@pytest.mark.parametrize("language", ["es", "fr"])
def test_every_text_is_translated_and_nothing_else(messages, language):
    with (ROOT / f"mobility/translations/{language}/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    done = {
        (entry.id if isinstance(entry.id, str) else entry.id[0])
        for entry in catalogue
        if entry.id and not entry.fuzzy and all(entry.string if isinstance(entry.string, tuple) else [entry.string])
    }
    assert messages - done == set()
    assert {entry.id for entry in catalogue if entry.id and isinstance(entry.id, str)} - messages == set()
    assert len(messages) > 300


@pytest.mark.parametrize("language", ["es", "fr"])
def test_placeholders_survive_translation(language):
    with (ROOT / f"mobility/translations/{language}/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    for entry in catalogue:
        if isinstance(entry.id, str) and entry.id:
            wanted, given = (sorted(set(re.findall(r"%\([a-z_]+\)[sd]", text))) for text in (entry.id, entry.string))
            assert wanted == given, entry.id
