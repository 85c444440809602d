"""What one audited object consists of, and its digest; the chain itself stands in audit.py."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.accounts.organisations import Organisation
from mobility.models.accounts.users import User, UserRole
from mobility.models.base import Base
from mobility.models.concepts.taxonomies import TaxonomyEdition
from mobility.models.employers import Employer
from mobility.models.match_runs import MatchRun, ScorecardUse, StoredScorecard
from mobility.models.proposals import Appeal, Decision, MatchProposal, ProposalEnding
from mobility.models.scenarios import Scenario
from mobility.models.schemes.agreements import Agreement
from mobility.models.schemes.quotas import Quota, QuotaPlaces, QuotaUnit
from mobility.models.schemes.schemes import RuleDraft, RuleSet, Scheme, SchemeAgreement, Signature
from mobility.models.schemes.waivers import Waiver
from mobility.models.shortages.publications import (
    Publication,
    PublishedFigure,
    ShortageSuggestion,
    TightnessWeights,
)
from mobility.models.shortages.shortages import Shortage, ShortageEvidence, ShortageReview
from mobility.models.vacancies import Vacancy, VacancyLanguage, VacancySkill
from mobility.models.workers.papers import Check, Consent, IdentityDocument
from mobility.models.workers.profiles import Employment, WorkerLanguage, WorkerLicence, WorkerSkill
from mobility.models.workers.workers import Worker
from mobility.security.keyring import Keyring


@dataclass(frozen=True)
class Aggregate:
    """An audited table with the tables whose rows are parts of it: ``parts`` maps each to its foreign key column.

    ``recorded_as`` names columns as digests have always named them, ``parameters.top`` being one key of a mapping;
    ``shipped`` are references of rows that a migration brought, which no event tells of.
    """

    model: type[Base]
    parts: Mapping[type[Base], str]
    unwatched: frozenset[str] = frozenset()
    recorded_as: Mapping[str, str] = field(default_factory=dict)
    shipped: frozenset[str] = frozenset()

    @property
    def kind(self) -> str:
        """The name under which the audit log knows it."""
        return self.model.__tablename__


#: What a match run was started with stood in one JSON column when the first runs were recorded.
_RUN_RECORDED_AS: Mapping[str, str] = {
    "scorecard_name": "scorecard_id",
    "per_position": "parameters.per_position",
    "top": "parameters.top",
    "near": "parameters.near",
    "a_worker": "parameters.a_worker",
    "part_size": "parameters.chunk",
    "parts": "parameters.chunks",
    "open_days": "parameters.days",
    "yardstick": "parameters.yardstick",
    "snapshot": "parameters.snapshot",
    "watermark": "parameters.watermark",
}
#: The experts' scorecard: its hash is that of its document, and stands in every run that it scored.
EXPERTS_SCORECARD = "K-XBD3-BBD3-S"

#: Every table that holds the business's state is one of these or a part of one; a test walks the schema.
AGGREGATES: Mapping[str, Aggregate] = {
    aggregate.kind: aggregate
    for aggregate in (
        Aggregate(Organisation, {}),
        Aggregate(User, {UserRole: "user_id"}, frozenset({"totp_last_step", "locale"})),
        Aggregate(Agreement, {}),
        Aggregate(Scheme, {SchemeAgreement: "scheme_id", RuleDraft: "scheme_id", QuotaPlaces: "scheme_id"}),
        Aggregate(RuleSet, {Signature: "rule_set_id"}),
        Aggregate(Quota, {QuotaUnit: "quota_id"}),
        Aggregate(Shortage, {ShortageEvidence: "shortage_id", ShortageReview: "shortage_id"}),
        Aggregate(Publication, {PublishedFigure: "publication_id"}),
        Aggregate(ShortageSuggestion, {}),
        Aggregate(TightnessWeights, {}),
        Aggregate(Employer, {}),
        Aggregate(Vacancy, {VacancySkill: "vacancy_id", VacancyLanguage: "vacancy_id"}),
        Aggregate(
            Worker,
            {
                WorkerSkill: "worker_id",
                WorkerLanguage: "worker_id",
                WorkerLicence: "worker_id",
                Employment: "worker_id",
                IdentityDocument: "worker_id",
                Consent: "worker_id",
                Check: "worker_id",
            },
        ),
        Aggregate(TaxonomyEdition, {}),
        Aggregate(StoredScorecard, {ScorecardUse: "scorecard_id"}, shipped=frozenset({EXPERTS_SCORECARD})),
        Aggregate(MatchRun, {}, recorded_as=_RUN_RECORDED_AS),
        Aggregate(Waiver, {}),
        Aggregate(Scenario, {}),
        Aggregate(MatchProposal, {Decision: "proposal_id", Appeal: "proposal_id", ProposalEnding: "proposal_id"}),
    )
}

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_PLAIN = frozenset({int, str, bool})
#: Columns that came after the first audited rows: empty, they are no part of a digest, which would change by itself.
_LATER = frozenset({"concept", "conditions", "examples", "scorecard_digest"})

#: Tables outside the audited state, each with the reason.
UNAUDITED: Mapping[str, str] = {
    "audit_event": "the chain itself",
    "reading": "append-only as the chain is, each row under a code of its own; looking at a file changes nothing",
    "audit_head": "checked against the chain",
    "user_session": "ends by itself; signing in and out are events",
    "sign_in_attempt": "counters that reset themselves",
    "job": "progress of background work; what it changes is audited by the service",
    "day_taken": "which day a place was last taken to; what the day changes is audited by the service",
    "worker_vector": "derived from the worker's file, compared with it by `mobility match vectors check`",
    "fairness_group": "derived from the worker's file, which is audited; only measured",
    "check_warning": "which notices a check had; the notices are there",
    "notice": "repeats what an audited step says, and marks who read it",
    "match_part": "intermediate result; the run's digest covers it",
    "idempotency_key": "answers to repeated requests, dropped after a day",
    "occupation": "reference data, compared with its file by `mobility reference check`",
    "skill": "reference data, compared with its file by `mobility reference check`",
    "occupation_skill": "reference data, compared with its file by `mobility reference check`",
    "concept": "reference data of an edition, whose digest is that of its files",
    "concept_label": "reference data of an edition, whose digest is that of its files",
    "concept_skill": "reference data of an edition, whose digest is that of its files",
    "code_link": "reference data of an edition, whose digest is that of its files",
}


def digests(session: Session, keyring: Keyring, aggregate: Aggregate, ids: Sequence[int]) -> dict[str, str]:
    """Return ``{"kind:REF": digest}`` of the objects with these ids, as they stand in the database now.

    Keys are part of it: whoever swapped the ids of two rows would move everything that points to them.
    """
    table = aggregate.model.__table__
    rows = session.execute(sa.select(table).where(table.c.id.in_(ids))).mappings().all()
    roots = [_as_recorded(row, aggregate.recorded_as) for row in rows] if aggregate.recorded_as else rows
    parts: dict[int, list[str]] = {row["id"]: [] for row in roots}
    for model, key in aggregate.parts.items():
        part = model.__table__
        for row in session.execute(sa.select(part).where(part.c[key].in_(ids))).mappings():
            parts[row[key]].append(f"{model.__tablename__}{_canonical(row, frozenset())}")
    return {
        f"{aggregate.kind}:{row['ref']}": keyring.mac(
            "\n".join([f"{aggregate.kind}{_canonical(row, aggregate.unwatched)}", *sorted(parts[row["id"]])])
        )
        for row in roots
    }


def _as_recorded(row: Mapping[Any, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return a row under the names of the digests; what is empty is no part of a mapping there."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        key, _, inner = names.get(name, name).partition(".")
        if not inner:
            found[key] = value
        elif value is not None:
            found.setdefault(key, {})[inner] = value
    return found


def _canonical(row: Mapping[Any, Any], hidden: frozenset[str]) -> str:
    values = {
        str(name): _plain(value)
        for name, value in row.items()
        if str(name) not in hidden and not (name in _LATER and not value)
    }
    return canonical_json(values)


def canonical_json(value: Any) -> str:
    """Return the one JSON text of a value: sorted keys, no spaces, no non-finite numbers."""
    return _ENCODER.encode(value)


def _plain(value: Any) -> Any:
    if value is None or type(value) in _PLAIN:  # most are: tested first, for a million rows
        return value
    match value:
        case Enum():
            return value.value
        case datetime() | date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case bytes() | memoryview():
            return bytes(value).hex()
        case _:
            return value
