"""The demo's employers, shortages and vacancies of a season, written in the states in which a season has them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.data import reference
from mobility.demo.calendar import Calendar
from mobility.demo.dice import Dice, Weighted
from mobility.demo.geography import (
    DESTINATIONS,
    EMPLOYER_KINDS,
    EMPLOYER_STEMS,
    SCHEMES,
    TRADES,
    Destination,
    Trade,
)
from mobility.demo.ministries import Cast, Hiring
from mobility.models.concepts.occupations import Occupation, Skill
from mobility.models.employers import Employer
from mobility.models.proposals import MatchProposal
from mobility.models.schemes.schemes import Scheme
from mobility.models.shortages.shortages import Shortage, ShortageEvidence
from mobility.models.vacancies import Vacancy, VacancyLanguage, VacancySkill
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.basics.wages import PayPeriod
from mobility.rules.cases.employers import EmployerState
from mobility.rules.cases.proposals import ProposalState
from mobility.rules.cases.shortages import EvidenceKind, ShortageState
from mobility.rules.cases.vacancies import VacancyState
from mobility.security import audit
from mobility.security.actors import SYSTEM

EMPLOYERS = 40
DOLLARS_CA = Decimal("1.35")
CENT = Decimal("0.01")
#: How many of the coming season's vacancies stand where; the others are open.
ON_THE_WAY: Mapping[VacancyState, int] = {
    VacancyState.DRAFT: 4,
    VacancyState.SUBMITTED: 5,
    VacancyState.DEFICIENT: 2,
    VacancyState.CERTIFIED: 3,
    VacancyState.PARTIALLY_CERTIFIED: 1,
    VacancyState.ATTESTED: 2,
    VacancyState.REFUSED: 1,
    VacancyState.WITHDRAWN: 1,
}
CERTIFIED = frozenset(
    {VacancyState.CERTIFIED, VacancyState.PARTIALLY_CERTIFIED, VacancyState.ATTESTED, VacancyState.OPEN}
)
FLOORS = {
    "us_h2a_like": "aewr",
    "us_h2b_like": "prevailing",
    "ca_sawp_like": "prevailing",
    "skilled_corridor": "prevailing",
}


@dataclass(frozen=True)
class Season:
    """When the jobs of a season begin and end (days from today, earliest and latest), and when they were asked for."""

    starts: tuple[int, int]
    ends: tuple[int, int]
    created: int


LAST = Season((-262, -225), (-70, -45), -345)
COMING = Season((62, 74), (190, 275), -6)


@dataclass
class Market:
    """What vacancies are made from: employers by (country, kind of scheme), shortages, occupations and skills."""

    employers: Mapping[tuple[str, str], Sequence[Employer]]
    shortages: Mapping[tuple[str, str], Shortage]
    occupations: Mapping[str, int]
    skills: Mapping[str, int]
    needs: Mapping[str, Sequence[tuple[str, bool]]]


def open_market(session: Session, cast: Cast, calendar: Calendar, dice: Dice) -> Market:
    """Register the employers and declare the shortages."""
    needs: dict[str, list[tuple[str, bool]]] = {}
    for link in reference.occupation_skills():
        needs.setdefault(link.isco, []).append((link.skill, link.essential))
    return Market(
        _employers(session, cast, calendar, dice),
        _shortages(session, cast, calendar, dice),
        dict(session.execute(sa.select(Occupation.code, Occupation.id)).all()),
        dict(session.execute(sa.select(Skill.code, Skill.id)).all()),
        needs,
    )


def _employers(session: Session, cast: Cast, calendar: Calendar, dice: Dice) -> dict[tuple[str, str], list[Employer]]:
    hiring = Hiring(session, calendar, dice)
    found: dict[tuple[str, str], list[Employer]] = {}
    places = list(SCHEMES)
    for number in range(EMPLOYERS):
        country, kind = places[number % len(places)] if number >= len(places) * 2 else places[number // 2]
        name = f"{EMPLOYER_STEMS[number % len(EMPLOYER_STEMS)]} {dice.pick(EMPLOYER_KINDS[kind])}"
        home = hiring.organisation(OrganisationKind.EMPLOYER, country, name)
        state = EmployerState.VERIFIED
        if number >= EMPLOYERS - 3:
            state = (EmployerState.SUSPENDED, EmployerState.VETTING, EmployerState.REGISTERED)[EMPLOYERS - 1 - number]
        employer = Employer(
            organisation=home,
            registration_number=f"DEMO-{number + 1:03}",
            country=country,
            state=state,
            state_reason="Wages of last season were not paid in full." if state is EmployerState.SUSPENDED else None,
            created_at=hiring.at,
        )
        session.add(employer)
        audit.record(session, SYSTEM, "employer.register", employer, at=hiring.at)
        if state is EmployerState.VERIFIED:
            found.setdefault((country, kind), []).append(employer)
        cast.employers.append(hiring.person(home, Role.EMPLOYER_ADMINISTRATOR))
    return found


def _shortages(session: Session, cast: Cast, calendar: Calendar, dice: Dice) -> dict[tuple[str, str], Shortage]:
    found = {}
    for destination in DESTINATIONS:
        for trade in TRADES:
            if (destination.country, trade.scheme) in SCHEMES:
                shortage = _shortage(session, cast, calendar, dice, destination.country, trade.isco)
                found[destination.country, trade.isco] = shortage
    for isco, state in (("5120", ShortageState.DRAFT), ("7233", ShortageState.DRAFT), ("9216", ShortageState.EXPIRED)):
        _shortage(session, cast, calendar, dice, "US", isco, state)
    return found


def _shortage(
    session: Session,
    cast: Cast,
    calendar: Calendar,
    dice: Dice,
    country: str,
    isco: str,
    state: ShortageState = ShortageState.DECLARED,
) -> Shortage:
    officer = cast.actors[country, Role.SHORTAGE_OFFICER]
    at = calendar.moment(-420)
    rate = Decimal(dice.between(42, 118)).scaleb(-1)
    evidence = ShortageEvidence(
        kind=EvidenceKind.VACANCY_RATE,
        figure=rate,
        statement="Posts unfilled for more than three months, as a share of all posts (invented figure).",
        source="Quarterly employers' survey, table 4 (demonstration)",
        observed_on=calendar.day(-460),
        period_from=calendar.day(-560),
        period_to=calendar.day(-470),
    )
    declared = state is not ShortageState.DRAFT
    made = Shortage(
        organisation_id=officer.organisation_id,
        occupation_id=session.scalars(sa.select(Occupation.id).where(Occupation.code == isco)).one(),
        country=country,
        region=country,
        headcount=dice.between(60, 140) * 10,
        valid_from=calendar.day(-420),
        valid_to=calendar.day(-20 if state is ShortageState.EXPIRED else 500),
        state=state,
        drafted_by_id=officer.user_id,
        declared_by_id=officer.user_id if declared else None,
        declared_at=at if declared else None,
        created_at=at,
        evidence=[evidence],
    )
    session.add(made)
    audit.record(session, officer, "shortage.declare" if declared else "shortage.draft", made, at=at)
    return made


class Posting:
    """Writes the vacancies of one season."""

    def __init__(
        self,
        session: Session,
        market: Market,
        schemes: Mapping[tuple[str, str], Scheme],
        calendar: Calendar,
        dice: Dice,
    ) -> None:
        self.session, self.market, self.schemes = session, market, schemes
        self.calendar, self.dice = calendar, dice
        kinds = {
            (destination, trade): trade.jobs * (2.0 if destination.country == "US" else 0.8)
            for destination in DESTINATIONS
            for trade in TRADES
            if (destination.country, trade.scheme) in SCHEMES
        }
        self._kinds: Weighted[tuple[Destination, Trade]] = Weighted(kinds)

    def post(self, number: int, season: Season, on_the_way: Mapping[VacancyState, int] | None = None) -> list[int]:
        """Write ``number`` vacancies, recorded; returns the ids of those that are open."""
        states = [state for state, count in (on_the_way or {}).items() for _ in range(count)]
        states += [VacancyState.OPEN] * (number - len(states))
        made = [self._vacancy(season, state) for state in states]
        self.session.add_all(made)
        self.session.flush()
        ids = [vacancy.id for vacancy in made]
        audit.record_many(self.session, SYSTEM, "vacancy.post", Vacancy, ids, at=self.calendar.moment(season.created))
        return [vacancy.id for vacancy in made if vacancy.state is VacancyState.OPEN]

    def _vacancy(self, season: Season, state: VacancyState) -> Vacancy:
        dice = self.dice
        destination, trade = self._kinds.draw(dice)
        code = SCHEMES[destination.country, trade.scheme]
        start, end = self._dates(season, code)
        floor = Decimal(trade.pay) * (DOLLARS_CA if destination.currency == "CAD" else 1)
        floor = floor.quantize(CENT)
        pay = (floor * (100 + dice.between(0, 12)) / 100).quantize(CENT)
        positions = dice.between(1, 3) if trade.scheme == "skilled" else dice.between(2, 12)
        certified = positions if state in CERTIFIED else 0
        filed = self.calendar.moment((start - self.calendar.today).days - dice.between(61, 74))
        return Vacancy(
            employer_id=dice.pick(self.market.employers[destination.country, trade.scheme]).id,
            scheme_id=self.schemes[destination.country, code].id,
            shortage_id=self.market.shortages[destination.country, trade.isco].id,
            occupation_id=self.market.occupations[trade.isco],
            title=trade.title,
            duties="Full-time work under supervision; tools and protective clothing are provided free of charge.",
            country=destination.country,
            region=dice.pick(destination.regions),
            positions=max(positions, 2) if state is VacancyState.PARTIALLY_CERTIFIED else positions,
            certified_positions=max(1, certified - 1) if state is VacancyState.PARTIALLY_CERTIFIED else certified,
            starts_on=start,
            ends_on=end,
            hours_week=Decimal(dice.between(40, 48)),
            pay=pay,
            pay_period=PayPeriod.HOUR,
            currency=destination.currency,
            **self._provided(trade),
            experience_months=dice.pick((0, 0, 3, 6, 12)) if trade.scheme != "skilled" else 24,
            state=state,
            state_reason=_REASONS.get(state),
            wage_floors={FLOORS[code]: f"{floor:f}"} if state in CERTIFIED else None,
            submitted_at=None if state is VacancyState.DRAFT else min(filed, self.calendar.moment(season.created)),
            created_at=self.calendar.moment(season.created),
            skills=self._skills(trade),
            languages=self._languages(trade, destination),
        )

    def _provided(self, trade: Trade) -> dict[str, Any]:
        return {
            "guarantee_share": Decimal("0.75"),
            "housing_free": trade.scheme == "farm" or self.dice.chance(0.5),
            "transport_paid": True,
            "meals_provided": self.dice.chance(0.3),
            "insurance": True,
        }

    def _dates(self, season: Season, code: str) -> tuple[date, date]:
        start = self.calendar.day(self.dice.between(*season.starts))
        end = self.calendar.day(self.dice.between(*season.ends))
        if code == "ca_sawp_like":  # within one calendar year, from January to the middle of December: the longer part
            parts = [(max(start, date(year, 1, 10)), min(end, date(year, 12, 10))) for year in (start.year, end.year)]
            start, end = max(parts, key=lambda part: part[1] - part[0])
        return start, end

    def _skills(self, trade: Trade) -> list[VacancySkill]:
        wanted = self.market.needs.get(trade.isco, ())
        essential = [code for code, is_essential in wanted if is_essential][:4]
        optional = self.dice.some([code for code, is_essential in wanted if not is_essential], 3)
        pairs = [(code, True) for code in essential] + [(code, False) for code in optional]
        return [
            VacancySkill(skill_id=self.market.skills[code], essential=needed, level=self.dice.pick((1, 2, 2, 3)))
            for code, needed in pairs
        ]

    def _languages(self, trade: Trade, destination: Destination) -> list[VacancyLanguage]:
        if trade.scheme == "skilled":
            return [VacancyLanguage(language="en", level=3)]
        if destination.country == "US" and self.dice.chance(0.25):
            return [VacancyLanguage(language="en", level=self.dice.pick((1, 2)))]
        return []


_REASONS = {
    VacancyState.DEFICIENT: "State the hours of each weekday and the address of the housing.",
    VacancyState.REFUSED: "The pay lies below the floor of this occupation and region.",
    VacancyState.WITHDRAWN: "The order was cancelled by the customer.",
}


def expire(session: Session, ids: Sequence[int], *, at: datetime) -> None:
    """End last season's vacancies, each with the places that it filled."""
    placed = (
        sa.select(sa.func.count())
        .select_from(MatchProposal)
        .where(MatchProposal.vacancy_id == Vacancy.id, MatchProposal.state == ProposalState.PLACED)
        .scalar_subquery()
    )
    values: dict[str, Any] = {
        "state": VacancyState.EXPIRED,
        "filled_positions": placed,
        "version": Vacancy.version + 1,
    }
    session.execute(
        sa.update(Vacancy).where(Vacancy.id.in_(ids)).values(values).execution_options(synchronize_session=False)
    )
    audit.record_many(session, SYSTEM, "vacancy.expire", Vacancy, ids, at=at)
