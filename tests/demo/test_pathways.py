import sqlalchemy as sa

from mobility.demo import pathways
from mobility.models.schemes.agreements import Agreement
from mobility.models.schemes.quotas import Quota
from mobility.models.schemes.schemes import Scheme
from mobility.rules.cases.schemes import SchemeState
from mobility.rules.quotas.counters import QuotaDimension


def test_each_pair_of_countries_has_an_agreement(look):
    assert look.scalar(sa.select(sa.func.count()).select_from(Agreement)) == 2 * 5


def test_four_schemes_run_one_waits_for_signatures_one_is_suspended(look):
    states = sorted(look.scalars(sa.select(Scheme.state)))
    assert states == sorted([SchemeState.ACTIVE] * 4 + [SchemeState.APPROVED_BY_DESTINATION, SchemeState.SUSPENDED])


def test_each_scheme_has_units_for_both_seasons(look):
    whole = look.scalars(sa.select(Quota).where(Quota.dimension.is_(None))).all()
    if not whole:
        whole = look.scalars(sa.select(Quota).where(Quota.dimension == QuotaDimension.TOTAL)).all()
    by_scheme = {}
    for quota in whole:
        by_scheme.setdefault(quota.scheme_id, []).append(quota.cap)
    assert sorted(by_scheme.values()) == sorted([units, units] for _, _, _, units, _ in pathways.PLAN)


def test_the_counters_of_no_quota_pass_its_cap(look):
    for quota in look.scalars(sa.select(Quota)):
        assert min(quota.held, quota.committed, quota.used) >= 0
        assert quota.held + quota.committed + quota.used <= quota.cap
