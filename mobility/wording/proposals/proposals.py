"""Words for proposals, decisions on them and their reasons."""

from collections.abc import Mapping
from enum import Enum

from mobility.matching.runs import Meets
from mobility.rules.cases.proposals import EndReason, ProposalEvent, ProposalState, ReasonCode
from mobility.wording.texts import Text
from mobility.wording.texts import marked as _l

LABELS: tuple[Mapping[Enum, Text], ...] = (
    {
        ProposalState.GENERATED: _l("Proposed"),
        ProposalState.ENDORSED: _l("Endorsed"),
        ProposalState.NOT_ENDORSED: _l("Not endorsed"),
        ProposalState.APPROVED: _l("Approved"),
        ProposalState.REFUSED: _l("Refused"),
        ProposalState.ACCEPTED: _l("Accepted"),
        ProposalState.DECLINED: _l("Declined"),
        ProposalState.SELECTED: _l("Selected"),
        ProposalState.NOT_SELECTED: _l("Not selected"),
        ProposalState.PLACED: _l("Placed"),
        ProposalState.APPEALED: _l("Appealed"),
        ProposalState.UPHELD: _l("Decision upheld"),
        ProposalState.OVERTURNED: _l("Decision overturned"),
        ProposalState.EXPIRED: _l("Expired"),
        ProposalState.SUPERSEDED: _l("Ended"),
    },
    {
        ProposalEvent.ENDORSE: _l("Endorse"),
        ProposalEvent.NOT_ENDORSE: _l("Do not endorse"),
        ProposalEvent.APPROVE: _l("Approve"),
        ProposalEvent.REFUSE: _l("Refuse"),
        ProposalEvent.ACCEPT: _l("Accept"),
        ProposalEvent.DECLINE: _l("Decline"),
        ProposalEvent.SELECT: _l("Select"),
        ProposalEvent.NOT_SELECT: _l("Do not select"),
        ProposalEvent.PLACE: _l("Place"),
        ProposalEvent.APPEAL: _l("Appeal"),
        ProposalEvent.UPHOLD: _l("Uphold"),
        ProposalEvent.OVERTURN: _l("Overturn"),
        ProposalEvent.EXPIRE: _l("Expire"),
        ProposalEvent.SUPERSEDE: _l("Replace"),
    },
    {
        ReasonCode.RULE_NOT_MET: _l("A rule of the scheme is not met"),
        ReasonCode.PAPER_MISSING: _l("A paper is missing"),
        ReasonCode.PAPER_EXPIRED: _l("A paper has run out"),
        ReasonCode.IDENTITY_IN_DOUBT: _l("The identity is in doubt"),
        ReasonCode.SKILLS_BELOW_NEED: _l("The skills are below what the job needs"),
        ReasonCode.EXPERIENCE_BELOW_NEED: _l("The experience is below what the job needs"),
        ReasonCode.LANGUAGE_BELOW_NEED: _l("The language is below what the job needs"),
        ReasonCode.DATES_DO_NOT_FIT: _l("The dates do not fit"),
        ReasonCode.BETTER_PLACED_ELSEWHERE: _l("Another vacancy suits the person better"),
        ReasonCode.PROTECTION_CONCERN: _l("There is a concern for the person's safety"),
        ReasonCode.SAFEGUARD_LIMIT: _l("The home community needs these skills"),
        ReasonCode.QUOTA_FULL: _l("The quota is full"),
        ReasonCode.TERMS_CHANGED: _l("The terms of the job have changed"),
        ReasonCode.WORKER_UNREACHABLE: _l("The person cannot be reached"),
        ReasonCode.POSITIONS_FILLED: _l("All positions are filled"),
        ReasonCode.PAY_TOO_LOW: _l("The pay is too low"),
        ReasonCode.FAMILY_REASONS: _l("Family reasons"),
        ReasonCode.OTHER_WORK: _l("Found other work"),
        ReasonCode.NO_REASON_GIVEN: _l("No reason given"),
        ReasonCode.MEETS_NEED: _l("The person meets what the job needs"),
        ReasonCode.OVERRIDES_RANKING: _l("Decided against the ranking"),
    },
    {
        EndReason.VACANCY_WITHDRAWN: _l("The employer withdrew the vacancy"),
        EndReason.VACANCY_REVOKED: _l("The ministry revoked the vacancy's certification"),
        EndReason.VACANCY_CHANGED: _l("The employer changes the terms of the vacancy"),
        EndReason.VACANCY_OVER: _l("The last day of work has gone by"),
        EndReason.EMPLOYER_DEBARRED: _l("The employer is debarred"),
        EndReason.WORKER_PAUSED: _l("The person paused"),
        EndReason.WORKER_WITHDREW: _l("The person left the register"),
        EndReason.WORKER_INELIGIBLE: _l("The person was found ineligible"),
        EndReason.CONSENT_WITHDRAWN: _l("The person withdrew a consent"),
        EndReason.CHECK_FAILED: _l("A required check was not passed"),
        EndReason.SCHEME_CLOSED: _l("The scheme is closed"),
        EndReason.AGREEMENT_ENDED: _l("The agreement has ended"),
        EndReason.RULES_CHANGED: _l("New rules apply"),
        EndReason.WAIVER_OVER: _l("The waiver of a rule has run out"),
        EndReason.NEW_RUN: _l("A later match run replaced it"),
        EndReason.TIME_OVER: _l("Its time ran out"),
    },
    {Meets.MATCHED: _l("Has it"), Meets.PARTIAL: _l("Has part of it"), Meets.MISSING: _l("Does not have it")},
)

