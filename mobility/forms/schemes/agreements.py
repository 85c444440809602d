"""The form of an agreement: its parties, dates and sectors, and who bears which cost."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from mobility.forms.fields import date_field, offer, offer_kind, select_field, text_field
from mobility.rules.cases.agreements import CostBearer, CostKind
from mobility.services.schemes.agreements import AgreementTerms


def _bearer(text: Any) -> SelectField:
    return select_field(text)


class AgreementForm(FlaskForm):
    """What two ministries agreed, as it is taken on record."""

    title = text_field(_l("Title"), limit=300, required=_l("Enter the title"))
    origin = select_field(_l("Ministry of the country of origin"), required=_l("Choose the other ministry"))
    valid_from = date_field(_l("In force from"), required=_l("Enter the first day"))
    valid_to = date_field(_l("In force to"), description=_l("Leave it empty if it holds until it is ended."))
    sectors = SelectMultipleField(
        _l("Sectors"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=True
    )
    cost_recruitment = _bearer(_l("Recruitment"))
    cost_visa = _bearer(_l("Visa"))
    cost_passport = _bearer(_l("Passport"))
    cost_medical = _bearer(_l("Medical check"))
    cost_travel_out = _bearer(_l("Journey out"))
    cost_travel_back = _bearer(_l("Journey back"))
    cost_housing = _bearer(_l("Housing"))
    cost_insurance = _bearer(_l("Insurance"))
    cost_training = _bearer(_l("Training"))
    names_health_workers = BooleanField(_l("It names health workers"))

    def offer_choices(self, ministries: list[tuple[str, str]], sectors: list[tuple[str, str]]) -> None:
        """Give the drop-downs their choices."""
        offer(self.origin, ministries, empty=_l("Choose"))
        self.sectors.choices = [SelectChoice(value, text) for value, text in sectors]
        for kind in CostKind:
            offer_kind(self[f"cost_{kind}"], CostBearer, empty=_l("Not said"))

    @property
    def cost_fields(self) -> list[Any]:
        """The fields of the costs, in their order."""
        return [self[f"cost_{kind}"] for kind in CostKind]

    def terms(self, destination: str) -> AgreementTerms:
        """Return what was entered, for the destination's ministry (its reference)."""
        bearers = {kind: self[f"cost_{kind}"].data for kind in CostKind}
        return AgreementTerms(
            title=self.title.data,
            destination=destination,
            origin=self.origin.data,
            valid_from=self.valid_from.data,
            valid_to=self.valid_to.data,
            sectors=self.sectors.data or [],
            costs={kind: CostBearer(bearer) for kind, bearer in bearers.items() if bearer},
            names_health_workers=bool(self.names_health_workers.data),
        )
