"""What a ministry sees before it certifies a vacancy: the findings of the procedure and of the scheme's own rules."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session, joinedload

from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy
from mobility.queries.lists import scheme_lists, vacancy_lists
from mobility.rules.basics.findings import Finding, Severity, Verdict
from mobility.rules.basics.places import day_in
from mobility.rules.basics.wages import wage_floor
from mobility.rules.cases import vacancies as job_orders
from mobility.rules.cases.agreements import is_in_force
from mobility.rules.cases.shortages import Declaration
from mobility.rules.cases.vacancies import ORDER_COLUMNS, SOURCE, Terms, certification_findings, vacancy_facts
from mobility.rules.law.comparisons import HighestOfFloors
from mobility.rules.law.facts import WAGE_FLOOR_PREFIX, Facts
from mobility.rules.law.rulesets import Rule, about_jobs, evaluate, in_force, parse_rules
from mobility.services.schemes import safeguards

#: The floor that is asked for where a scheme's rules name none.
MINIMUM = "minimum"
Floors = Mapping[str, Decimal]
_WORST_FIRST = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS)


@dataclass(frozen=True)
class Seen:
    """One finding, with the rule's own words by language where a scheme's rule made it."""

    finding: Finding
    words: Mapping[str, str]


@dataclass(frozen=True)
class Assessment:
    """Every finding on a vacancy: those of the procedure come first, then those of the scheme's rules."""

    procedure: Sequence[Seen]
    scheme: Sequence[Seen]

    @property
    def seen(self) -> list[Seen]:
        """All findings, in the order in which a page shows them."""
        return [*self.procedure, *self.scheme]

    @property
    def obstacles(self) -> list[Finding]:
        """What keeps the vacancy from being certified: a scheme's unknowns are for the officer to weigh."""
        stops = [seen.finding for seen in self.procedure if seen.finding.blocks]
        return stops + [_failed(seen.finding) for seen in self.scheme if _stops(seen.finding)]


def _stops(finding: Finding) -> bool:
    return finding.verdict is Verdict.FAIL and finding.severity is Severity.BLOCK


def _failed(finding: Finding) -> Finding:
    params = {"rule": finding.rule, "source": finding.source}
    return Finding(finding.rule, Verdict.FAIL, "vacancy_rule.failed", finding.source, params)


def terms_of(vacancy: Vacancy) -> Terms:
    """Return what the rules need to know of a vacancy (occupation loaded)."""
    return Terms(
        occupation=vacancy.occupation.code,
        region=vacancy.region,
        starts_on=vacancy.starts_on,
        ends_on=vacancy.ends_on,
        positions=vacancy.positions,
        hours_week=vacancy.hours_week,
        pay=vacancy.pay,
        worker_fees=vacancy.worker_fees,
    )


def pay_hourly(vacancy: Vacancy) -> Decimal:
    """Return what the pay comes to per hour."""
    return job_orders.pay_hourly(_order(vacancy))


def floors_of(vacancy: Vacancy) -> dict[str, Decimal]:
    """Return the hourly floors that the vacancy was held to, by name."""
    return {name: Decimal(amount) for name, amount in (vacancy.wage_floors or {}).items()}


def rules_of(session: Session, scheme_id: int, on: date) -> tuple[Rule, ...]:
    """Return the rules of a scheme that both governments signed, that hold on a day and look at vacancies alone."""
    version = scheme_lists.rule_set_in_force(session, scheme_id, on)
    return about_jobs(in_force(parse_rules(version.rules), on)) if version else ()


def floor_names(rules: Iterable[Rule]) -> list[str]:
    """Return the names of the hourly floors that an officer has to look up before certifying."""
    conditions = [rule.condition for rule in rules if isinstance(rule.condition, HighestOfFloors)]
    if not conditions:
        return [MINIMUM]
    names = (name.removeprefix(WAGE_FLOOR_PREFIX) for condition in conditions for name in condition.floors)
    return list(dict.fromkeys(names))


def facts_of(vacancy: Vacancy, floors: Floors, *, on: date) -> Facts:
    """Return what a scheme's rules may ask of a vacancy (occupation and the scheme's agreements loaded)."""
    agreements = [each.agreement for each in vacancy.scheme.agreements]
    named = [
        each.names_health_workers for each in agreements if is_in_force(each.state, each.valid_from, each.valid_to, on)
    ]
    return vacancy_facts(_order(vacancy), floors=floors, agreement_names_occupation=bool(named) and all(named))


def _order(vacancy: Vacancy) -> dict[str, Any]:
    occupation = {"occupation": vacancy.occupation.code, "sector": vacancy.occupation.sector}
    return {name: getattr(vacancy, name) for name in ORDER_COLUMNS} | occupation


def assess(
    session: Session, vacancy: Vacancy, *, positions: int, floors: Floors, at: datetime, lock: bool = False
) -> Assessment:
    """Return every finding on certifying ``positions`` of a vacancy held to hourly ``floors``.

    With ``lock`` the shortage stays locked until commit, so that of two certifications against it the second counts
    what the first one took.
    """
    today = day_in(vacancy.country, at)
    rules = rules_of(session, vacancy.scheme_id, today)
    seen = list(zip(rules, evaluate(rules, facts_of(vacancy, floors, on=today), on=today), strict=True))
    wage, words = _wage(vacancy, seen, floors)
    safeguard = safeguards.finding(session, vacancy, today)
    procedure = certification_findings(
        terms_of(vacancy),
        positions,
        employer=vacancy.employer.state,
        shortage=_declaration(session, vacancy, lock=lock),
        scheme=vacancy.scheme.state,
        wage=wage,
        today=day_in(vacancy.region, at),
    )
    return Assessment(
        procedure=[
            *(Seen(finding, words if finding is wage else {}) for finding in procedure),
            *([Seen(safeguard, {})] if safeguard is not None else []),
        ],
        scheme=[Seen(finding, rule.sentence) for rule, finding in seen if finding is not wage],
    )


def _wage(vacancy: Vacancy, seen: Sequence[tuple[Rule, Finding]], floors: Floors) -> tuple[Finding, Mapping[str, str]]:
    """Return the worst finding about wages: of the scheme's rules, or else against a minimum."""
    found = [(finding, rule.sentence) for rule, finding in seen if isinstance(rule.condition, HighestOfFloors)]
    if found:
        return min(found, key=lambda pair: _WORST_FIRST.index(pair[0].verdict))
    return wage_floor(pay_hourly(vacancy), {MINIMUM: floors.get(MINIMUM)}, source=SOURCE), {}


def _declaration(session: Session, vacancy: Vacancy, *, lock: bool) -> Declaration | None:
    if vacancy.shortage_id is None:
        return None
    shortage = session.get_one(
        Shortage,
        vacancy.shortage_id,
        options=[joinedload(Shortage.occupation)],
        populate_existing=True,
        with_for_update={"of": Shortage} if lock else None,
    )
    return Declaration(
        state=shortage.state,
        occupation=shortage.occupation.code,
        region=shortage.region,
        valid_from=shortage.valid_from,
        valid_to=shortage.valid_to,
        headcount=shortage.headcount,
        certified=vacancy_lists.certified_against(session, shortage.id, without=vacancy.id),
    )
