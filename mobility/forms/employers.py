"""Forms of employers: registering one, and the steps of vetting."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from mobility.forms.fields import long_text_field, text_field
from mobility.rules.cases.employers import REQUIRED_ITEMS, EmployerEvent, VettingItem
from mobility.services.employers import EmployerTerms

IN_ORDER, NOT_IN_ORDER = "yes", "no"
LONGEST_REASON = 2000


class EmployerForm(FlaskForm):
    """Who an employer is."""

    name = text_field(_l("Name"), limit=200, required=_l("Enter the employer's name"))
    registration_number = text_field(
        _l("Number in the register of companies"),
        limit=60,
        required=_l("Enter the number in the register of companies"),
    )

    def terms(self) -> EmployerTerms:
        """Return what was entered."""
        return EmployerTerms(self.name.data, self.registration_number.data)


def _item(text: object) -> RadioField:
    choices = [
        SelectChoice(IN_ORDER, _l("In order")),
        SelectChoice(NOT_IN_ORDER, _l("Not in order")),
    ]
    return RadioField(text, choices=choices, validators=[Optional()])


class VettingForm(FlaskForm):
    """One step of vetting: what was looked at, or why."""

    legal_existence = _item(_l("Legal existence: in the register of companies, not dissolved"))
    solvency = _item(_l("Able to pay the wages of the whole period"))
    wage_record = _item(_l("Wages of the last two years paid in full and on time"))
    housing = _item(_l("Housing inspected, where the employer offers any"))
    recruiter_chain = _item(_l("Recruiters and agents licensed, where it uses any"))
    reason = long_text_field(
        _l("Why?"), limit=LONGEST_REASON, description=_l("The employer and both governments can read this.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in (*REQUIRED_ITEMS, "reason"):  # the step that needs one asks for it
            self[name].flags.optional = False

    def items(self) -> dict[VettingItem, bool]:
        """Return what was looked at, and whether it was in order."""
        return {item: self[item].data == IN_ORDER for item in VettingItem if self[item].data}

    def fill(self, items: dict[VettingItem, bool]) -> None:
        """Show what was looked at before."""
        for item, in_order in items.items():
            if self[item].data is None:
                self[item].data = IN_ORDER if in_order else NOT_IN_ORDER


def step_named(name: str) -> EmployerEvent | None:
    """Return the step that a button stands for, or None if there is none of that name."""
    return next((event for event in EmployerEvent if event.value == name), None)
