"""What is entered about a worker and what must hold of it; the steps of a worker's file stand in workers.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.db import hold
from mobility.errors import ConflictError, InvalidError
from mobility.models.concepts.occupations import Occupation, Skill
from mobility.models.workers.papers import Consent, IdentityDocument
from mobility.models.workers.profiles import Employment, WorkerLanguage, WorkerLicence, WorkerSkill
from mobility.queries.lists import worker_lists
from mobility.rules.basics.dates import age_on
from mobility.rules.basics.findings import Verdict
from mobility.rules.basics.mrz import parse_mrz
from mobility.rules.basics.skills import Evidence
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.documents import DocumentKind, is_valid, match_findings
from mobility.rules.cases.shortages import within_region
from mobility.rules.cases.workers import Sex
from mobility.security.actors import Actor
from mobility.security.blind_indexes import document_index, name_index
from mobility.security.keyring import Keyring, keyring_of
from mobility.security.sealing import WorkerKey
from mobility.services.concepts.search import narrower_key

YOUNGEST, OLDEST = 16, 110
#: Consents without which nobody is put on the register: being on it serves nothing but matching.
NEEDED = (ConsentPurpose.REGISTRATION, ConsentPurpose.MATCHING)
#: Version of the consent texts in force (forms/wording/workers.py).
CONSENT_TEXT = "2026-05"
_FIELD_OF = {
    "document_match.number_differs": "document_number",
    "document_match.birth_differs": "born_on",
    "document_match.expiry_differs": "document_expires_on",
    "document_match.name_differs": "family_names",
}


@dataclass(frozen=True, repr=False)
class Paper:
    """An identity document as it is entered; ``mrz`` are the lines of its machine-readable zone, if typed."""

    kind: DocumentKind
    issuer: str
    number: str
    expires_on: date
    issued_on: date | None = None
    mrz: str | None = None


@dataclass(frozen=True, repr=False)
class Person:
    """Whom a document must name."""

    given_names: str
    family_names: str
    born_on: date


@dataclass(frozen=True)
class PastWork:
    """A stretch of work as it is entered; ``occupation`` is an ISCO-08 code, ``concept`` a narrower one's key."""

    occupation: str
    country: str
    months: int
    ended_on: date | None = None
    returned_on_time: bool | None = None
    concept: str | None = None


@dataclass(frozen=True, repr=False, kw_only=True)
class Identity:
    """Who a person is, by their document."""

    given_names: str
    family_names: str
    born_on: date
    sex: Sex
    nationalities: Sequence[str]
    paper: Paper
    name_latin: str | None = None
    same_name_confirmed: bool = False

    @property
    def person(self) -> Person:
        """Whom the document must name."""
        return Person(self.given_names, self.family_names, self.born_on)

    @property
    def full_name(self) -> str:
        """Given and family names together."""
        return f"{self.given_names} {self.family_names}"


@dataclass(frozen=True, repr=False, kw_only=True)
class Details:
    """What may change in a person's life; ``skills`` and ``languages`` map codes to levels."""

    residence_country: str
    residence_region: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    vulnerability: str | None = None
    reads_and_writes: bool = True
    assisted: bool = False
    education_years: int | None = None
    displaced_by: str | None = None
    skills: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    licences: Sequence[str] = ()
    employments: Sequence[PastWork] = ()
    destinations: Sequence[str] = ()
    sectors: Sequence[str] = ()
    earliest_start: date | None = None
    months_away_max: int = 12
    pay_floor_hourly: Decimal | None = None
    pay_floor_currency: str | None = None


@dataclass(frozen=True, repr=False, kw_only=True)
class WorkerTerms(Identity, Details):
    """What an officer enters about a person at registration."""

    consents: Sequence[ConsentPurpose]
    consent_language: str


def check_person(actor: Actor, terms: WorkerTerms, today: date) -> None:
    """Check what is said of the person.

    Raises
    ------
    InvalidError
        At its field: an age that cannot be, another country's national, a region of another country, a consent that
        is missing.
    """
    check_birth_and_nation(actor, terms.born_on, terms.nationalities, today)
    check_details(terms)
    for purpose in NEEDED:
        if purpose not in terms.consents:
            raise InvalidError("consent.needed", field="consents", purpose=purpose)


def check_birth_and_nation(actor: Actor, born_on: date, nationalities: Sequence[str], today: date) -> None:
    """Refuse an age that cannot be, and another country's national.

    Raises
    ------
    InvalidError
        ``worker.too_young``, ``worker.birth_impossible`` or ``worker.other_national``, at its field.
    """
    age = age_on(born_on, today)
    if not YOUNGEST <= age <= OLDEST:
        code = "worker.too_young" if 0 <= age < YOUNGEST else "worker.birth_impossible"
        raise InvalidError(code, field="born_on", least=YOUNGEST)
    if actor.country not in nationalities:
        raise InvalidError("worker.other_national", field="nationality")


def check_details(details: Details) -> None:
    """Refuse a region of another country, and pay without its currency.

    Raises
    ------
    InvalidError
        ``worker.region_elsewhere`` or ``worker.currency_missing``, at its field.
    """
    if details.residence_region and not within_region(details.residence_region, details.residence_country):
        raise InvalidError("worker.region_elsewhere", field="residence_region")
    if details.pay_floor_hourly is not None and not details.pay_floor_currency:
        raise InvalidError("worker.currency_missing", field="pay_floor_currency")


