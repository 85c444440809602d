"""Safeguards for countries that need their health workers, after the WHO Code of Practice; dated lists, no rows."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from mobility.data.reference import LANGUAGES
from mobility.data.schemes import safeguard_documents
from mobility.rules.basics.findings import Finding, Severity, Verdict
from mobility.rules.law.combinations import AnyOf
from mobility.rules.law.comparisons import NoneOf
from mobility.rules.law.facts import FACTS
from mobility.rules.law.operators import parse_condition
from mobility.rules.law.reader import Reader
from mobility.rules.law.rulesets import Rule

RULE = "health_worker_safeguard"
OCCUPATION, NATIONALITIES = "vacancy.occupation", "worker.nationalities"
CODES = (
    "health_worker_safeguard.not_listed",
    "health_worker_safeguard.named",
    "health_worker_safeguard.not_named",
    "health_worker_safeguard.missing",
)


@dataclass(frozen=True, slots=True)
class SafeguardList:
    """Occupations (ISCO-08 codes of any level) and countries that are safeguarded from a day on."""

    valid_from: date
    valid_to: date | None
    source: str
    sentence: Mapping[str, str]
    occupations: frozenset[str]
    countries: frozenset[str]

    def covers(self, occupation: str) -> bool:
        """Tell whether an ISCO-08 code or a group above it is on the list."""
        return named(occupation, self.occupations)


def named(occupation: str, codes: Collection[str]) -> bool:
    """Tell whether an ISCO-08 code or a group above it is among ``codes``."""
    return any(occupation[:length] in codes for length in range(1, len(occupation) + 1))


def parse_lists(raw: object) -> tuple[SafeguardList, ...]:
    """Read dated safeguard lists from JSON; raises InvalidError with the path of what is wrong."""
    outer = Reader({"lists": raw}, "safeguards", parse_condition)
    return tuple(_list(item, f"safeguards[{index}]") for index, item in enumerate(outer.items("lists")))


def _list(raw: object, path: str) -> SafeguardList:
    reader = Reader(raw, path, parse_condition)
    reader.only("valid_from", "valid_to", "source", "sentence", "occupations", "countries")
    words = reader.inner("sentence")
    words.only(*LANGUAGES)
    return SafeguardList(
        valid_from=reader.date("valid_from"),
        valid_to=reader.date("valid_to") if reader.has("valid_to") else None,
        source=reader.text("source"),
        sentence={language: words.text(language, most=500) for language in LANGUAGES},
        occupations=reader.codes("occupations", FACTS[OCCUPATION]),
        countries=reader.codes("countries", FACTS[NATIONALITIES]),
    )


@cache
def embedded_lists() -> tuple[SafeguardList, ...]:
    """Return the safeguard lists that come with the product."""
    return parse_lists(safeguard_documents())


def list_on(lists: Iterable[SafeguardList], on: date) -> SafeguardList | None:
    """Return the list in force on a day, the newest if there are several; None before the first."""
    current = [one for one in lists if one.valid_from <= on and (one.valid_to is None or on <= one.valid_to)]
    return max(current, key=lambda one: one.valid_from, default=None)


def safeguard_rule(safeguard: SafeguardList, agreed: Collection[str]) -> tuple[Rule, ...]:
    """Return a list as the rule that match runs ask; no rule if every listed country has agreed.

    Parameters
    ----------
    safeguard : SafeguardList
    agreed : collection of str
        Countries whose agreement with the destination names health workers.
    """
    lacking = safeguard.countries.difference(agreed)
    if not lacking:
        return ()
    condition = AnyOf((NoneOf(OCCUPATION, safeguard.occupations), NoneOf(NATIONALITIES, lacking)))
    first, last = safeguard.valid_from, safeguard.valid_to
    return (Rule(RULE, condition, Severity.BLOCK, safeguard.source, first, last, sentence=safeguard.sentence),)


def health_worker_safeguard(
    occupation: str,
    origins: Collection[str],
    agreed: Mapping[str, Collection[str]] | None,
    *,
    safeguard: SafeguardList,
) -> Finding:
    """Check that health workers of safeguarded countries are recruited only where governments agreed on it.

    Parameters
    ----------
    occupation : str
        ISCO-08 code of the vacancy.
    origins : collection of str
        Countries (ISO 3166-1) whose people the vacancy would take.
    agreed : mapping of str to collection of str, or None
        By country, the ISCO-08 codes that a government agreement in force names; None if nobody looked.
    safeguard : SafeguardList
        The list in force; see ``list_on``.

    Returns
    -------
    Finding
        PASS if the list does not concern the case or every listed country's agreement names the occupation;
        UNKNOWN if it does and ``agreed`` is None; else FAIL with the countries.
    """
    listed = sorted(safeguard.countries.intersection(origins)) if safeguard.covers(occupation) else []
    if not listed:
        return Finding(RULE, Verdict.PASS, f"{RULE}.not_listed", safeguard.source)
    if agreed is None:
        params = {"missing": "agreement", "countries": ",".join(listed)}
        return Finding(RULE, Verdict.UNKNOWN, f"{RULE}.missing", safeguard.source, params)
    lacking = [country for country in listed if not named(occupation, agreed.get(country, ()))]
    params = {"occupation": occupation, "countries": ",".join(lacking or listed)}
    if lacking:
        return Finding(RULE, Verdict.FAIL, f"{RULE}.not_named", safeguard.source, params)
    return Finding(RULE, Verdict.PASS, f"{RULE}.named", safeguard.source, params)
