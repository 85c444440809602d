"""Bilateral agreements between a destination and an origin ministry: taken on record once both have signed on paper."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.errors import InvalidError
from mobility.models.accounts.organisations import Organisation
from mobility.models.schemes.agreements import Agreement
from mobility.queries.lists.agreement_lists import PARTIES
from mobility.rules.basics.findings import stop_at
from mobility.rules.basics.organisations import OrganisationKind
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.agreements import CostBearer, CostKind, cost_findings
from mobility.security import audit
from mobility.security.actors import Actor
from mobility.security.policy import require
from mobility.security.scopes import one


@dataclass(frozen=True)
class AgreementTerms:
    """What an agreement says; ``destination`` and ``origin`` are references of the two ministries."""

    title: str
    destination: str
    origin: str
    valid_from: date
    valid_to: date | None = None
    sectors: Sequence[str] = ()
    costs: Mapping[CostKind, CostBearer] = field(default_factory=dict)
    names_health_workers: bool = False


def get(session: Session, actor: Actor, ref: str) -> Agreement:
    """Return an agreement with its parties.

    Raises
    ------
    NotFoundError
        No such agreement, or none that the actor may see.
    """
    agreement = one(session, actor, Agreement, ref, options=PARTIES)
    require(actor, Permission.AGREEMENT_VIEW, agreement)
    return agreement


def create(session: Session, actor: Actor, terms: AgreementTerms, *, at: datetime) -> Agreement:
    """Take an agreement on record: a scheme officer of its destination does so, or the system.

    Raises
    ------
    ForbiddenError
        The actor takes no agreements of this destination on record.
    InvalidError
        A party that is no ministry of its side, a period in the wrong order, or a recruitment cost on the worker.
    """
    agreement = Agreement(
        title=terms.title,
        destination=_ministry(session, terms.destination, OrganisationKind.DESTINATION_MINISTRY, "destination"),
        origin=_ministry(session, terms.origin, OrganisationKind.ORIGIN_MINISTRY, "origin"),
        valid_from=terms.valid_from,
        valid_to=terms.valid_to,
        sectors=sorted(terms.sectors),
        costs={kind.value: bearer.value for kind, bearer in terms.costs.items()},
        names_health_workers=terms.names_health_workers,
    )
    agreement.destination_id = agreement.destination.id
    require(actor, Permission.AGREEMENT_RECORD, agreement)
    if terms.valid_to is not None and terms.valid_to < terms.valid_from:
        raise InvalidError("period_reversed", field="valid_to")
    stop_at(cost_findings(terms.costs), lambda _finding: "costs")
    session.add(agreement)
    audit.record(session, actor, "agreement.create", agreement, at=at)
    return agreement


def _ministry(session: Session, ref: str, kind: OrganisationKind, field_name: str) -> Organisation:
    select = sa.select(Organisation).where(Organisation.ref == ref, Organisation.kind == kind)
    found = session.scalar(select)
    if found is None:
        raise InvalidError("agreement.not_a_ministry", field=field_name)
    return found