def check_paper(paper: Paper, person: Person, today: date) -> bool | None:
    """Check a person's document; returns whether its zone was read and agrees, or None where none was typed.

    Raises
    ------
    InvalidError
        At its field: run out, issued in the future, a zone that does not add up (with line and position), or one that
        says something else than what was typed.
    """
    if not is_valid(paper.expires_on, today):
        raise InvalidError("identity_document.invalid", field="document_expires_on")
    if paper.issued_on is not None and not paper.issued_on <= today:
        raise InvalidError("worker.issued_in_future", field="document_issued_on")
    if not paper.mrz:
        return None
    try:
        zone = parse_mrz(paper.mrz, pivot=today)
    except InvalidError as error:
        raise InvalidError(error.code, field="mrz", **error.params) from None
    findings = match_findings(
        zone,
        number=paper.number,
        born_on=person.born_on,
        expires_on=paper.expires_on,
        family_names=person.family_names,
        given_names=person.given_names,
    )
    for finding in findings:
        if finding.verdict is not Verdict.PASS:
            raise InvalidError(finding.code, field=_FIELD_OF[finding.code])
    return True


def check_document_new(session: Session, actor: Actor, paper: Paper, *, but: int | None = None) -> None:
    """Refuse a document that is on the register, or that somebody else is putting on it at this moment.

    ``but`` is the id of a worker whose own it may be.

    Raises
    ------
    ConflictError
        ``document_known`` with the worker's reference in ``what``, or ``document_known_elsewhere``: the document is
        registered where the actor may not look, and nothing more is said.
    """
    index = document_index(keyring_of(session), paper.issuer, paper.number)
    hold(session, index)
    holders = [holder for holder in worker_lists.of_document(session, index) if holder != but]
    if holders:
        known = worker_lists.visible_references(session, actor, holders)
        raise ConflictError("document_known", what=known[0]) if known else ConflictError("document_known_elsewhere")


def check_duplicates(session: Session, actor: Actor, terms: Identity, *, but: int | None = None) -> int:
    """Look for the same person on the register, ``but`` themselves; returns how many share name and birth date.

    Raises
    ------
    ConflictError
        The document is on the register.
    InvalidError
        ``worker.same_name`` or ``worker.same_name_elsewhere``: somebody of this name was born on this day, and the
        officer has not yet said that this is another person.
    """
    keyring = keyring_of(session)
    person = name_index(keyring, terms.full_name)
    paper = document_index(keyring, terms.paper.issuer, terms.paper.number)
    hold(session, paper, f"{actor.country}:{terms.born_on}:{person}")
    check_document_new(session, actor, terms.paper, but=but)
    alike = worker_lists.same_person(session, person, terms.born_on, actor.country, but=but)
    if alike and not terms.same_name_confirmed:
        if known := worker_lists.visible_references(session, actor, alike):
            raise InvalidError("worker.same_name", field="same_name_confirmed", refs=", ".join(known))
        raise InvalidError("worker.same_name_elsewhere", field="same_name_confirmed")
    return len(alike)


def document(keyring: Keyring, key: WorkerKey, paper: Paper, *, mrz_valid: bool | None) -> IdentityDocument:
    """Return the row of a document, sealed."""
    return IdentityDocument(
        kind=paper.kind,
        issuer=paper.issuer,
        number=key.seal("identity_document.number", paper.number),
        mrz=key.seal("identity_document.mrz", paper.mrz),
        number_index=document_index(keyring, paper.issuer, paper.number),
        mrz_valid=mrz_valid,
        issued_on=paper.issued_on,
        expires_on=paper.expires_on,
    )


def skills(session: Session, claimed: Mapping[str, int]) -> list[WorkerSkill]:
    """Return the rows of the skills that a worker claims.

    Raises
    ------
    InvalidError
        ``unknown_skill``.
    """
    ids = {skill.code: skill.id for skill in session.scalars(sa.select(Skill).where(Skill.code.in_(list(claimed))))}
    if set(claimed) - set(ids):
        raise InvalidError("unknown_skill", field="skills")
    return [WorkerSkill(skill_id=ids[code], level=level, evidence=Evidence.CLAIMED) for code, level in claimed.items()]


def languages(levels: Mapping[str, int]) -> list[WorkerLanguage]:
    """Return the rows of the languages that a worker speaks."""
    return [WorkerLanguage(language=language, level=level) for language, level in levels.items()]


def licences(codes: Sequence[str]) -> list[WorkerLicence]:
    """Return the rows of the licences that a worker holds."""
    return [WorkerLicence(code=code) for code in dict.fromkeys(codes)]


def employments(session: Session, history: Sequence[PastWork], today: date) -> list[Employment]:
    """Return the rows of a work history.

    Raises
    ------
    InvalidError
        ``unknown_occupation`` or ``worker.work_in_future``, at the row: ``work_1_occupation``.
    """
    codes = [past.occupation for past in history]
    ids = {row.code: row.id for row in session.scalars(sa.select(Occupation).where(Occupation.code.in_(codes)))}
    rows = []
    for number, past in enumerate(history, 1):
        if past.occupation not in ids:
            raise InvalidError("unknown_occupation", field=f"work_{number}_occupation")
        if past.ended_on is not None and past.ended_on > today:
            raise InvalidError("worker.work_in_future", field=f"work_{number}_ended_on")
        rows.append(
            Employment(
                occupation_id=ids[past.occupation],
                concept=narrower_key(session, past.concept, past.occupation),
                country=past.country,
                months=past.months,
                ended_on=past.ended_on,
                returned_on_time=past.returned_on_time,
            )
        )
    return rows


def consent(actor: Actor, purpose: ConsentPurpose, language: str, at: datetime) -> Consent:
    """Return the row of a consent given to the actor's ministry after its text was read out in a language."""
    return Consent(
        purpose=purpose,
        controller_id=actor.ministry_id,
        text_version=CONSENT_TEXT,
        language=language,
        given_at=at,
    )
