"""Forms of publications: a file with its columns, taking it in, setting a suggestion aside, weights of indicators."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import BooleanField

from mobility.formats.numbers import Mark
from mobility.forms.fields import (
    date_field,
    number_field,
    offer,
    offer_kind,
    reason_field,
    select_field,
    source_field,
    text_field,
)
from mobility.rules.cases.publications import CodeKind, PublicationKind
from mobility.rules.figures.tightness import WHOLE, IndicatorKind
from mobility.services.shortages.publication_lines import PublicationTerms

_COLUMN = 80


def _column(text: Any, **options: Any) -> Any:
    return text_field(text, limit=_COLUMN, **options)


class PublicationForm(FlaskForm):
    """A file, what it is, and which of its columns hold what."""

    kind = select_field(_l("What does the file hold?"), required=_l("Choose what the file holds"))
    title = text_field(
        _l("Name of the list"),
        limit=200,
        required=_l("Enter the name of the list"),
        description=_l("Use the same name each year: entries that are there already are then known again."),
    )
    source = source_field(required=_l("Enter where the file comes from"))
    published_on = date_field(_l("Published on"), required=_l("Enter the day of publication"))
    file = FileField(_l("File"), validators=[FileRequired(_l("Choose a file"))], description=_l("CSV, XLSX or XLS."))
    codes = select_field(_l("Which codes does it use?"), required=_l("Choose the codes"))
    code_map = MultipleFileField(
        _l("File that leads from these codes to ISCO-08"),
        description=_l("Two columns: the code, then the ISCO-08 unit group. For US SOC, the published crosswalk."),
    )
    code_column = _column(
        _l("Column of the codes"),
        required=_l("Enter the column of the codes"),
        description=_l("Its number, 1 for the first, or its heading."),
    )
    title_column = _column(_l("Column of the job titles"), description=_l("Leave empty what the file does not have."))
    region_column = _column(_l("Column of the regions"))
    headcount_column = _column(_l("Column of the people missing"))
    note_column = _column(_l("Column of notes"))
    region = select_field(_l("Region of the whole file"))
    indicator = select_field(_l("Which figure is it?"), description=_l("Only for figures."))
    value_column = _column(_l("Column of the figures"))
    decimals = select_field(
        _l("How does the file write decimals?"),
        description=_l(
            "Only needed where its numbers do not show it: 1,250 may be one and a quarter or twelve hundred fifty."
        ),
    )
    period_from = date_field(_l("Figures measured from"))
    period_to = date_field(_l("Figures measured to"))

    def offer_choices(self, regions: list[tuple[str, str]]) -> None:
        """Give the drop-downs their choices."""
        offer_kind(self.kind, PublicationKind, empty=_l("Choose"))
        offer_kind(self.codes, CodeKind, empty=_l("Choose"))
        offer_kind(self.indicator, IndicatorKind, empty=_l("None"))
        offer(self.decimals, [(Mark.POINT, "1,250.5"), (Mark.COMMA, "1.250,5")], empty=_l("As its numbers show"))
        offer(self.region, regions, empty=_l("The whole country"))

    def columns(self) -> dict[str, str]:
        """Return the file's columns by our names."""
        names = ("code", "title", "region", "headcount", "note", "value")
        return {name: self[f"{name}_column"].data or "" for name in names}

    def terms(self) -> PublicationTerms:
        """Return what was said of the file."""
        kind = PublicationKind(self.kind.data)
        figures = kind is PublicationKind.FIGURES
        return PublicationTerms(
            kind=kind,
            codes=CodeKind(self.codes.data),
            title=self.title.data,
            source=self.source.data,
            published_on=self.published_on.data,
            indicator=IndicatorKind(self.indicator.data) if figures and self.indicator.data else None,
            period_from=self.period_from.data if figures else None,
            period_to=self.period_to.data if figures else None,
            region=self.region.data or "",
            decimals=Mark(self.decimals.data) if self.decimals.data else None,
        )


class TakeInForm(FlaskForm):
    """Whether lines that do not fit may be left out."""

    leave_out = BooleanField(_l("Leave out the lines that do not fit"))


class SetAsideForm(FlaskForm):
    """Why a suggestion is set aside."""

    reason = reason_field(_l("Why is it set aside?"))


class WeightsForm(FlaskForm):
    """How much each indicator counts, in shares of 100."""

    vacancy_rate = number_field(_l("Vacancy rate"), least=0, most=WHOLE, required=_l("Enter a number from 0 to 100"))
    unemployment = number_field(
        _l("Unemployment rate"), least=0, most=WHOLE, required=_l("Enter a number from 0 to 100")
    )
    wage_growth = number_field(_l("Wage growth"), least=0, most=WHOLE, required=_l("Enter a number from 0 to 100"))
    days_to_fill = number_field(
        _l("Days to fill a post"), least=0, most=WHOLE, required=_l("Enter a number from 0 to 100")
    )
    reason = reason_field(_l("Why these weights?"), description=_l("Everybody who sees the composite can read this."))

    def weights(self) -> dict[IndicatorKind, int]:
        """Return what was entered."""
        return {indicator: self[indicator.value].data for indicator in IndicatorKind}
