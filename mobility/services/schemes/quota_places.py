"""Places of a scheme: changed as a whole with the quotas that follow from them, and carried from half to half."""

from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.errors import ConflictError, InvalidError
from mobility.models.schemes.quotas import Quota, QuotaPlaces
from mobility.models.schemes.schemes import Scheme
from mobility.queries.lists import quota_lists
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import Place
from mobility.rules.cases.schemes import SchemeState
from mobility.rules.quotas.counters import check_cap
from mobility.rules.quotas.places import Places, carried_over, check_places
from mobility.security import audit
from mobility.security.actors import SYSTEM, Actor
from mobility.security.policy import require
from mobility.security.scopes import check_version, one


@dataclass(frozen=True)
class Figures:
    """What a ministry can change of places later; days and countries are part of what was signed."""

    regular: int
    second: int = 0
    supplement: int = 0
    set_aside: int = 0


def change(session: Session, actor: Actor, ref: str, figures: Figures, *, version: int, at: datetime) -> QuotaPlaces:
    """Change the places that the quota ``ref`` follows from, and every other quota that follows.

    Raises
    ------
    NotFoundError, ForbiddenError
        No such quota, or not of the actor's ministry.
    ConflictError
        ``stale``: changed meanwhile, or carried over; ``quota.scheme_closed``; ``quota.stands_alone``: it follows from
        no places.
    InvalidError
        Places that contradict one another, or ``quota.cap_below_taken`` with the figures.
    """
    quota = one(session, actor, Quota, ref)
    require(actor, Permission.QUOTA_EDIT, quota)
    _hold(session, quota.scheme_id)
    scheme = session.get_one(Scheme, quota.scheme_id, populate_existing=True)
    if scheme.state is SchemeState.CLOSED:
        raise ConflictError("quota.scheme_closed")
    row = quota_lists.follows_from(session, quota)
    if row is None:
        raise ConflictError("quota.stands_alone")
    check_version(row, version)
    before = quota_lists.places_of(row)
    wanted = replace(before, **vars(figures))
    for pot in ("supplement", "set_aside"):
        if bool(getattr(wanted, pot)) is not bool(getattr(before, pot)):
            raise InvalidError("quota.pot_comes_or_goes", field=pot)
    check_places(wanted)
    changed = _put(session, row, before, wanted)
    audit.record(session, actor, "quota.set_places", scheme, at=at, also=changed, before=_told(before), **vars(figures))
    return row


def on_new_day(session: Session, place: Place, day: date, *, at: datetime) -> int:
    """Carry what the first half of each year has left into its second, where the terms say so and the day has come.

    The scheme's quotas are held from before they are read until commit, so an approval meanwhile either comes before
    and is counted, or comes after and meets the new caps: the units of both halves together never change. A second
    call finds nothing left.

    Returns
    -------
    int
        How many units went over.
    """
    due = (
        sa.select(Scheme)
        .join(QuotaPlaces, QuotaPlaces.scheme_id == Scheme.id)
        .where(Scheme.country.in_(place.countries), QuotaPlaces.carry_on <= day, Scheme.state != SchemeState.CLOSED)
    )
    locked = due.distinct().order_by(Scheme.id)
    total = 0
    for scheme_id in session.scalars(locked.with_only_columns(Scheme.id)).all():
        _hold(session, scheme_id)
        scheme = session.get_one(Scheme, scheme_id)
        for row in quota_lists.places_of_scheme(session, scheme_id):
            total += _carry(session, scheme, row, day, at=at)
    return total


def _hold(session: Session, scheme_id: int) -> None:
    """Hold a scheme until commit: its places are part of what the log says of it."""
    session.execute(sa.select(Scheme.id).where(Scheme.id == scheme_id).with_for_update(of=Scheme))


def _carry(session: Session, scheme: Scheme, row: QuotaPlaces, day: date, *, at: datetime) -> int:
    before = quota_lists.places_of(row)
    if before.carry_on is None:
        return 0
    first_half, _ = quota_lists.derived(_held(session, scheme.id), before)[0]
    after = carried_over(before, quota_lists.counters_of(first_half).taken, day)
    units = after.carried - before.carried
    if units:
        changed = _put(session, row, before, after)
        told = {"units": units, "year": before.period_from.isoformat(), "carried": after.carried}
        audit.record(session, SYSTEM, "quota.carry_over", scheme, at=at, also=changed, **told)
    return units


def _put(session: Session, row: QuotaPlaces, before: Places, after: Places) -> list[Quota]:
    """Store places, and the caps of the quotas that follow from them; those that changed are returned."""
    quotas = _held(session, row.scheme_id)
    wanted = [derived.cap for _, derived in quota_lists.derived(quotas, after)]
    caps = [(quota, cap) for (quota, _), cap in zip(quota_lists.derived(quotas, before), wanted, strict=True)]
    for quota, cap in caps:
        check_cap(quota_lists.counters_of(quota), cap)
    changed = [quota for quota, cap in caps if quota.cap != cap]
    for quota, cap in caps:
        quota.cap = cap
    for name in ("regular", "second", "carried", "supplement", "set_aside"):
        setattr(row, name, getattr(after, name))
    session.flush()
    return changed


def _held(session: Session, scheme_id: int) -> list[Quota]:
    """Return a scheme's quotas, held until commit in the order in which approvals take them."""
    select = sa.select(Quota).where(Quota.scheme_id == scheme_id).order_by(Quota.id).with_for_update(of=Quota)
    return list(session.scalars(select.execution_options(populate_existing=True)))


def _told(places: Places) -> str:
    return f"{places.regular}+{places.second}+{places.supplement} ({places.set_aside})"
