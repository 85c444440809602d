"""Quotas of a scheme, as rows and as the rules see them."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.quotas import Quota
from mobility.models.schemes import Scheme
from mobility.rules.quotas import Counters, QuotaKey
from mobility.security.actors import Actor
from mobility.security.scopes import visible


def of_scheme(session: Session, scheme_id: int) -> Sequence[Quota]:
    """Return the quotas of a scheme in the order in which they are updated, fresh from the database."""
    select = sa.select(Quota).where(Quota.scheme_id == scheme_id).order_by(Quota.id)
    return session.scalars(select.execution_options(populate_existing=True)).all()


def listed(session: Session, actor: Actor, scheme: Scheme) -> Sequence[Quota]:
    """Return the quotas of a scheme that the actor may see: by period, the whole before its parts."""
    select = visible(actor, Quota).where(Quota.scheme_id == scheme.id)
    return session.scalars(select.order_by(Quota.period_from, Quota.period_to, Quota.id)).all()


def key_of(quota: Quota) -> QuotaKey:
    """Return what a quota counts, as ``rules.quotas`` asks for it."""
    return QuotaKey(quota.scheme_id, quota.period_from, quota.period_to, quota.dimension, quota.value)


def counters_of(quota: Quota) -> Counters:
    """Return a quota's cap and counters."""
    return Counters(quota.cap, quota.held, quota.committed, quota.used, quota.released)
