"""The workers whom a match run considers, as arrays; reads packed vectors: no sealed column, no name, no sex."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.data import reference
from mobility.matching.core import Vocabulary
from mobility.matching.facts import Pool
from mobility.models.accounts.organisations import Organisation
from mobility.models.concepts.occupations import Skill
from mobility.models.schemes.agreements import Agreement
from mobility.models.schemes.schemes import SchemeAgreement
from mobility.models.workers.papers import Consent
from mobility.models.workers.workers import Worker
from mobility.queries import check_dates
from mobility.queries.lists.scheme_lists import today_of
from mobility.queries.pools.worker_columns import ColumnReader, Columns, joined
from mobility.queries.pools.worker_records import MINOR_GROUP
from mobility.queries.pools.worker_rows import batches
from mobility.queries.pools.worker_vectors import Source, Whole, vectors
from mobility.rules.cases.agreements import AgreementState
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.workers import MATCHABLE

#: Workers that are read at once.
CHUNK = 32_768
NOTHING_WAIVED: Mapping[str, Whole] = MappingProxyType({})


def vocabulary(session: Session) -> Vocabulary:
    """Return the names of all columns: skills of the database, the rest of the reference data."""
    return Vocabulary(
        skills=tuple(session.scalars(sa.select(Skill.code).order_by(Skill.code))),
        groups=tuple(group.code for group in reference.occupation_groups() if group.level == MINOR_GROUP),
        countries=tuple(country.code for country in reference.countries()),
        sectors=tuple(sector.slug for sector in reference.sectors()),
        currencies=tuple(sorted({country.currency for country in reference.countries()})),
    )


def matchable(session: Session, scheme_id: int, *, at: datetime) -> list[int]:
    """Return the ids of the workers whom a run of a scheme may propose, ascending.

    They are ready with every required check in force where they registered, consent to matching, and are registered
    with an origin country of an agreement of the scheme that is in force.
    """
    select = sa.select(Worker.id).where(_matchable(session, scheme_id, at))
    return list(session.scalars(select.order_by(Worker.id)))


def still_matchable(session: Session, scheme_id: int, ids: Iterable[int], *, at: datetime) -> set[int]:
    """Return which of some workers a run of a scheme may propose now; their rows stay as they are until commit."""
    found: set[int] = set()
    for some in batches(sorted(ids)):
        held = sa.select(Worker.id).where(Worker.id.in_(some)).order_by(Worker.id).with_for_update(read=True)
        here = list(session.scalars(held))
        found |= set(
            session.scalars(sa.select(Worker.id).where(Worker.id.in_(here), _matchable(session, scheme_id, at)))
        )
    return found


def number_matchable(session: Session, scheme_id: int, *, at: datetime) -> int:
    """Return how many workers a run of a scheme may propose."""
    select = sa.select(sa.func.count()).select_from(Worker).where(_matchable(session, scheme_id, at))
    return session.scalar(select) or 0


def _matchable(session: Session, scheme_id: int, at: datetime) -> sa.ColumnElement[bool]:
    day = today_of(session, scheme_id, at)
    origins = (
        sa.select(Organisation.country)
        .join(Agreement, Agreement.origin_id == Organisation.id)
        .join(SchemeAgreement, SchemeAgreement.agreement_id == Agreement.id)
        .where(SchemeAgreement.scheme_id == scheme_id, Agreement.state == AgreementState.STANDING)
        .where(Agreement.valid_from <= day)
        .where(sa.or_(Agreement.valid_to.is_(None), Agreement.valid_to >= day))
    )
    sound = sa.not_(check_dates.lapsed_at(session, at))
    return sa.and_(
        Worker.state.in_(MATCHABLE), sound, Worker.origin_country.in_(origins), Worker.id.in_(_consenting(at))
    )


def _consenting(at: datetime) -> sa.Select[int]:
    return sa.select(Consent.worker_id).where(
        Consent.purpose == ConsentPurpose.MATCHING,
        Consent.given_at <= at,
        sa.or_(Consent.withdrawn_at.is_(None), Consent.withdrawn_at > at),
    )


def consents_to_matching(session: Session, worker_id: int, *, at: datetime) -> bool:
    """Tell whether a worker's consent to matching is in force."""
    return session.scalar(_consenting(at).where(Consent.worker_id == worker_id).limit(1)) is not None


def pool(
    session: Session,
    words: Vocabulary,
    ids: Sequence[int],
    *,
    on: date,
    waived: Mapping[str, Whole] = NOTHING_WAIVED,
    source: Source | None = None,
) -> Pool:
    """Return the workers with these ids as arrays, in the order of their ids.

    Parameters
    ----------
    session : Session
    words : Vocabulary
    ids : sequence of int
        Ascending.
    on : date
        Day on which checks and licences must count.
    waived : mapping of str to ndarray of int64
        Who is freed from which rule (``queries.waivers``).
    source : Source, optional
        Where packed workers are read from; the session by default.
    """
    return replace(joined([*_columns(session, words, ids, on, source)]).pool(words), waived=waived)


def chunks(
    session: Session,
    words: Vocabulary,
    ids: Sequence[int],
    *,
    on: date,
    waived: Mapping[str, Whole] = NOTHING_WAIVED,
    source: Source | None = None,
) -> Iterator[Pool]:
    """Yield the same workers in pools of up to ``CHUNK``, so that no more than one of them has to be held."""
    for columns in _columns(session, words, ids, on, source):
        yield replace(columns.pool(words), waived=waived)


def _columns(
    session: Session, words: Vocabulary, ids: Sequence[int], on: date, source: Source | None
) -> Iterator[Columns]:
    reader = ColumnReader(words, skill_columns(session, words), on)
    for first in range(0, max(len(ids), 1), CHUNK):
        yield reader.read(*vectors(session, ids[first : first + CHUNK], source))


def skill_columns(session: Session, words: Vocabulary) -> Whole:
    """Return the column of each skill by its number in the vectors, the database's key of it; -1 for none."""
    place = {code: column for column, code in enumerate(words.skills)}
    rows = session.execute(sa.select(Skill.id, Skill.code)).all()
    columns = np.full(max((key for key, _ in rows), default=0) + 1, -1, np.int64)
    for key, code in rows:
        columns[key] = place.get(code, -1)
    return columns
