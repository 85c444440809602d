"""The form in which a ministry sets a quota's cap."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import InputRequired

from mobility.forms.fields import number_field
from mobility.forms.schemes import MOST_PLACES


class CapForm(FlaskForm):
    """The new cap, and the one that the officer read, so that nobody overrules a colleague unknowingly."""

    cap = number_field(_l("Places"), least=0, most=MOST_PLACES, required=_l("Enter the number of places"))
    seen = HiddenField(validators=[InputRequired()])

    def read(self) -> int | None:
        """Return the cap that the officer read, or None if the form does not say."""
        given = str(self.seen.data or "")
        return int(given) if given.isdecimal() and len(given) <= len(str(MOST_PLACES)) else None
