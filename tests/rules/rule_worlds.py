"""Hypothesis strategies for facts, conditions and rules, and the people and vacancies of the worked examples."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from mobility.data.reference import LANGUAGES
from mobility.errors import InvalidError
from mobility.rules.basics.dates import Period, SeasonDay
from mobility.rules.basics.findings import Severity
from mobility.rules.basics.languages import Cefr
from mobility.rules.basics.organisations import OrganisationKind
from mobility.rules.law import caps, combinations, comparisons, durations
from mobility.rules.law.facts import FACTS, FactKind
from mobility.rules.law.rulesets import Rule


def refusal_of(call, *args):
    """The InvalidError that the call raises, or None; anything else it raises fails the test."""
    try:
        call(*args)
    except InvalidError as refused:
        return refused
    return None


DAYS = st.dates(date(2019, 1, 1), date(2032, 12, 31))
COUNTRIES = st.sampled_from(["GT", "HN", "HT", "JM", "MX", "SV"])
OCCUPATIONS = st.sampled_from(["6111", "6112", "7112", "7212", "9211", "9214", "2221"])
SLUGS = st.sampled_from(["agriculture", "care", "construction", "driver_heavy"])
AMOUNTS = st.decimals("0", "60", places=2)
WHOLE = st.integers(0, 120)
LEVELS = st.sampled_from(list(Cefr)[1:])


def _pattern_codes(name):
    if name == "vacancy.occupation":
        return OCCUPATIONS
    if name.endswith("region"):
        return st.sampled_from(["US-CA", "US-TX", "MX-OAX", "GT-GU"])
    if name == "vacancy.currency":
        return st.sampled_from(["USD", "CAD", "EUR"])
    if name.endswith(("country", "nationalities")):
        return COUNTRIES
    return SLUGS


def value_of(fact):
    """A value that the catalogue allows for the field."""
    codes = _pattern_codes(fact.name)
    periods = st.builds(lambda start, days: Period(start, start + timedelta(days=days)), DAYS, st.integers(0, 400))
    return {
        FactKind.INTEGER: WHOLE,
        FactKind.DECIMAL: AMOUNTS,
        FactKind.BOOLEAN: st.booleans(),
        FactKind.DATE: DAYS,
        FactKind.CODE: codes,
        FactKind.CODES: st.frozensets(codes, max_size=3),
        FactKind.LEVEL: st.sampled_from(list(Cefr)),
        FactKind.PERIODS: st.lists(periods, max_size=3).map(tuple),
    }[fact.kind]


FLOOR = "vacancy.wage_floor.prevailing"
#: Facts of a whole case: every field of the catalogue has a value.
ALL_FACTS = st.fixed_dictionaries({name: value_of(fact) for name, fact in FACTS.items()} | {FLOOR: AMOUNTS})
#: Facts of a case of which some are not known.
SOME_FACTS = st.fixed_dictionaries(
    {}, optional={name: value_of(fact) | st.none() for name, fact in FACTS.items()} | {FLOOR: AMOUNTS | st.none()}
)


def fields(*kinds):
    return st.sampled_from(sorted(name for name, fact in FACTS.items() if fact.kind in kinds))


@st.composite
def ranges(draw):
    name = draw(fields(FactKind.INTEGER, FactKind.DECIMAL, FactKind.DATE))
    values = {FactKind.INTEGER: WHOLE, FactKind.DECIMAL: AMOUNTS, FactKind.DATE: DAYS}[FACTS[name].kind]
    low, high = sorted((draw(values), draw(values)))
    return draw(
        st.sampled_from(
            [
                comparisons.Range(name, low, high),
                comparisons.Range(name, low),
                comparisons.Range(name, None, high),
            ]
        )
    )


@st.composite
def memberships(draw):
    name = draw(fields(FactKind.CODE, FactKind.CODES))
    kind = draw(st.sampled_from([comparisons.OneOf, comparisons.NoneOf]))
    return kind(name, draw(st.frozensets(_pattern_codes(name), min_size=1, max_size=4)))


@st.composite
def equals(draw):
    name = draw(fields(FactKind.INTEGER, FactKind.CODE, FactKind.BOOLEAN))
    return comparisons.Equals(name, draw(value_of(FACTS[name])))


SEASON_DAYS = st.dates(date(2000, 1, 1), date(2000, 12, 31)).map(lambda day: SeasonDay(day.month, day.day))
STAY_CAPS = st.one_of(
    st.builds(durations.StayCap, st.integers(1, 40)),
    st.builds(
        lambda months, extra: durations.StayCap(months, durations.Window.ROLLING, months + extra),
        st.integers(1, 24),
        st.integers(1, 24),
    ),
    st.builds(lambda months: durations.StayCap(months, durations.Window.CALENDAR_YEAR), st.integers(1, 12)),
    st.builds(
        lambda months, opens: durations.StayCap(months, durations.Window.FISCAL_YEAR, year_opens=opens),
        st.integers(1, 12),
        SEASON_DAYS,
    ),
    st.builds(
        lambda months, days: durations.StayCap(months, durations.Window.SINCE_RESET, reset_days=days),
        st.integers(1, 40),
        st.integers(1, 100),
    ),
)
HISTORIES = st.builds(durations.History, st.integers(0, 5), st.none() | st.integers(0, 5), st.booleans()).filter(
    lambda asked: asked.params()
)
DATES = fields(FactKind.DATE)
LEAVES = st.one_of(
    ranges(),
    memberships(),
    equals(),
    st.builds(comparisons.IsTrue, fields(FactKind.BOOLEAN)),
    st.builds(comparisons.AtLeastLevel, fields(FactKind.LEVEL), LEVELS),
    st.builds(
        comparisons.HighestOfFloors,
        st.sampled_from(["USD", "CAD"]),
        st.just((FLOOR,)),
        st.dictionaries(st.just("federal_minimum"), st.decimals("0.01", "60", places=2), max_size=1),
    ),
    st.builds(durations.ValidBeyondEnd, DATES, st.integers(0, 24), st.integers(0, 90)),
    st.tuples(DATES, DATES).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: durations.NoLaterThan(*pair)),
    STAY_CAPS,
    st.builds(durations.Season, SEASON_DAYS, SEASON_DAYS),
    st.builds(
        lambda field, least, extra: durations.NoticeDays(field, least, least + extra),
        DATES,
        st.integers(0, 90),
        st.integers(0, 90),
    ),
    st.builds(durations.NoticeDays, DATES, st.integers(0, 90)),
    HISTORIES,
)


def _combined(inner):
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(combinations.AllOf, several),
        st.builds(combinations.AnyOf, several),
        st.builds(combinations.When, inner, inner),
        st.builds(caps.Capped, STAY_CAPS, st.lists(STAY_CAPS, max_size=2).map(tuple), st.none() | inner),
    )


_ANY = LEAVES | _combined(LEAVES) | _combined(LEAVES | _combined(LEAVES))


@st.composite
def conditions(draw):
    """Any condition that a rule set can hold; a function, so that Hypothesis need not print it whole."""
    return draw(_ANY)


CONDITIONS = conditions()

RULES = st.lists(
    st.builds(
        Rule,
        id=st.text("abcdefgh_", min_size=1, max_size=12),
        condition=conditions(),
        severity=st.just(Severity.WARN),
        source=st.sampled_from(["20 CFR 655.120", "Orden GECCO"]),
        valid_from=st.just(date(2025, 1, 1)),
        valid_to=st.none() | st.just(date(2027, 12, 31)),
        waiver=st.none() | st.sampled_from(list(OrganisationKind)),
        sentence=st.dictionaries(st.sampled_from(LANGUAGES), st.just("At least 18 years.")),
    ),
    max_size=6,
    unique_by=lambda rule: rule.id,
).map(tuple)

#: A person whom every example scheme's rules for people can accept.
PERSON = {
    "worker.age": 31,
    "worker.nationalities": frozenset({"GT"}),
    "worker.residence_country": "GT",
    "worker.experience_months": 36,
    "worker.experience_months_total": 60,
    "worker.language.en": Cefr.B1,
    "worker.language.es": Cefr.C2,
    "worker.language.fr": Cefr.NONE,
    "worker.document_valid_until": date(2029, 1, 1),
    "worker.check.identity_valid_until": date(2028, 1, 1),
    "worker.check.police_valid_until": date(2027, 1, 1),
    "worker.check.medical_valid_until": date(2027, 1, 1),
    "worker.check.trade_test_valid_until": date(2028, 1, 1),
    "worker.seasons_completed": 2,
    "worker.last_returned_on_time": True,
    "worker.years_since_last_season": 1,
    "worker.months_abroad_last_12": 5,
    "worker.stays": (Period(date(2025, 4, 1), date(2025, 8, 31)),),
    "worker.displaced": True,
    "worker.licences": frozenset(),
    "worker.education_years": 9,
    "worker.reads_and_writes": True,
    "worker.earliest_start": date(2026, 3, 1),
}

#: A farm job in the United States from April to October; other schemes change what they must.
FARM_JOB = {
    "vacancy.occupation": "9211",
    "vacancy.country": "US",
    "vacancy.region": "US-CA",
    "vacancy.sector": "agriculture",
    "vacancy.start": date(2026, 4, 1),
    "vacancy.end": date(2026, 10, 31),
    "vacancy.months": 7,
    "vacancy.filed_on": date(2026, 1, 25),
    "vacancy.hours_week": Decimal(40),
    "vacancy.full_time": True,
    "vacancy.pay_hourly": Decimal("20.00"),
    "vacancy.currency": "USD",
    "vacancy.housing_free": True,
    "vacancy.transport_paid": True,
    "vacancy.insurance": True,
    "vacancy.worker_fees": Decimal(0),
    "vacancy.guarantee_share": Decimal("0.75"),
    "vacancy.positions": 12,
    "vacancy.agreement_names_occupation": False,
    "vacancy.wage_floor.aewr": Decimal("19.97"),
    "vacancy.wage_floor.prevailing": Decimal("16.90"),
    "vacancy.wage_floor.minimum": Decimal("16.50"),
}
