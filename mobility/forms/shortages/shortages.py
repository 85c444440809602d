"""Forms of shortages: a draft with its evidence, more evidence, and a review."""

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
    source_field,
)
from mobility.models.shortages.publications import ShortageSuggestion
from mobility.rules.cases.shortages import EvidenceKind
from mobility.services.shortages.shortages import Evidence, ShortageTerms

MOST_PEOPLE = 1_000_000


class TermsForm(FlaskForm):
    """What is missing, where and when."""

    occupation = OccupationField(
        _l("Occupation"), required=_l("Choose an occupation"), description=_l("In your own words, or its ISCO-08 code.")
    )
    region = select_field(_l("Region"), required=_l("Choose a region"), description=_l("Where the people are missing."))
    headcount = number_field(
        _l("How many people are missing?"), least=1, most=MOST_PEOPLE, required=_l("Enter how many people are missing")
    )
    valid_from = date_field(_l("From"), required=_l("Enter the first day"), description=_l("For example, 1 4 2026"))
    valid_to = date_field(_l("To"), required=_l("Enter the last day"), description=_l("For example, 30 11 2026"))


class EvidenceForm(FlaskForm):
    """One piece of evidence."""

    evidence_kind = select_field(_l("Kind of evidence"), required=_l("Choose the kind of evidence"))
    evidence_figure = decimal_field(
        _l("Figure"),
        least=-1000,
        most=1_000_000,
        places=4,
        description=_l(
            "A rate in percent; for a labour-market test, the people found. Empty for a plan or a disaster."
        ),
    )
    evidence_region = select_field(
        _l("Region of the figure"), description=_l("Leave it empty if it speaks of the region of the shortage.")
    )
    evidence_period_from = date_field(_l("Measured from"), description=_l("Leave both days empty for a document."))
    evidence_period_to = date_field(_l("Measured to"))
    evidence_statement = long_text_field(
        _l("What does it show?"),
        limit=2000,
        description=_l("Needed for a plan or a disaster: what it says, and where."),
    )
    evidence_source = source_field(required=_l("Enter where the evidence comes from"))
    evidence_date = date_field(_l("As of"), required=_l("Enter the date that the evidence speaks of"))

    def offer_evidence(self, regions: list[tuple[str, str]]) -> None:
        """Give the drop-downs of the evidence their choices."""
        offer(self.evidence_region, regions, empty=_l("The region of the shortage"))
        offer_kind(self.evidence_kind, EvidenceKind, empty=_l("Choose"))

    def piece(self) -> Evidence:
        """Return what was entered."""
        return Evidence(
            EvidenceKind(self.evidence_kind.data),
            self.evidence_figure.data,
            self.evidence_statement.data or None,
            self.evidence_source.data,
            self.evidence_date.data,
            self.evidence_region.data or None,
            self.evidence_period_from.data,
            self.evidence_period_to.data,
        )


class ShortageForm(TermsForm, EvidenceForm):
    """A declaration and the evidence that it rests on."""

    def offer_choices(self, regions: list[tuple[str, str]]) -> None:
        """Give the drop-downs their choices."""
        offer(self.region, regions, empty=_l("Choose"))
        self.offer_evidence(regions)

    def terms(self) -> ShortageTerms:
        """Return what was entered."""
        return ShortageTerms(
            occupation=self.occupation.code,
            concept=self.occupation.concept,
            region=self.region.data,
            headcount=self.headcount.data,
            valid_from=self.valid_from.data,
            valid_to=self.valid_to.data,
            evidence=[self.piece()],
        )

    def start_from(self, suggestion: ShortageSuggestion) -> None:
        """Fill the form with what a published list suggests; period and evidence of the need are the officer's."""
        self.occupation.data, self.region.data = suggestion.occupation.code, suggestion.region
        self.headcount.data = suggestion.headcount
        self.evidence_kind.data = EvidenceKind.PLAN_REFERENCE.value
        self.evidence_statement.data = ": ".join(part for part in (suggestion.code, suggestion.job_title) if part)
        self.evidence_source.data = f"{suggestion.list_title}. {suggestion.publication.source}"
        self.evidence_date.data = suggestion.publication.published_on


class ReviewForm(FlaskForm):
    """A declaration looked at again."""

    note = long_text_field(
        _l("Why does it still hold?"),
        limit=2000,
        required=_l("Say why it still holds"),
        description=_l("With what you looked at."),
    )
    next_on = date_field(_l("Next review on"), required=_l("Enter the day of the next review"))
