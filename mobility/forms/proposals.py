"""The form in which a reviewer decides on a proposal."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from mobility.forms.fields import long_text_field, offer, select_field
from mobility.forms.words import label
from mobility.rules.cases.proposals import REASONS_FOR, ProposalEvent, ReasonCode
from mobility.services.proposals.proposals import ReviewDecision


class DecisionForm(FlaskForm):
    """A decision, its coded reason, and a note that the worker can read."""

    verdict = RadioField(_l("Your decision"), validators=[InputRequired(_l("Choose a decision"))])
    reason = select_field(
        _l("Reason"),
        description=_l("Needed for a decision against the person, and for one against the ranking."),
    )
    note = long_text_field(_l("Note"), limit=2000, description=_l("The person can read this. Write plainly."))
    password = PasswordField(
        _l("Your password"),
        description=_l("You signed in a while ago. An approval asks once more who you are."),
        validators=[Length(max=128)],
        render_kw={"autocomplete": "current-password"},
    )

    def offer_choices(self, events: Sequence[ProposalEvent]) -> None:
        """Offer the decisions that are open, and their reasons."""
        self.verdict.choices = [SelectChoice(event.value, label(event)) for event in events]
        reasons = {reason: label(reason) for event in events for reason in REASONS_FOR.get(event, ())}
        offer(self.reason, [(reason.value, text) for reason, text in reasons.items()], empty=_l("None"))

    def entered(self, version: int) -> ReviewDecision:
        """Return what was entered, on the version that the reviewer was looking at."""
        reason = ReasonCode(self.reason.data) if self.reason.data else None
        return ReviewDecision(ProposalEvent(self.verdict.data), version, reason, self.note.data or None)
