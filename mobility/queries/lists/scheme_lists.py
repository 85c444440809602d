"""Lists of schemes and agreements, who signed what, and which rules are in force."""

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from mobility.models.accounts.organisations import Organisation
from mobility.models.match_runs import MatchRun
from mobility.models.schemes.agreements import Agreement
from mobility.models.schemes.schemes import RuleSet, Scheme, SchemeAgreement
from mobility.queries.lists.pages import Page, paged
from mobility.rules.basics.places import day_in
from mobility.rules.cases import schemes as rules
from mobility.rules.cases.agreements import Side, is_in_force
from mobility.rules.cases.match_runs import UNDER_WAY
from mobility.rules.cases.schemes import SchemeState
from mobility.security.actors import Actor
from mobility.security.scopes import visible


def listed(session: Session, actor: Actor, *, state: SchemeState | None = None, page: int = 1) -> Page[Scheme]:
    """Return the schemes that the actor may see, newest first, optionally of one state."""
    origin = selectinload(Scheme.agreements).joinedload(SchemeAgreement.agreement).joinedload(Agreement.origin)
    select = visible(actor, Scheme).options(joinedload(Scheme.organisation), origin)
    if state is not None:
        select = select.where(Scheme.state == state)
    return paged(session, select.order_by(Scheme.created_at.desc(), Scheme.id.desc()), page)


def every(session: Session) -> list[Scheme]:
    """Return all schemes with their agreements, by number, for the command line of whoever runs the installation."""
    origin = selectinload(Scheme.agreements).joinedload(SchemeAgreement.agreement).joinedload(Agreement.origin)
    return list(session.scalars(sa.select(Scheme).options(origin).order_by(Scheme.ref)))


def agreements_in_force(session: Session, actor: Actor, on: date) -> list[Agreement]:
    """Return the agreements that the actor may see and that hold on a day, by country of origin."""
    select = visible(actor, Agreement).options(joinedload(Agreement.origin)).order_by(Agreement.id)
    found = (each for each in session.scalars(select) if is_in_force(each.state, each.valid_from, each.valid_to, on))
    return sorted(found, key=lambda each: (each.origin.country, each.id))


def covers(session: Session, scheme_id: int, origin: str, on: date) -> bool:
    """Tell whether an agreement of a scheme with a country of origin holds on a day."""
    select = (
        sa.select(Agreement.state, Agreement.valid_from, Agreement.valid_to)
        .join(SchemeAgreement, SchemeAgreement.agreement_id == Agreement.id)
        .join(Organisation, Organisation.id == Agreement.origin_id)
        .where(SchemeAgreement.scheme_id == scheme_id, Organisation.country == origin)
    )
    return any(is_in_force(state, first, last, on) for state, first, last in session.execute(select))


def today_of(session: Session, scheme_id: int, at: datetime) -> date:
    """Return the day that it is at a scheme's destination, by which its rules and quotas go."""
    return day_in(session.scalars(sa.select(Scheme.country).where(Scheme.id == scheme_id)).one(), at)


def runs_under_way(session: Session, scheme_id: int) -> int:
    """Return how many match runs of a scheme, of whatever country, are queued or running."""
    runs = sa.select(sa.func.count()).where(MatchRun.scheme_id == scheme_id, MatchRun.state.in_(UNDER_WAY))
    return session.scalars(runs).one()


def parties(scheme: Scheme) -> dict[int, Side]:
    """Return the ministries that sign, by organisation id (agreements loaded)."""
    origins = {taking_part.agreement.origin_id: Side.ORIGIN for taking_part in scheme.agreements}
    return {scheme.organisation_id: Side.DESTINATION, **origins}


def signers(scheme: Scheme) -> list[Organisation]:
    """Return the ministries that sign: the destination's first (organisation, agreements and origins loaded)."""
    return [scheme.organisation, *(taking_part.agreement.origin for taking_part in scheme.agreements)]


def signatures_of(rule_set: RuleSet) -> list[rules.Signature]:
    """Return a version's signatures as ``rules.schemes`` asks for them (signatures loaded)."""
    return [
        rules.Signature(given.side, given.organisation_id, given.user_id, rule_set.id) for given in rule_set.signatures
    ]


def is_signed(scheme: Scheme, rule_set: RuleSet) -> bool:
    """Tell whether every ministry signed a version (agreements and signatures loaded)."""
    return rules.signatures_complete(signatures_of(rule_set), parties(scheme), rule_set.id)


def unsigned(scheme: Scheme, rule_set: RuleSet) -> list[Organisation]:
    """Return the ministries that have not signed a version yet (see ``signers`` for what is loaded)."""
    missing = rules.unsigned(signatures_of(rule_set), parties(scheme), rule_set.id)
    return [organisation for organisation in signers(scheme) if organisation.id in missing]


def rule_set_in_force(session: Session, scheme_id: int, on: date) -> RuleSet | None:
    """Return the version of a scheme's rules that all ministries signed and whose days hold ``on``, or None."""
    origin = selectinload(Scheme.agreements).joinedload(SchemeAgreement.agreement)
    versions = selectinload(Scheme.rule_sets).selectinload(RuleSet.signatures)
    select = sa.select(Scheme).where(Scheme.id == scheme_id).options(origin, versions)
    scheme = session.scalars(select.execution_options(populate_existing=True)).one()
    return next(iter(reversed([each for each in signed_versions(scheme) if applies_on(each, on)])), None)


def origins_on(session: Session, scheme_id: int, on: date) -> list[tuple[str, bool]]:
    """Return the origin of each agreement of a scheme that holds on a day, and whether it names health workers."""
    select = (
        sa.select(
            Organisation.country,
            Agreement.names_health_workers,
            Agreement.state,
            Agreement.valid_from,
            Agreement.valid_to,
        )
        .join(Agreement, Agreement.origin_id == Organisation.id)
        .join(SchemeAgreement, SchemeAgreement.agreement_id == Agreement.id)
        .where(SchemeAgreement.scheme_id == scheme_id)
        .order_by(Agreement.id)
    )
    rows = session.execute(select)
    return [(country, named) for country, named, state, first, last in rows if is_in_force(state, first, last, on)]


def signed_versions(scheme: Scheme) -> Sequence[RuleSet]:
    """Return the versions that all ministries signed, oldest first (agreements, rule sets, signatures loaded)."""
    return [rule_set for rule_set in scheme.rule_sets if is_signed(scheme, rule_set)]


def applies_on(rule_set: RuleSet, on: date) -> bool:
    """Tell whether a day lies within a version's dates."""
    return rule_set.valid_from <= on and (rule_set.valid_to is None or on <= rule_set.valid_to)
