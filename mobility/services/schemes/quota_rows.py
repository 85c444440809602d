"""The quotas of a scheme's design: checked against one another and the lists of codes, then written as rows."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.errors import InvalidError
from mobility.models.employers import Employer
from mobility.models.schemes.quotas import Quota, QuotaPlaces
from mobility.models.schemes.schemes import Scheme
from mobility.rules.quotas.counters import QuotaDimension, write_conditions
from mobility.rules.quotas.places import Derived, Places, check_places, quotas_of
from mobility.rules.quotas.terms import check_named, check_origins, check_periods
from mobility.services.schemes.entries import QuotaTerms, SchemeTerms


def check(session: Session, terms: SchemeTerms, origins: Collection[str]) -> None:
    """Refuse quotas that cannot be counted, name what there is not, or contradict one another.

    Raises
    ------
    InvalidError
        One of the codes of ``rules.quota_terms`` or ``rules.quota_places``, with the field and the figures.
    """
    for places in terms.places:
        check_places(places)
        if places.set_aside_for:
            check_origins(places.set_aside_for, origins)
    for quota in terms.quotas:
        check_named(quota.named, origins)
    _check_employers(session, terms.quotas)
    check_periods(list(_periods(terms)))


def add(session: Session, scheme: Scheme, terms: SchemeTerms) -> list[Quota]:
    """Store a new scheme's quotas, those that follow from its places first; return them, not yet flushed."""
    session.add_all(_row_of(scheme.id, places) for places in terms.places)
    derived = [_quota(scheme.id, quota, quota.conditions) for places in terms.places for quota in quotas_of(places)]
    entered = [_quota(scheme.id, quota, write_conditions(quota.conditions)) for quota in terms.quotas]
    session.add_all([*derived, *entered])
    return [*derived, *entered]


def _quota(scheme_id: int, given: Derived | QuotaTerms, conditions: str) -> Quota:
    return Quota(
        scheme_id=scheme_id,
        period_from=given.period_from,
        period_to=given.period_to,
        cap=given.cap,
        dimension=given.dimension,
        value=given.value,
        conditions=conditions,
    )


def _row_of(scheme_id: int, places: Places) -> QuotaPlaces:
    return QuotaPlaces(
        scheme_id=scheme_id,
        period_from=places.period_from,
        period_to=places.period_to,
        regular=places.regular,
        second_from=places.second_from,
        second=places.second,
        carry_on=places.carry_on,
        carried=places.carried,
        supplement=places.supplement,
        set_aside=places.set_aside,
        set_aside_for=",".join(places.set_aside_for),
    )


def _periods(terms: SchemeTerms) -> Iterator[tuple[str, date, date]]:
    """Yield what each quota counts with its days; places claim their whole year for what follows from them."""
    for places in terms.places:
        for counted in {(quota.dimension, quota.value, quota.conditions) for quota in quotas_of(places)}:
            yield "|".join(counted), places.period_from, places.period_to
    for quota in terms.quotas:
        counted = (quota.dimension, quota.value, write_conditions(quota.conditions))
        yield "|".join(counted), quota.period_from, quota.period_to


def _check_employers(session: Session, quotas: Sequence[QuotaTerms]) -> None:
    """Refuse the reference of an employer that there is not."""
    asked = {
        reference
        for quota in quotas
        for dimension, values in (
            (quota.dimension, quota.value.split(",")),
            *((each.dimension, each.values) for each in quota.conditions),
        )
        if dimension is QuotaDimension.EMPLOYER
        for reference in values
    }
    there = set(session.scalars(sa.select(Employer.ref).where(Employer.ref.in_(asked)))) if asked else set()
    for unknown in sorted(asked - there):
        raise InvalidError("quota.unknown_code", field="cap", value=unknown)
