"""Forms in which a ministry sets a quota's cap, or the places from which several quotas follow."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import InputRequired

from mobility.forms.fields import number_field
from mobility.forms.schemes.schemes import MOST_PLACES
from mobility.rules.quotas.places import Places
from mobility.services.schemes.quota_places import Figures


class CapForm(FlaskForm):
    """The new cap, and the one that the officer read, so that nobody overrules a colleague unknowingly."""

    cap = number_field(_l("Places"), least=0, most=MOST_PLACES, required=_l("Enter the number of places"))
    seen = HiddenField(validators=[InputRequired()])

    def read(self) -> int | None:
        """Return the cap that the officer read, or None if the form does not say."""
        given = str(self.seen.data or "")
        return int(given) if given.isdecimal() and len(given) <= len(str(MOST_PLACES)) else None


class PlacesForm(FlaskForm):
    """How many places there are in each half, for returning workers, and set aside; fields that do not apply go."""

    regular = number_field(_l("Places"), least=0, most=MOST_PLACES, required=_l("Enter the number of places"))
    second = number_field(
        _l("Places in the second half"), least=0, most=MOST_PLACES, required=_l("Enter the number of places")
    )
    supplement = number_field(
        _l("More places, for returning workers only"),
        least=1,
        most=MOST_PLACES,
        required=_l("Enter the number of places"),
    )
    set_aside = number_field(
        _l("Of these, places set aside for some countries"),
        least=1,
        most=MOST_PLACES,
        required=_l("Enter the number of places"),
    )

    def fit(self, places: Places) -> None:
        """Leave out what these places do not have."""
        if places.second_from is None:
            del self.second
        else:
            self.regular.label.text = str(_l("Places in the first half"))
        if not places.supplement:
            del self.supplement
        if not places.set_aside:
            del self.set_aside

    def figures(self) -> Figures:
        """Return what was entered."""
        return Figures(
            **{name: self[name].data for name in ("regular", "second", "supplement", "set_aside") if name in self}
        )
