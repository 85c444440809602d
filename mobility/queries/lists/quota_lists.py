"""Quotas of a scheme, as rows and as the rules see them."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.models.schemes.quotas import Quota, QuotaPlaces
from mobility.models.schemes.schemes import Scheme
from mobility.rules.quotas.counters import Counters, QuotaKey, read_conditions
from mobility.rules.quotas.places import Derived, Places, quotas_of
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
    conditions = read_conditions(quota.conditions)
    return QuotaKey(quota.scheme_id, quota.period_from, quota.period_to, quota.dimension, quota.value, conditions)


def counters_of(quota: Quota) -> Counters:
    """Return a quota's cap and counters."""
    return Counters(quota.cap, quota.held, quota.committed, quota.used, quota.released)


def places_of_scheme(session: Session, scheme_id: int) -> Sequence[QuotaPlaces]:
    """Return the places of a scheme from which some of its quotas follow, by year, fresh from the database."""
    select = sa.select(QuotaPlaces).where(QuotaPlaces.scheme_id == scheme_id).order_by(QuotaPlaces.period_from)
    return session.scalars(select.execution_options(populate_existing=True)).all()


def places_of(row: QuotaPlaces) -> Places:
    """Return places as the rules see them."""
    return Places(
        period_from=row.period_from,
        period_to=row.period_to,
        regular=row.regular,
        second_from=row.second_from,
        second=row.second,
        carry_on=row.carry_on,
        carried=row.carried,
        supplement=row.supplement,
        set_aside=row.set_aside,
        set_aside_for=tuple(country for country in row.set_aside_for.split(",") if country),
    )


def derived(quotas: Sequence[Quota], places: Places) -> list[tuple[Quota, Derived]]:
    """Return the quotas that follow from places, each beside what it should be; the first counts everybody."""
    there = {
        (quota.period_from, quota.period_to, quota.dimension, quota.value, quota.conditions): quota for quota in quotas
    }
    return [(there[each.key], each) for each in quotas_of(places) if each.key in there]


def follows_from(session: Session, quota: Quota) -> QuotaPlaces | None:
    """Return the places that a quota follows from, if it does."""
    for row in places_of_scheme(session, quota.scheme_id):
        if derived([quota], places_of(row)):
            return row
    return None
