"""Forms that ask for the coded cause of a step, and for a note in one's own words."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from mobility.forms.fields import long_text_field, offer, select_field
from mobility.forms.words import label
from mobility.rules.basics.causes import CAUSES_FOR, Cause, CausedStep, Why

LONGEST_NOTE = 2000


class CauseForm(FlaskForm):
    """The cause of a step, of those that belong to it, and a note."""

    cause = select_field(
        _l("Cause"), required=_l("Choose the cause"), description=_l("Everybody concerned can read this.")
    )
    reason = long_text_field(
        _l("What else should people know?"), limit=LONGEST_NOTE, description=_l("Everybody concerned can read this.")
    )

    def __init__(self, step: CausedStep, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self.cause, [(cause.value, label(cause)) for cause in CAUSES_FOR[step]], empty=_l("Choose"))

    def why(self) -> Why:
        """Return what was entered."""
        return Why(Cause(self.cause.data), self.reason.data or "")


class SuspensionForm(CauseForm):
    """Why something is suspended."""

    reason = long_text_field(
        _l("Why is it suspended?"),
        limit=LONGEST_NOTE,
        required=_l("Say why"),
        description=_l("Everybody concerned can read this."),
    )


class ClosingForm(CauseForm):
    """Why something is closed or ended for good."""

    reason = long_text_field(
        _l("Why is it closed?"),
        limit=LONGEST_NOTE,
        required=_l("Say why"),
        description=_l("Everybody concerned can read this."),
    )
