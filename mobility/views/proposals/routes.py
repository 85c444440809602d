"""Pages of proposals: a reviewer's queue, one proposal with its reasons, and the decision on it."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from mobility.errors import ConflictError, InvalidError
from mobility.forms.proposals import DecisionForm
from mobility.forms.schemes.rules import WaiverForm
from mobility.forms.words import label
from mobility.models.proposals import MatchProposal
from mobility.queries.lists import match_run_lists, proposal_lists
from mobility.rules.basics.permissions import Permission
from mobility.rules.basics.places import day_in
from mobility.rules.cases.proposals import OPEN_STATES, ProposalEvent, ProposalState
from mobility.security.policy import allowed
from mobility.services.accounts import ThrottledError
from mobility.services.proposals import proposals
from mobility.views.accounts import proofs
from mobility.views.frame import files
from mobility.views.frame.browser_session import db_session, request_time
from mobility.views.frame.filters import moment, title_of
from mobility.views.frame.forms import expected_version, fail_field, fail_form
from mobility.views.frame.identity import current_actor
from mobility.views.frame.lists import chosen, page_number
from mobility.views.proposals import shown as parts

blueprint = Blueprint("proposals", __name__, url_prefix="/proposals")


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """List the proposals that the actor may see; a reviewer's own queue unless the address asks for others."""
    actor = current_actor()
    queue = proposal_lists.queue_of(actor)
    state = chosen(ProposalState) if "state" in request.args else queue
    kept = {name: request.args.get(name, "")[:16] for name in ("scheme", "vacancy", "run")}
    page = proposal_lists.listed(db_session(), actor, state=state, page=page_number(), **kept)
    return render_template(
        "proposals/index.html",
        page=page,
        state=state,
        states=ProposalState,
        open_states=OPEN_STATES,
        at=request_time(),
        kept=kept,
        queue=queue,
        schemes=parts.schemes(db_session(), actor),
    )


@blueprint.get("/<ref>")
def show(ref: str) -> ResponseReturnValue:
    """Show one proposal with everything that speaks for it and against it."""
    proposal = proposals.get(db_session(), current_actor(), ref)
    return proposal_page(proposal)


@blueprint.post("/<ref>/decision")
def decide(ref: str) -> ResponseReturnValue:
    """Record a decision."""
    session, actor, at = db_session(), current_actor(), request_time()
    proposal = proposals.get(session, actor, ref)
    form = DecisionForm()
    form.offer_choices(proposals.open_to(actor, proposal, at=at) or list(ProposalEvent))
    if not form.validate_on_submit():
        return proposal_page(proposal, form), 422
    verdict = form.entered(expected_version())
    if verdict.event not in proposals.DECISIONS:
        raise ConflictError("stale")
    asked = verdict.event is ProposalEvent.APPROVE and proofs.needed()
    try:
        if asked and not proofs.given(form.password.data or ""):
            fail_field(form.password, _("This is not your password."))
            return proposal_page(proposal, form), 422
    except ThrottledError:
        return render_template("errors/429.html"), 429
    return _record(ref, verdict, form, proved=asked)


def _record(ref: str, verdict: proposals.ReviewDecision, form: DecisionForm, *, proved: bool) -> ResponseReturnValue:
    session, actor = db_session(), current_actor()
    try:
        proposals.decide(session, actor, ref, verdict, at=request_time())
    except InvalidError as error:
        session.rollback()
        fail_form(form, error)
        return proposal_page(proposals.get(session, actor, ref), form), 422
    except ConflictError as error:
        raise _told(error) from error
    flash(_("Your decision is recorded."), "success")
    if proved:
        proofs.renew()
    return redirect(url_for(".show", ref=ref))


def _told(error: ConflictError) -> ConflictError:
    """Say in the page's language what the one who was first decided, and when."""
    if not error.what:
        return error
    what = _("%(decision)s, %(moment)s", decision=label(ProposalEvent(error.what)), moment=moment(error.at))
    return ConflictError(error.code, by=error.by, at=error.at, what=what)


def proposal_page(
    proposal: MatchProposal, form: DecisionForm | None = None, *, waiver: WaiverForm | None = None
) -> str:
    """Show a proposal; a form that was sent comes back with its errors."""
    session, actor, at = db_session(), current_actor(), request_time()
    sent, form = form or waiver, form or DecisionForm(formdata=None)
    mine = proposals.open_to(actor, proposal, at=at)
    waiver = waiver or WaiverForm(formdata=None)
    if mine:
        form.offer_choices(mine)
    worker = files.shown(proposal.worker, proposal=proposal)
    around = match_run_lists.margin(session, proposal.run_id, proposal.chunk, proposal.vacancy_id)
    missed = [miss["worker"] for miss in around["misses"]] if around else []
    shown: dict[str, Any] = {
        "contributions": parts.contributions(proposal),
        "skills": parts.skills(session, proposal),
        "findings": parts.findings(proposal, hidden=worker.hidden),
        "changes": parts.changes(session, proposal),
        "near": parts.near(around, match_run_lists.references_of(session, actor, missed), proposal),
        "timeline": parts.timeline(proposal),
        **parts.standing(session, proposal, at=at),
        "languages": parts.languages(worker),
        "checks": parts.checks(worker, day_in(proposal.worker.post.seat, at)),
        "waivers": parts.waivers(session, actor, proposal, at=at),
        "waivable": parts.offer_waivable(session, actor, proposal, waiver, at=at),
    }
    return render_template(
        "proposals/show.html",
        proposal=proposal,
        vacancy=proposal.vacancy,
        worker=worker,
        form=form,
        sent=sent,
        waiver=waiver,
        mine=mine,
        proof=ProposalEvent.APPROVE in mine and proofs.needed(),
        passed=proposals.passed_over(session, proposal) if ProposalEvent.APPROVE in mine else 0,
        title=title_of(proposal.vacancy.occupation),
        scorecards_shown=allowed(actor, Permission.SCORECARD_VIEW, proposal.run.scorecard),
        **shown,
    )
