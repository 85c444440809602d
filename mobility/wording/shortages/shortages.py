"""Words for shortages and their evidence."""

from collections.abc import Mapping
from enum import Enum

from mobility.rules.cases.evidence import UnitKind
from mobility.rules.cases.shortages import EvidenceKind, ShortageState
from mobility.wording.texts import Text
from mobility.wording.texts import marked as _l

LABELS: Mapping[Enum, Text] = {
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
    UnitKind.PERCENT: _l("percent"),
    UnitKind.PERCENT_A_YEAR: _l("percent a year"),
    UnitKind.PERSONS: _l("people"),
    UnitKind.NONE: _l("no figure"),
}

SENTENCES: Mapping[str, Text] = {
    "evidence.figure_missing": _l("This kind of evidence is a figure. Enter it."),
    "evidence.figure_unwanted": _l("A plan or a disaster is a document. Leave the figure empty and say what it holds."),
    "evidence.figure_implausible": _l("This cannot be true: the figure must lie between %(least)s and %(most)s."),
    "evidence.statement_missing": _l("Say what the document holds, and where in it."),
    "evidence.period_missing": _l("Enter the days between which the figure was measured."),
    "evidence.period_reversed": _l("The last day lies before the first one."),
    "evidence.period_too_long": _l("A figure speaks of at most %(months)s months."),
    "evidence.period_not_over": _l("The period was not over on the date of the source."),
    "evidence.date_ahead": _l("The date lies after today, %(day)s."),
    "evidence.too_old": _l("Evidence older than %(months)s months says nothing about today."),
    "shortage.review_not_ahead": _l("Choose a day after %(day)s."),
    "shortage.review_too_late": _l("Choose a day within the next %(months)s months."),
    "unknown_occupation": _l("This occupation is not in the classification. Choose one from the list."),
    "period_reversed": _l("The last day lies before the first one."),
    "shortage.region_abroad": _l("Choose a region of your own country."),
    "shortage_evidence.met": _l("Evidence is given."),
    "shortage_evidence.none": _l("A declaration needs at least one piece of evidence from the last three years."),
    "shortage_headcount.met": _l("%(headcount)s people are missing."),
    "shortage_headcount.not_positive": _l("At least one person must be missing."),
    "shortage_period.met": _l("The period runs from %(start)s to %(end)s."),
    "shortage_period.reversed": _l("The period ends (%(end)s) before it begins (%(start)s)."),
    "shortage_period.past": _l("The period was over on %(end)s: a past shortage cannot be declared."),
}
