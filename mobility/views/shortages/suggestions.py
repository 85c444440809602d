"""Pages of suggested shortages: the list, and one suggestion that an officer uses or sets aside."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility.forms.shortages.publications import SetAsideForm
from mobility.queries.figures import tightness_figures
from mobility.queries.lists import publication_lists
from mobility.rules.cases.publications import SuggestionEvent, SuggestionState
from mobility.rules.figures.tightness import SCALES
from mobility.security.steps import open_events
from mobility.services.shortages import suggestions
from mobility.views.frame.browser_session import db_session
from mobility.views.frame.forms import take_step
from mobility.views.frame.identity import current_actor
from mobility.views.frame.lists import chosen, page_number

blueprint = Blueprint("suggestions", __name__, url_prefix="/suggestions")


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """List the suggestions that the actor may see."""
    state = chosen(SuggestionState)
    page = publication_lists.suggested(db_session(), current_actor(), state=state, page=page_number())
    return render_template("suggestions/index.html", page=page, state=state, states=SuggestionState)


@blueprint.get("/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """Show one suggestion with where it comes from and what the figures say."""
    return _page(ref, SetAsideForm())


@blueprint.post("/<ref>/set-aside")
def set_aside(ref: str) -> ResponseReturnValue:
    """Set a suggestion aside."""
    form = SetAsideForm()
    if not form.validate():
        return _page(ref, form), 422
    return take_step(
        suggestions.set_aside, ref, _("The suggestion is set aside. You can take it up again."), form.reason.data
    )


@blueprint.post("/<ref>/reopen")
def reopen(ref: str) -> ResponseReturnValue:
    """Take a suggestion up again."""
    return take_step(suggestions.reopen, ref, _("The suggestion is open again."))


def _page(ref: str, form: SetAsideForm) -> str:
    actor = current_actor()
    suggestion = suggestions.get(db_session(), actor, ref)
    mine = open_events(actor, suggestion)
    return render_template(
        "suggestions/show.html",
        suggestion=suggestion,
        form=form,
        may_use=SuggestionEvent.DRAFT in mine,
        may_reopen=SuggestionEvent.REOPEN in mine,
        reading=tightness_figures.reading(
            db_session(), actor, suggestion.organisation_id, suggestion.occupation_id, suggestion.region
        ),
        scales=SCALES,
    )
