"""The vacancies that a match run fills and the quotas that bound it, as arrays; reads only."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.matching.allocation import Quotas, quotas_from_columns
from mobility.matching.core import Entries, Vocabulary
from mobility.matching.facts import Demand, demand_from_columns
from mobility.models.concepts.occupations import Occupation, Skill
from mobility.models.employers import Employer
from mobility.models.proposals import MatchProposal
from mobility.models.schemes.agreements import Agreement
from mobility.models.schemes.schemes import Scheme, SchemeAgreement
from mobility.models.shortages.shortages import Shortage
from mobility.models.vacancies import Vacancy, VacancyLanguage, VacancySkill
from mobility.models.workers.profiles import Employment
from mobility.models.workers.workers import Worker
from mobility.queries.lists import quota_lists
from mobility.queries.place_days import today_there
from mobility.queries.pools.worker_records import MINOR_GROUP
from mobility.queries.pools.worker_rows import AnySelect, batches
from mobility.rules.cases.agreements import is_in_force
from mobility.rules.cases.proposals import OPEN_STATES, ProposalState
from mobility.rules.cases.shortages import ShortageState
from mobility.rules.cases.vacancies import ORDER_COLUMNS, VacancyState, pay_hourly, vacancy_facts
from mobility.rules.cases.workers import Sex
from mobility.rules.quotas.counters import QuotaFacts, fits_vacancy, fits_worker

#: Workers whose groups are read at once.
_GROUPED = 20_000

#: Approved and not yet placed: they occupy a position as much as somebody who is there.
_COMMITTED = (
    sa.select(sa.func.count())
    .select_from(MatchProposal)
    .where(
        MatchProposal.vacancy_id == Vacancy.id,
        MatchProposal.approved_by_id.is_not(None),
        MatchProposal.state.in_(OPEN_STATES),
    )
    .correlate(Vacancy)
    .scalar_subquery()
)

_VACANCY = (
    sa.select(
        Vacancy.id,
        *(getattr(Vacancy, name) for name in ORDER_COLUMNS),
        Vacancy.certified_positions,
        Vacancy.filled_positions,
        Vacancy.experience_months,
        Vacancy.wage_floors,
        Vacancy.state,
        Occupation.code.label("occupation"),
        Occupation.sector,
        Employer.ref.label("employer"),
        _COMMITTED.label("committed"),
    )
    .join(Occupation, Occupation.id == Vacancy.occupation_id)
    .join(Employer, Employer.id == Vacancy.employer_id)
)


_CENTS = 100


@dataclass
class Sparse:
    """Cells of a sparse table as they are found."""

    row: list[int] = field(default_factory=list)
    column: list[int] = field(default_factory=list)
    value: list[int] = field(default_factory=list)

    def add(self, row: int, column: int | None, value: int) -> bool:
        """Add a cell and return True; a column that the vocabulary does not have is left out, and so is a 0."""
        if column is None or value <= 0:
            return False
        self.row.append(row)
        self.column.append(column)
        self.value.append(value)
        return True

    def entries(self) -> Entries:
        """Return the cells."""
        return Entries(self.row, self.column, self.value)


def places(names: Sequence[str]) -> dict[str, int]:
    """Return the column of each name."""
    return {name: column for column, name in enumerate(names)}


def hundredths(amount: Decimal, *, up: bool = False) -> int:
    """Return an amount in hundredths, rounded half up, or up."""
    return int((amount * _CENTS).to_integral_value(ROUND_CEILING if up else ROUND_HALF_UP))


def open_vacancies(session: Session, scheme_id: int, *, at: datetime) -> list[int]:
    """Return the ids of a scheme's open vacancies with positions left, those of like dates together.

    Left out are those whose last day has gone by where the work is, and those whose shortage is suspended.
    """
    select = sa.select(Vacancy.id).where(_open(scheme_id), _lasts(session, scheme_id, at))
    return list(session.scalars(select.order_by(Vacancy.ends_on, Vacancy.starts_on, Vacancy.id)))


def open_places(session: Session, scheme_id: int, *, at: datetime | None = None) -> tuple[int, int]:
    """Return how many vacancies of a scheme are open with positions left, and how many positions those are.

    With ``at``, only those whose last day has not gone by.
    """
    lasts = sa.true() if at is None else _lasts(session, scheme_id, at)
    left = sa.func.sum(Vacancy.certified_positions - Vacancy.filled_positions - _COMMITTED)
    row = session.execute(sa.select(sa.func.count(), left).select_from(Vacancy).where(_open(scheme_id), lasts)).one()
    return row[0], int(row[1] or 0)


def _lasts(session: Session, scheme_id: int, at: datetime) -> sa.ColumnElement[bool]:
    country = session.scalars(sa.select(Scheme.country).where(Scheme.id == scheme_id)).one()
    return Vacancy.ends_on >= today_there(country, Vacancy.region, at)


def _open(scheme_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(
        Vacancy.scheme_id == scheme_id,
        Vacancy.state == VacancyState.OPEN,
        Vacancy.shortage_id.not_in(sa.select(Shortage.id).where(Shortage.state == ShortageState.SUSPENDED))
        | Vacancy.shortage_id.is_(None),
        Vacancy.certified_positions > Vacancy.filled_positions + _COMMITTED,
    )


def positions_left(session: Session, vacancy_id: int) -> int:
    """Return how many positions of a vacancy are neither filled nor promised to somebody approved."""
    row = session.execute(_VACANCY.where(Vacancy.id == vacancy_id)).mappings().one()
    return _left(row)


def still_open(session: Session, ids: Iterable[int]) -> set[int]:
    """Return which of some vacancies are open now; their rows stay as they are until commit."""
    found: set[int] = set()
    for some in batches(sorted(ids)):
        held = sa.select(Vacancy.id, Vacancy.state).where(Vacancy.id.in_(some)).order_by(Vacancy.id)
        rows = session.execute(held.with_for_update(read=True))
        found |= {key for key, state in rows if state is VacancyState.OPEN}
    return found


def demand(session: Session, words: Vocabulary, ids: Sequence[int], *, on: date) -> Demand:
    """Return the vacancies with these ids as arrays, ascending by id; all belong to one scheme.

    A vacancy that is no longer open has no position left.
    """
    ids = sorted(ids)
    named = _names_health_workers(session, ids, on)
    rows: list[sa.RowMapping] = []
    for some in batches(ids):
        rows += session.execute(_VACANCY.where(Vacancy.id.in_(some)).order_by(Vacancy.id)).mappings()
    place = {row["id"]: number for number, row in enumerate(rows)}
    essential, optional = _skills(session, words, ids, place)
    return demand_from_columns(
        words,
        key=list(place),
        start=[day.toordinal() for day in _column(rows, "starts_on")],
        end=[day.toordinal() for day in _column(rows, "ends_on")],
        positions=[_left(row) for row in rows],
        facts=[_facts(row, named=named) for row in rows],
        essential=essential,
        optional=optional,
        group=_numbered(words.groups, [code[:MINOR_GROUP] for code in _column(rows, "occupation")]),
        languages=_languages(session, words, ids, place),
        experience=_column(rows, "experience_months"),
        country=_numbered(words.countries, _column(rows, "country")),
        sector=_numbered(words.sectors, _column(rows, "sector")),
        pay=[hundredths(pay_hourly(dict(row))) for row in rows],
        currency=_numbered(words.currencies, _column(rows, "currency")),
        scheme=[0] * len(rows),
    )


def _column(rows: Sequence[sa.RowMapping], name: str) -> list[Any]:
    return [row[name] for row in rows]


def _numbered(known: Sequence[str], codes: Sequence[str | None]) -> list[int]:
    """Return the place of each code among those that the vocabulary knows, -1 where it knows none."""
    numbers = places(known)
    return [numbers.get(code or "", -1) for code in codes]


def _left(row: sa.RowMapping) -> int:
    if row["state"] is not VacancyState.OPEN:
        return 0
    return max(0, row["certified_positions"] - row["filled_positions"] - row["committed"])


def _facts(row: sa.RowMapping, *, named: bool) -> dict[str, Hashable]:
    floors = row["wage_floors"] or {}
    return {**vacancy_facts(dict(row), floors=floors, agreement_names_occupation=named)}


def _names_health_workers(session: Session, ids: Sequence[int], on: date) -> bool:
    """Tell whether every agreement in force of the vacancies' scheme names health workers."""
    select = (
        sa.select(Agreement.state, Agreement.valid_from, Agreement.valid_to, Agreement.names_health_workers)
        .join(SchemeAgreement, SchemeAgreement.agreement_id == Agreement.id)
        .join(Vacancy, Vacancy.scheme_id == SchemeAgreement.scheme_id)
        .where(Vacancy.id == (ids[0] if ids else None))
    )
    found = [named for state, first, last, named in session.execute(select) if is_in_force(state, first, last, on)]
    return bool(found) and all(found)


