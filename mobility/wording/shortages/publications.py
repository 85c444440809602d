"""Words for published lists, the suggestions that come of them, and the composite of tightness."""

from collections.abc import Mapping
from enum import Enum

from mobility.rules.cases.publications import CodeKind, PublicationKind, PublicationState, SuggestionState
from mobility.rules.figures.tightness import IndicatorKind, ReadingKind
from mobility.wording.texts import Text
from mobility.wording.texts import marked as _l

LABELS: tuple[Mapping[Enum, Text], ...] = (
    {
        PublicationKind.SHORTAGE_LIST: _l("A list of shortage occupations"),
        PublicationKind.FIGURES: _l("Figures by occupation"),
    },
    {
        CodeKind.ISCO08: _l("ISCO-08 unit groups"),
        CodeKind.US_SOC: _l("US SOC codes"),
        CodeKind.OTHER: _l("Codes of another classification"),
    },
    {
        PublicationState.PREVIEWED: _l("Preview"),
        PublicationState.TAKEN_IN: _l("Taken in"),
        PublicationState.DISCARDED: _l("Put away"),
    },
    {
        SuggestionState.OPEN: _l("Open"),
        SuggestionState.DRAFTED: _l("A draft was made"),
        SuggestionState.SET_ASIDE: _l("Set aside"),
    },
    {
        IndicatorKind.VACANCY_RATE: _l("Vacancy rate, percent"),
        IndicatorKind.UNEMPLOYMENT: _l("Unemployment rate, percent"),
        IndicatorKind.WAGE_GROWTH: _l("Wage growth, percent a year"),
        IndicatorKind.DAYS_TO_FILL: _l("Days to fill a post"),
    },
    {
        ReadingKind.TIGHT: _l("Tight"),
        ReadingKind.BALANCED: _l("Balanced"),
        ReadingKind.SLACK: _l("Slack"),
        ReadingKind.NOT_ENOUGH: _l("Too few figures"),
    },
)

SENTENCES: Mapping[str, Text] = {
    "publication.code_missing": _l("This line names no occupation."),
    "publication.code_unknown": _l("The file of codes does not lead from %(value)s to ISCO-08. Add it there."),
    "publication.code_leads_nowhere": _l("The file of codes has %(value)s, and no ISCO-08 group for it."),
    "publication.number_ambiguous": _l(
        "%(value)s may mean %(first)s or %(second)s. Say how the file writes decimals, or correct the cell."
    ),
    "publication.occupation_unknown": _l("%(value)s is not an ISCO-08 unit group. Correct the code."),
    "publication.duplicate_line": _l("%(value)s stands in line %(other)s already, for the same region. Keep one line."),
    "publication.same_occupation": _l("%(value)s means the same occupation as line %(other)s. Keep one figure."),
    "publication.region_unknown": _l(
        "There is no region %(value)s in your country. Use its name, its letters, or a code such as US-FL."
    ),
    "publication.number_expected": _l("%(value)s is not a number. Write one such as 7.5."),
    "publication.headcount_expected": _l("%(value)s is not a number of people. Write a whole number above 0."),
    "publication.value_missing": _l("This line has no figure."),
    "publication.value_implausible": _l("%(value)s cannot be true: it must lie between %(least)s and %(most)s."),
    "publication.figure_differs": _l(
        "Line %(line)s: the same figure is there already as %(known)s; figures are never edited. Nothing was stored."
    ),
    "publication.has_faults": _l(
        "Lines that do not fit: %(count)s. Correct the file, or tick that they are to be left out. Nothing was stored."
    ),
    "publication.column_missing": _l("The file has no heading %(name)s. Most like it: %(nearest)s."),
    "publication.column_number": _l("The file has nothing in column %(number)s."),
    "publication.no_lines": _l("The file has no line under its headings."),
    "publication.map_code": _l("Line %(line)s of the file of codes has no ISCO-08 unit group in its second column."),
    "publication.map_missing": _l("Add the file that leads from these codes to ISCO-08."),
    "publication.date_ahead": _l("The day of publication lies after today, %(day)s."),
    "publication.indicator_missing": _l("Choose which figure the file holds."),
    "publication.period_missing": _l("Enter the days between which the figures were measured."),
    "publication.value_column_missing": _l("Enter the column of the figures."),
    "tightness.weights_not_whole": _l("The weights add up to %(total)s. Make it 100."),
    "tightness.weight_out_of_bounds": _l("Enter a number from 0 to %(most)s."),
    "tightness.weight_unknown": _l("Every indicator needs a weight; 0 leaves it out."),
}
