"""Forms of shortages: a draft with its evidence, and a reason for suspending."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from mobility.forms.concepts import OccupationField
from mobility.forms.fields import (
    date_field,
    decimal_field,
    long_text_field,
    number_field,
    offer,
    offer_kind,
    select_field,
    text_field,
)
from mobility.rules.shortages import EvidenceKind
from mobility.services.shortages import Evidence, ShortageTerms

MOST_PEOPLE = 1_000_000


class ShortageForm(FlaskForm):
    """A declaration and the evidence that it rests on."""

    occupation = OccupationField(
        _l("Occupation"), required=_l("Choose an occupation"), description=_l("In your own words, or its ISCO-08 code.")
    )
    region = select_field(_l("Region"), required=_l("Choose a region"), description=_l("Where the people are missing."))
    headcount = number_field(
        _l("How many people are missing?"), least=1, most=MOST_PEOPLE, required=_l("Enter how many people are missing")
    )
    valid_from = date_field(_l("From"), required=_l("Enter the first day"), description=_l("For example, 1 4 2026"))
    valid_to = date_field(_l("To"), required=_l("Enter the last day"), description=_l("For example, 30 11 2026"))
    evidence_kind = select_field(_l("Kind of evidence"), required=_l("Choose the kind of evidence"))
    evidence_figure = decimal_field(
        _l("Figure"),
        least=-1000,
        most=1_000_000,
        places=4,
        description=_l("For a rate, in percent. Leave it empty for a plan or a disaster."),
    )
    evidence_statement = long_text_field(_l("What does it show?"), limit=2000)
    evidence_source = text_field(
        _l("Source"),
        limit=500,
        required=_l("Enter where the evidence comes from"),
        description=_l("Office, title, table, date of issue."),
    )
    evidence_date = date_field(_l("As of"), required=_l("Enter the date that the evidence speaks of"))

    def offer_choices(self, regions: list[tuple[str, str]]) -> None:
        """Give the drop-downs their choices."""
        offer(self.region, regions, empty=_l("Choose"))
        offer_kind(self.evidence_kind, EvidenceKind, empty=_l("Choose"))

    def terms(self) -> ShortageTerms:
        """Return what was entered."""
        piece = Evidence(
            EvidenceKind(self.evidence_kind.data),
            self.evidence_figure.data,
            self.evidence_statement.data or None,
            self.evidence_source.data,
            self.evidence_date.data,
        )
        return ShortageTerms(
            occupation=self.occupation.code,
            concept=self.occupation.concept,
            region=self.region.data,
            headcount=self.headcount.data,
            valid_from=self.valid_from.data,
            valid_to=self.valid_to.data,
            evidence=[piece],
        )


class SuspensionForm(FlaskForm):
    """Why something is suspended."""

    reason = long_text_field(
        _l("Why is it suspended?"),
        limit=2000,
        required=_l("Say why"),
        description=_l("Everybody concerned can read this."),
    )


class ClosingForm(FlaskForm):
    """Why something is closed for good."""

    reason = long_text_field(
        _l("Why is it closed?"),
        limit=2000,
        required=_l("Say why"),
        description=_l("Everybody concerned can read this."),
    )
