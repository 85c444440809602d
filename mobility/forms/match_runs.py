"""The form that starts a match run."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from mobility.forms.fields import number_field, offer, select_field
from mobility.services.match_runs.match_runs import LARGEST_SEED, Parameters

MOST_PER_POSITION = 10
MOST_A_WORKER = 20
MOST_DAYS = 180
MOST_TOP = 1000


class MatchRunForm(FlaskForm):
    """A scheme, the seed of the lottery among equal scores, and how much is proposed."""

    scheme = select_field(_l("Scheme"), required=_l("Choose a scheme"))
    per_position = number_field(
        _l("Proposals for each position"), least=1, most=MOST_PER_POSITION, required=_l("Enter a number"), default=2
    )
    a_worker = number_field(
        _l("Most proposals for one person"), least=1, most=MOST_A_WORKER, required=_l("Enter a number"), default=3
    )
    days = number_field(
        _l("Days that a proposal stays open"), least=1, most=MOST_DAYS, required=_l("Enter a number"), default=30
    )
    top = number_field(
        _l("People on each list beyond the proposals wanted"),
        least=0,
        most=MOST_TOP,
        description=_l("Longer lists help where places stay empty although more people are eligible. Usually 20."),
        default=Parameters.top,
    )
    seed = number_field(
        _l("Seed"),
        least=0,
        most=LARGEST_SEED,
        description=_l("Draws the order among equal scores. Leave it empty to draw one; it is published with the run."),
    )

    def offer_choices(self, schemes: list[tuple[str, str]]) -> None:
        """Give the drop-down the schemes that the officer may run."""
        offer(self.scheme, schemes, empty=_l("Choose"))

    def parameters(self) -> Parameters:
        """Return what was entered."""
        return Parameters(
            per_position=self.per_position.data,
            top=Parameters.top if self.top.data is None else self.top.data,
            a_worker=self.a_worker.data,
            open_days=self.days.data,
        )