def _skills(session: Session, words: Vocabulary, ids: Sequence[int], place: dict[int, int]) -> tuple[Entries, Entries]:
    columns = places(words.skills)
    essential, optional = Sparse(), Sparse()
    asked = sa.select(VacancySkill.vacancy_id, Skill.code, VacancySkill.essential, VacancySkill.level)
    select: AnySelect = asked.join(Skill, Skill.id == VacancySkill.skill_id)
    for some in batches(ids):
        for vacancy, code, needed, level in session.execute(select.where(VacancySkill.vacancy_id.in_(some))):
            (essential if needed else optional).add(place[vacancy], columns.get(code), level)
    return essential.entries(), optional.entries()


def _languages(session: Session, words: Vocabulary, ids: Sequence[int], place: dict[int, int]) -> list[list[int]]:
    columns = places(words.languages)
    found = [[0] * len(columns) for _ in place]
    select = sa.select(VacancyLanguage.vacancy_id, VacancyLanguage.language, VacancyLanguage.level)
    for some in batches(ids):
        for vacancy, language, level in session.execute(select.where(VacancyLanguage.vacancy_id.in_(some))):
            if language in columns:
                found[place[vacancy]][columns[language]] = level
    return found


def quotas(session: Session, scheme_id: int, vacancies: Sequence[int], workers: Sequence[int]) -> Quotas:
    """Return a scheme's quotas with the units left, and who belongs to each; rows in the order of the ids given.

    Sex is read here alone, for a declared floor; it takes no part in any score.
    """
    rows = quota_lists.of_scheme(session, scheme_id)
    keys = [quota_lists.key_of(row) for row in rows]
    of_vacancies, of_workers = Sparse(), Sparse()
    for place, facts in enumerate(_vacancy_facts(session, scheme_id, vacancies)):
        for column, key in enumerate(keys):
            if fits_vacancy(key, facts):
                of_vacancies.add(place, column, 1)
    for place, facts in enumerate(_worker_facts(session, scheme_id, workers)):
        for column, key in enumerate(keys):
            if fits_worker(key, facts):
                of_workers.add(place, column, 1)
    return quotas_from_columns(
        len(vacancies),
        len(workers),
        key=[row.id for row in rows],
        remaining=[quota_lists.counters_of(row).free for row in rows],
        vacancies=of_vacancies.entries(),
        workers=of_workers.entries(),
    )


