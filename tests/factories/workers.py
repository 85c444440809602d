"""Skills and workers."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from itertools import count

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.accounts.organisations import Organisation
from mobility.models.base import public_reference
from mobility.models.concepts.occupations import OccupationSkill, Skill
from mobility.models.workers.papers import Check, Consent, IdentityDocument
from mobility.models.workers.profiles import Employment, WorkerLanguage, WorkerSkill
from mobility.models.workers.workers import Worker
from mobility.rules.basics.skills import Evidence
from mobility.rules.cases.checks import CheckKind, CheckResult
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.documents import DocumentKind
from mobility.rules.cases.workers import Sex, WorkerState
from mobility.security import audit
from mobility.security.actors import Actor
from mobility.security.blind_indexes import document_index, name_index, phone_index
from mobility.security.keyring import keyring_of
from mobility.security.sealing import WorkerKey
from mobility.services.workers import fairness_groups

_numbers = count(1)
SEALED = {
    "given_names": "Ana María",
    "family_names": "Núñez",
    "name_latin": None,
    "phone": "+502 5555 0100",
    "email": None,
    "address": "Barrio El Centro",
    "vulnerability": None,
}
EXPIRES = date(2034, 5, 31)
BEFORE_SCREENING = {WorkerState.DRAFT, WorkerState.REGISTERED}


class WorkerFactory:
    """Makes skills, and workers whom the rules of a typical scheme let through."""

    session: Session
    at: datetime

    def asked_skill(self, code: str, *, of: str, essential: bool = True) -> Skill:
        """Return a skill that an occupation (ISCO-08 code) asks for."""
        found = self._skill(code)
        asked = OccupationSkill(occupation_id=self.occupation(of).id, skill_id=found.id, essential=essential)
        self.session.add(asked)
        self.session.flush()
        return found

    def _skill(self, code: str) -> Skill:
        found = self.session.scalar(sa.select(Skill).where(Skill.code == code))
        if found is None:
            found = Skill(code=code, label_en=f"Skill {code}", label_es=f"Destreza {code}", label_fr=f"Savoir {code}")
            self.session.add(found)
            self.session.flush()
        return found

    def worker(
        self,
        officer: Actor,
        state: WorkerState = WorkerState.READY,
        *,
        skills: Mapping[str, int] | None = None,
        languages: Mapping[str, int] | None = None,
        occupation: str = "9211",
        months: int = 36,
        number: str | None = None,
        note: str | None = None,
        provider: str = "National office",
        **values: object,
    ) -> Worker:
        """Make a worker of the officer's post, recorded; ``values`` are columns, sealed ones given in clear.

        ``number`` is that of the passport, ``note`` the sealed note of the medical check.
        """
        keyring = keyring_of(self.session)
        key = WorkerKey.create(public_reference("W")())
        clear = {name: values.pop(name, default) for name, default in SEALED.items()}
        number = number or f"P{next(_numbers):08d}"
        made = Worker(
            ref=key.ref,
            post=self.session.get_one(Organisation, officer.organisation_id),
            sealing_key=key.wrapped(keyring),
            name_index=name_index(keyring, f"{clear['given_names']} {clear['family_names']}"),
            phone_index=phone_index(keyring, clear["phone"]) if clear["phone"] else None,
            state=state,
            registered_by_id=officer.user_id,
            created_at=self.at,
            **{name: key.seal(f"worker.{name}", text) for name, text in clear.items()},
            **{
                "origin_country": officer.country,
                "born_on": date(1994, 3, 14),
                "sex": Sex.FEMALE,
                "nationalities": [officer.country],
                "residence_country": officer.country,
                "reads_and_writes": True,
                "confirmed_at": self.at,
                **values,
            },
        )
        made.skills = self._skills({"S0001": 3} if skills is None else skills)
        spoken = {"es": 6, "en": 3} if languages is None else languages
        made.languages = [WorkerLanguage(language=code, level=level) for code, level in spoken.items()]
        made.employments = [
            Employment(
                occupation=self.occupation(occupation),
                country=officer.country,
                months=months,
                ended_on=self.at.date() - timedelta(days=60),
            )
        ]
        made.documents = [self._passport(officer, key, number)]
        made.consents = self._consents(officer)
        made.checks = [] if state in BEFORE_SCREENING else self._checks(officer, key, provider, note)
        self.session.add(made)
        self.session.flush()
        fairness_groups.write(self.session, [made.id], on=self.at.date())
        audit.record(self.session, officer, "worker.register", made, at=self.at)
        return made

    def _skills(self, levels: Mapping[str, int]) -> list[WorkerSkill]:
        return [
            WorkerSkill(skill=self._skill(code), level=level, evidence=Evidence.CLAIMED)
            for code, level in levels.items()
        ]

    def _passport(self, officer: Actor, key: WorkerKey, number: str) -> IdentityDocument:
        return IdentityDocument(
            kind=DocumentKind.PASSPORT,
            issuer=officer.country,
            number=key.seal("identity_document.number", number),
            number_index=document_index(keyring_of(self.session), officer.country, number),
            mrz_valid=True,
            issued_on=date(2024, 6, 1),
            expires_on=EXPIRES,
        )

    def _consents(self, officer: Actor) -> list[Consent]:
        return [
            Consent(
                purpose=purpose,
                controller_id=officer.ministry_id,
                text_version="2026-05",
                language="es",
                given_at=self.at,
            )
            for purpose in ConsentPurpose
        ]

    def _checks(self, officer: Actor, key: WorkerKey, provider: str, note: str | None) -> list[Check]:
        kinds = (CheckKind.IDENTITY, CheckKind.POLICE, CheckKind.MEDICAL, CheckKind.ORIENTATION)
        return [
            Check(
                kind=kind,
                result=CheckResult.PASSED,
                provider=provider,
                checked_on=self.at.date(),
                valid_until=EXPIRES if kind is CheckKind.IDENTITY else self.at.date() + timedelta(days=365),
                verifier_id=officer.user_id,
                note=key.seal("worker_check.note", note) if kind is CheckKind.MEDICAL else None,
                recorded_at=self.at,
            )
            for kind in kinds
        ]
