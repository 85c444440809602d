"""Steps on waivers: given on the page of a proposal, and taken back there."""

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility.errors import InvalidError
from mobility.forms.schemes.rules import WaiverForm
from mobility.models.proposals import MatchProposal
from mobility.services.proposals import proposals
from mobility.services.schemes import waivers
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.forms import expected_version, fail_form
from mobility.views.frame.identity import current_actor
from mobility.views.proposals import shown
from mobility.views.proposals.routes import proposal_page

blueprint = Blueprint("waivers", __name__)


@blueprint.post("/proposals/<ref>/waivers")
def give(ref: str) -> ResponseReturnValue:
    """Waive a rule for the worker of a proposal."""
    session, actor, at = db_session(), current_actor(), request_time()
    proposal = proposals.get(session, actor, ref)
    form = WaiverForm()
    shown.offer_waivable(session, actor, proposal, form, at=at)
    if not form.validate():
        return proposal_page(proposal, waiver=form), 422
    try:
        waivers.give(session, actor, ref, form.rule.data, form.why.data, form.until.data, at=at)
    except InvalidError as error:
        session.rollback()
        fail_form(form, error)
        return proposal_page(proposals.get(session, actor, ref), waiver=form), 422
    flash(_("The rule is waived until the day you gave. The person can read why."), "success")
    return redirect(url_for("proposals.show", ref=ref))


@blueprint.post("/waivers/<ref>/withdraw")
def withdraw(ref: str) -> ResponseReturnValue:
    """Take a waiver back."""
    session = db_session()
    waiver = waivers.withdraw(session, current_actor(), ref, version=expected_version(), at=request_time())
    flash(_("The waiver is taken back. The rule counts again."), "success")
    return redirect(url_for("proposals.show", ref=session.get_one(MatchProposal, waiver.proposal_id).ref))
