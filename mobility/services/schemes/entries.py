"""What an officer enters about a scheme, from nothing or from one of the examples; no rows and no decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from mobility.rules.cases.schemes import ReviewOrder, SchemeKind
from mobility.rules.law.example_schemes import ExampleScheme
from mobility.rules.law.rulesets import write_rules
from mobility.rules.quotas.counters import QuotaCondition, QuotaDimension, open_remainder
from mobility.rules.quotas.places import Places
from mobility.rules.quotas.terms import Named


@dataclass(frozen=True)
class QuotaTerms:
    """A cap for a period; ``value`` names what a dimension counts, several values split by commas.

    ``conditions`` are further things that hold of everybody whom it counts.
    """

    period_from: date
    period_to: date
    cap: int
    dimension: QuotaDimension = QuotaDimension.TOTAL
    value: str = ""
    conditions: tuple[QuotaCondition, ...] = ()

    @property
    def named(self) -> Named:
        """What the rules look at."""
        return Named(self.period_from, self.period_to, self.cap, self.dimension, self.value, self.conditions)


@dataclass(frozen=True)
class SchemeTerms:
    """What an officer enters about a scheme; ``rules`` is the JSON that ``rules.rulesets.parse_rules`` reads.

    ``titles`` has one for each of en, es and fr, ``agreements`` their references, ``rules_from`` the first day of the
    first version of the rules. From ``places`` (halves, a supplement, a set-aside) further quotas follow.
    """

    kind: SchemeKind
    titles: Mapping[str, str]
    review_order: ReviewOrder
    max_stay_months: int
    agreements: Sequence[str]
    rules: object
    rules_from: date
    quotas: Sequence[QuotaTerms] = ()
    places: Sequence[Places] = ()


def terms_of_example(
    example: ExampleScheme, agreements: Sequence[str], rules_from: date, quotas: Sequence[QuotaTerms] | None = None
) -> SchemeTerms:
    """Return the terms of an example under some agreements, with its own quotas and places unless quotas are given."""
    return SchemeTerms(
        kind=example.kind,
        titles=example.titles,
        review_order=example.review_order,
        max_stay_months=example.max_stay_months,
        agreements=agreements,
        rules=write_rules(example.rules),
        rules_from=rules_from,
        quotas=quotas_of_example(example) if quotas is None else quotas,
        places=() if quotas is not None or example.places is None else (example.places,),
    )


def quotas_of_example(example: ExampleScheme) -> list[QuotaTerms]:
    """Return an example's quotas; a floor for one sex becomes the cap on what it leaves to everybody else."""
    whole = {quota.valid_from: quota.cap for quota in example.quotas if quota.dimension is None}
    found = []
    for quota in example.quotas:
        dimension = quota.dimension or QuotaDimension.TOTAL
        cap = quota.cap
        if dimension is QuotaDimension.SEX_FLOOR:
            cap = open_remainder(whole[quota.valid_from], quota.cap)
        found.append(QuotaTerms(quota.valid_from, quota.valid_to, cap, dimension, ",".join(quota.values)))
    return found
