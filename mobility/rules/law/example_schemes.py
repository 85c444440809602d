"""The six example schemes as typed, checked records; their figures are examples and stand in mobility/data/schemes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cache
from typing import cast

from mobility.data.reference import LANGUAGES
from mobility.data.schemes import scheme_documents
from mobility.errors import InvalidError
from mobility.rules.cases.schemes import ReviewOrder, SchemeKind
from mobility.rules.law.facts import FACTS
from mobility.rules.law.operators import parse_condition
from mobility.rules.law.reader import Reader
from mobility.rules.law.rulesets import Rule, parse_rules
from mobility.rules.quotas.counters import QuotaDimension
from mobility.rules.quotas.places import Places, check_places

CODES = ("rules.sentence_incomplete",)

_KEYS = (
    "code",
    "kind",
    "titles",
    "destination",
    "origins",
    "review_order",
    "max_stay_months",
    "sectors",
    "example",
    "note",
    "rules",
    "quotas",
    "places",
)
_PLACES_KEYS = (*(each.name for each in fields(Places) if each.name != "carried"), "source")
_QUOTA_KEYS = ("code", "valid_from", "valid_to", "cap", "dimension", "values", "source")


@dataclass(frozen=True, slots=True)
class ExampleQuota:
    """A cap for a period; with a dimension it counts (or, for a floor, keeps) only cases with one of ``values``."""

    code: str
    valid_from: date
    valid_to: date
    cap: int
    dimension: QuotaDimension | None
    values: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class ExampleScheme:
    """A scheme to start from; ``note`` says in each language that the parameters must be checked before use.

    ``places`` stand for the whole and its halves where there is a set-aside or a second half, else among ``quotas``.
    """

    code: str
    kind: SchemeKind
    titles: Mapping[str, str] = field(hash=False)
    destination: str
    origins: tuple[str, ...]
    review_order: ReviewOrder
    max_stay_months: int
    sectors: tuple[str, ...]
    note: Mapping[str, str] = field(hash=False)
    rules: tuple[Rule, ...]
    quotas: tuple[ExampleQuota, ...]
    places: Places | None


@cache
def example_schemes() -> tuple[ExampleScheme, ...]:
    """Return the embedded example schemes, in the order of their codes."""
    return tuple(parse_example(document) for document in scheme_documents())


def parse_example(document: object) -> ExampleScheme:
    """Read and check one example scheme.

    Raises
    ------
    InvalidError
        For anything that does not fit, with its path; ``rules.sentence_incomplete`` if a rule lacks its sentence
        in one of the three languages.
    """
    reader = Reader(document, "scheme", parse_condition)
    reader.only(*_KEYS)
    rules = parse_rules(reader.get("rules"), path="scheme.rules")
    for rule in rules:
        if set(rule.sentence) != set(LANGUAGES):
            raise InvalidError("rules.sentence_incomplete", field="scheme.rules", rule=rule.id)
    quotas = reader.items("quotas") if reader.has("quotas") or not reader.has("places") else []
    return ExampleScheme(
        code=reader.text("code"),
        kind=SchemeKind(_known(reader, "kind", SchemeKind)),
        titles=_texts(reader, "titles"),
        destination=reader.code("destination", FACTS["vacancy.country"]),
        origins=tuple(sorted(reader.codes("origins", FACTS["worker.nationalities"]))),
        review_order=ReviewOrder(_known(reader, "review_order", ReviewOrder)),
        max_stay_months=reader.integer("max_stay_months", least=1, most=600),
        sectors=tuple(sorted(reader.codes("sectors", FACTS["vacancy.sector"]))),
        note=_texts(reader, "note"),
        rules=rules,
        quotas=tuple(_quota(raw, f"scheme.quotas[{index}]") for index, raw in enumerate(quotas)),
        places=_places(reader.inner("places")) if reader.has("places") else None,
    )


def _known(reader: Reader, key: str, choices: type[SchemeKind | ReviewOrder | QuotaDimension]) -> str:
    value = reader.text(key)
    if value not in {choice.value for choice in choices}:
        raise InvalidError("rules.not_a_code", field=reader.at(key), name=value[:80])
    return value


def _texts(reader: Reader, key: str) -> Mapping[str, str]:
    inner = reader.inner(key)
    inner.only(*LANGUAGES)
    return {language: inner.text(language) for language in LANGUAGES}


def _quota(raw: object, path: str) -> ExampleQuota:
    reader = Reader(raw, path, parse_condition)
    reader.only(*_QUOTA_KEYS)
    starts, ends = reader.date("valid_from"), reader.date("valid_to")
    if ends < starts:
        raise InvalidError("rules.dates_reversed", field=reader.at("valid_to"))
    split = reader.has("dimension")
    return ExampleQuota(
        code=reader.text("code"),
        valid_from=starts,
        valid_to=ends,
        cap=reader.integer("cap"),
        dimension=QuotaDimension(_known(reader, "dimension", QuotaDimension)) if split else None,
        values=tuple(cast("list[str]", reader.items("values"))) if split else (),
        source=reader.text("source"),
    )


def _places(reader: Reader) -> Places:
    reader.only(*_PLACES_KEYS)
    reader.text("source")
    made = Places(
        period_from=reader.date("period_from"),
        period_to=reader.date("period_to"),
        regular=reader.integer("regular"),
        second_from=reader.date("second_from") if reader.has("second_from") else None,
        second=reader.integer("second") if reader.has("second") else 0,
        carry_on=reader.date("carry_on") if reader.has("carry_on") else None,
        supplement=reader.integer("supplement") if reader.has("supplement") else 0,
        set_aside=reader.integer("set_aside") if reader.has("set_aside") else 0,
        set_aside_for=tuple(cast("list[str]", reader.items("set_aside_for"))) if reader.has("set_aside_for") else (),
    )
    check_places(made)
    return made