SENTENCES: Mapping[str, Text] = {
    "proposal.decided": _l("Nothing that you entered was stored. Look at what was decided before you go on."),
    "proposal.over": _l("The time of this proposal has run out. The next match run may propose the person again."),
    "proposal.not_endorsed": _l("The country of origin has not endorsed this proposal yet."),
    "proposal.endorser_approves": _l("Whoever endorsed a proposal may not also approve it."),
    "proposal.same_organisation": _l("The organisation that endorsed a proposal may not also approve it."),
    "proposal.reason_missing": _l("Choose a reason. The person can read it, and may appeal."),
    "proposal.reason_not_for_event": _l("This reason does not belong to this decision. Choose another one."),
    "proposal.override_reason": _l(
        "You pass over %(better)s with a higher score who wait for the same places. "
        "Say so: choose the reason for deciding against the ranking."
    ),
    "proposal.other_accepted": _l("The person has accepted another proposal."),
    "ending.changed": _l(
        "What this step touches has changed since you looked. Nothing was done. "
        "Read what it touches now, and decide again."
    ),
    "proposal.scheme_not_active": _l("The scheme is not active. Nothing can be decided until it is resumed."),
    "proposal.shortage_suspended": _l(
        "The declared shortage is suspended. Nothing can be decided until it is declared again."
    ),
    "proposal.employer_not_verified": _l("The employer is not verified any more. Its proposals rest until it is."),
    "proposal.vacancy_not_open": _l("The vacancy is not open any more."),
    "proposal.positions_filled": _l("Every certified position of this vacancy is promised already."),
    "proposal.check_run_out": _l(
        "A required check of the person has run out. Nobody decides on the proposal until the consular post has "
        "renewed it, or the proposal's own time is over."
    ),
    "proposal.vacancy_over": _l("The last day of the work has gone by. The proposal ends with the vacancy."),
    "proposal.agreement_over": _l("No agreement with the person's country is in force under this scheme any more."),
    "proposal.worker_left": _l("The person is not available any more, or has withdrawn the consent to matching."),
    "proposal.no_longer_eligible": _l(
        "A rule is not met any more: %(rule)s (%(source)s). The proposal was not approved."
    ),
    "next.endorse": _l("A reviewer of the country of origin decides next."),
    "next.approve": _l("A reviewer of the destination decides next."),
    "next.accept": _l("The person decides next: accept or decline."),
    "next.select": _l("The employer decides next."),
    "next.place": _l("The placement begins next."),
    "next.appeal": _l("The person may appeal to the oversight body."),
    "next.uphold": _l("The oversight body decides the appeal."),
    "next.none": _l("Nothing more happens to this proposal."),
    "next.over": _l("The time of this proposal has run out."),
    "near.vacancy_full": _l("Better scores took all places"),
    "near.quota_full": _l("Quota %(quota)s was full"),
    "near.worker_taken": _l("Has as many proposals as one person may have"),
    "near.rule": _l("Only this rule is not met: %(rule)s"),
    "change.skill_level": _l("%(subject)s at level %(after)s would bring the score to %(score)s."),
    "change.evidence": _l("%(subject)s proved by better evidence (%(after)s) would bring the score to %(score)s."),
    "change.language": _l("%(subject)s at level %(after)s would bring the score to %(score)s."),
    "change.experience": _l("%(after)s months of experience in such work would bring the score to %(score)s."),
}
