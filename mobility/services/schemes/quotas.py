"""Units of quotas: taken with an approval, given back once; nothing here is ever counted first and written later."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from mobility.errors import ConflictError, QuotaFullError
from mobility.models.schemes.quotas import Quota, QuotaUnit
from mobility.queries.lists.quota_lists import counters_of, follows_from, key_of, of_scheme
from mobility.queries.pools.worker_rows import batches
from mobility.rules.basics.permissions import Permission
from mobility.rules.cases.schemes import SchemeState
from mobility.rules.quotas.counters import QuotaFacts, check_cap, touches
from mobility.security import audit
from mobility.security.actors import Actor
from mobility.security.scopes import locked, readable

_TAKEN = Quota.held + Quota.committed + Quota.used


def take(session: Session, facts: QuotaFacts, proposal_id: int) -> list[Quota]:
    """Take one unit of every quota that an approval touches, and return those quotas.

    ``facts.scheme`` is the scheme's id. Call it late in the transaction, since it holds the quotas until commit, and
    name what it returns in ``audit.record(…, also=…)``. Everybody updates in the order of ids, so that two approvals
    never wait for each other in a ring; each update asks for room itself, so that none is ever oversubscribed.

    Raises
    ------
    QuotaFullError
        One of them has no unit left; roll back, for others may have been taken already.
    ConflictError
        ``quota.already_taken``: the proposal holds a unit of it.
    """
    mine = [quota for quota in of_scheme(session, int(facts.scheme)) if touches(key_of(quota), facts)]
    for quota in mine:
        _claim(session, quota, proposal_id)
    return _fresh(session, [quota.id for quota in mine])


def give_back(session: Session, proposal_id: int) -> list[Quota]:
    """Release every unit that a proposal's approval took, and return those quotas; a second call releases nothing.

    The caller records the quotas with what it did (``audit.record(…, also=…)``).
    """
    return give_back_all(session, [proposal_id]).get(proposal_id, [])


def give_back_all(session: Session, proposal_ids: Sequence[int]) -> dict[int, list[Quota]]:
    """Release the units of many proposals, and return the quotas of each that held one.

    Quotas are updated once each in the order of ids, as approvals take them, so that nobody waits in a ring.
    """
    pairs: list[tuple[int, int]] = []
    for some in batches(proposal_ids):
        delete = sa.delete(QuotaUnit).where(QuotaUnit.proposal_id.in_(some))
        gone = delete.returning(QuotaUnit.proposal_id, QuotaUnit.quota_id)
        pairs += [(row[0], row[1]) for row in session.execute(gone.execution_options(synchronize_session=False))]
    for quota_id, units in sorted(Counter(quota for _, quota in pairs).items()):
        released = {"committed": Quota.committed - units, "released": Quota.released + units}
        update = sa.update(Quota).where(Quota.id == quota_id).values(released)
        session.execute(update.execution_options(synchronize_session=False))
    fresh = {quota.id: quota for quota in _fresh(session, sorted({quota for _, quota in pairs}))}
    mine: dict[int, list[Quota]] = {}
    for proposal_id, quota_id in sorted(pairs):
        mine.setdefault(proposal_id, []).append(fresh[quota_id])
    return mine


def get(session: Session, actor: Actor, ref: str) -> Quota:
    """Return a quota with its scheme."""
    return readable(session, actor, Quota, ref, Permission.QUOTA_VIEW)


def set_cap(session: Session, actor: Actor, ref: str, cap: int, *, seen: int | None = None, at: datetime) -> Quota:
    """Set a quota's cap, at once for everybody who approves meanwhile; ``seen`` is the cap that the actor read.

    Raises
    ------
    NotFoundError, ForbiddenError
        Not visible, or not a quota of the actor's ministry.
    ConflictError
        ``stale``: somebody set another cap meanwhile; ``quota.scheme_closed``; ``quota.follows_from_places``: it
        changes with the places of its scheme alone.
    InvalidError
        ``quota.negative_cap``, or ``quota.cap_below_taken`` with the figures.
    """
    quota = locked(session, actor, Quota, ref, Permission.QUOTA_EDIT, None)
    if quota.scheme.state is SchemeState.CLOSED:
        raise ConflictError("quota.scheme_closed")
    if seen is not None and seen != quota.cap:
        raise ConflictError("stale")
    if follows_from(session, quota) is not None:
        raise ConflictError("quota.follows_from_places")
    check_cap(counters_of(quota), cap)
    before, quota.cap = quota.cap, cap
    audit.record(session, actor, "quota.set_cap", quota, at=at, scheme=quota.scheme.ref, before=before, cap=cap)
    return quota


def _claim(session: Session, quota: Quota, proposal_id: int) -> None:
    room = sa.update(Quota).where(Quota.id == quota.id, Quota.cap > _TAKEN).values(committed=Quota.committed + 1)
    if session.scalar(room.returning(Quota.id).execution_options(synchronize_session=False)) is None:
        raise QuotaFullError(quota.ref)
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    unit = insert(QuotaUnit).values(quota_id=quota.id, proposal_id=proposal_id)
    if session.scalar(unit.on_conflict_do_nothing().returning(QuotaUnit.id)) is None:
        raise ConflictError("quota.already_taken")


def _fresh(session: Session, ids: Sequence[int]) -> list[Quota]:
    select = sa.select(Quota).where(Quota.id.in_(ids)).order_by(Quota.id)
    return list(session.scalars(select.execution_options(populate_existing=True)))
