"""Forms for the steps of a worker's file after registration."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField

from mobility.forms.fields import date_field, long_text_field, offer, offer_kind, reason_field, select_field, text_field
from mobility.forms.words import label
from mobility.forms.workers.workers import Pairs, checkboxes_field, tick
from mobility.rules.cases.checks import CheckKind, CheckResult
from mobility.services.workers.checks import CheckTerms


class ConfirmIdentityForm(FlaskForm):
    """A second officer's word for what no machine could read."""

    vouched = BooleanField(
        _l("I compared the document with the person and answer for it"),
        description=_l("Needed where the machine-readable lines were not read, or somebody has the same name."),
    )


class ReasonForm(FlaskForm):
    """Why a worker pauses or leaves the register."""

    reason = reason_field(
        _l("Why?"), limit=500, description=_l("In a few words. Write nothing about health or family.")
    )


class IneligibleForm(FlaskForm):
    """Why a worker is shut out, and on which day that is looked at again."""

    reason = reason_field(
        _l("Why may the person not take part?"),
        limit=500,
        description=_l("The person can read this. Write nothing about health or family."),
    )
    review_on = date_field(
        _l("Looked at again on"),
        required=_l("Say on which day this is looked at again."),
        description=_l("Nobody is shut out for good without a second look."),
    )


class SearchForm(FlaskForm):
    """A reference or a whole name, sent where no log and no history keeps it."""

    text = text_field(
        _l("Reference or whole name"),
        limit=240,
        required=_l("Enter a reference or a whole name"),
        description=_l("For example W-7K3M-9QXA-4. Case and accents do not matter."),
    )


class CheckForm(FlaskForm):
    """One check: what was looked at, by whom, with which outcome, and how long it counts."""

    kind = select_field(_l("What was checked?"), required=_l("Choose what was checked"))
    result = select_field(_l("Result"), required=_l("Choose the result"))
    provider = text_field(
        _l("Who checked it?"),
        limit=200,
        required=_l("Enter who checked it"),
        description=_l("An office, a clinic or a school; no person."),
    )
    checked_on = date_field(_l("Day of the check"), required=_l("Enter the day of the check"))
    valid_until = date_field(
        _l("Counts until"),
        description=_l("Leave it empty for the usual time: 6 months for the police record, 12 for the medical."),
    )
    skills = checkboxes_field(
        _l("Which skills did it show?"), description=_l("For a trade test or a reference that was passed.")
    )
    note = long_text_field(
        _l("Note"),
        limit=2000,
        description=_l("Sealed: only this consular post can read it. No need to name an illness."),
    )

    def offer_choices(self, skills: Pairs) -> None:
        """Give the questions their choices; identity is confirmed on its own."""
        kinds = [(kind.value, label(kind)) for kind in CheckKind if kind is not CheckKind.IDENTITY]
        offer(self.kind, kinds, empty=_("Choose"))
        offer_kind(self.result, CheckResult, empty=_("Choose"))
        tick(self.skills, skills)

    def terms(self) -> CheckTerms:
        """Return what was entered."""
        return CheckTerms(
            kind=CheckKind(self.kind.data),
            result=CheckResult(self.result.data),
            provider=self.provider.data,
            checked_on=self.checked_on.data,
            valid_until=self.valid_until.data,
            note=self.note.data or None,
            skills=self.skills.data or [],
        )