def quota_facts(session: Session, scheme_id: int, vacancy_id: int, worker_id: int) -> QuotaFacts:
    """Return what the rules of quotas need to know of one approval."""
    of_vacancy = _vacancy_facts(session, scheme_id, [vacancy_id])[0]
    of_worker = _worker_facts(session, scheme_id, [worker_id])[0]
    return replace(of_vacancy, origin=of_worker.origin, returning=of_worker.returning, sex=of_worker.sex)


def _vacancy_facts(session: Session, scheme_id: int, ids: Sequence[int]) -> list[QuotaFacts]:
    found: list[QuotaFacts] = []
    for some in batches(ids):
        for row in session.execute(_VACANCY.where(Vacancy.id.in_(some)).order_by(Vacancy.id)).mappings():
            sectors = frozenset({row["sector"]} if row["sector"] else ())
            found.append(
                QuotaFacts(
                    scheme_id,
                    row["starts_on"],
                    "",
                    sectors,
                    row["region"],
                    row["employer"],
                    returning=False,
                    sex=Sex.UNSPECIFIED,
                )
            )
    return found


def _worker_facts(session: Session, scheme_id: int, ids: Sequence[int]) -> list[QuotaFacts]:
    found: list[QuotaFacts] = []
    for some in batches(ids):
        seasons = sa.select(Employment.worker_id).where(
            Employment.worker_id.in_(some), Employment.scheme_kind.is_not(None)
        )
        returning = set(session.scalars(seasons))
        select = sa.select(Worker.id, Worker.origin_country, Worker.sex).where(Worker.id.in_(some)).order_by(Worker.id)
        for worker_id, origin, sex in session.execute(select):
            found.append(
                QuotaFacts(scheme_id, date.min, origin, frozenset(), "", "", returning=worker_id in returning, sex=sex)
            )
    return found


def decided_pairs(session: Session, scheme_id: int) -> set[tuple[int, int]]:
    """Return the (vacancy, worker) pairs of a scheme on which somebody decided already: they are not proposed anew."""
    undecided = (ProposalState.GENERATED, ProposalState.SUPERSEDED, ProposalState.EXPIRED)
    select = (
        sa.select(MatchProposal.vacancy_id, MatchProposal.worker_id)
        .join(Vacancy, Vacancy.id == MatchProposal.vacancy_id)
        .where(Vacancy.scheme_id == scheme_id, MatchProposal.state.not_in(undecided))
    )
    return {(vacancy, worker) for vacancy, worker in session.execute(select)}


def names_of_skills(session: Session) -> dict[str, Any]:
    """Return every skill by code, with its labels."""
    return {skill.code: skill for skill in session.scalars(sa.select(Skill))}
