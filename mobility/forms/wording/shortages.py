"""Words for shortages and their evidence."""

from collections.abc import Mapping
from enum import Enum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from mobility.rules.shortages import EvidenceKind, ShortageState

LABELS: Mapping[Enum, LazyString] = {
    ShortageState.DRAFT: _l("Draft"),
    ShortageState.DECLARED: _l("Declared"),
    ShortageState.SUSPENDED: _l("Suspended"),
    ShortageState.EXPIRED: _l("Expired"),
    EvidenceKind.VACANCY_RATE: _l("Vacancy rate"),
    EvidenceKind.UNEMPLOYMENT: _l("Unemployment rate"),
    EvidenceKind.WAGE_GROWTH: _l("Wage growth"),
    EvidenceKind.LABOUR_MARKET_TEST: _l("Labour-market test"),
    EvidenceKind.PLAN_REFERENCE: _l("Development plan"),
    EvidenceKind.DISASTER_REFERENCE: _l("Declared disaster"),
}

SENTENCES: Mapping[str, LazyString] = {
    "unknown_occupation": _l("This occupation is not in the classification. Choose one from the list."),
    "period_reversed": _l("The last day lies before the first one."),
    "shortage.region_abroad": _l("Choose a region of your own country."),
    "shortage_evidence.met": _l("Evidence is given."),
    "shortage_evidence.none": _l("A declaration needs at least one piece of evidence."),
    "shortage_headcount.met": _l("%(headcount)s people are missing."),
    "shortage_headcount.not_positive": _l("At least one person must be missing."),
    "shortage_period.met": _l("The period runs from %(start)s to %(end)s."),
    "shortage_period.reversed": _l("The period ends (%(end)s) before it begins (%(start)s)."),
    "shortage_period.past": _l("The period was over on %(end)s: a past shortage cannot be declared."),
}
