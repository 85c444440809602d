"""Words for notices: what each says, and to whom."""

from collections.abc import Mapping
from enum import Enum

from mobility.rules.cases.notices import NoticeKind
from mobility.wording.texts import Text
from mobility.wording.texts import marked as _l

LABELS: Mapping[Enum, Text] = {
    NoticeKind.SCHEME_SUBMITTED: _l("A scheme waits for your signature"),
    NoticeKind.SCHEME_SUSPENDED: _l("A scheme is suspended"),
    NoticeKind.SCHEME_RESUMED: _l("A scheme is active again"),
    NoticeKind.SCHEME_CLOSED: _l("A scheme is closed"),
    NoticeKind.RULES_TO_SIGN: _l("New rules wait for your signature"),
    NoticeKind.RULES_SIGNED: _l("New rules are signed"),
    NoticeKind.PROPOSALS_SUPERSEDED: _l("New rules closed open proposals"),
    NoticeKind.PROPOSALS_ENDED: _l("Open proposals ended"),
    NoticeKind.PROPOSALS_FROZEN: _l("Open proposals are frozen"),
    NoticeKind.PROPOSALS_GO_ON: _l("Frozen proposals go on"),
    NoticeKind.VACANCY_WITHDRAWN: _l("A vacancy is withdrawn"),
    NoticeKind.VACANCY_REVOKED: _l("A certification is revoked"),
    NoticeKind.VACANCY_CHANGED: _l("A vacancy goes back to change its terms"),
    NoticeKind.EMPLOYER_SUSPENDED: _l("An employer is suspended"),
    NoticeKind.EMPLOYER_REINSTATED: _l("An employer is verified again"),
    NoticeKind.EMPLOYER_DEBARRED: _l("An employer is debarred"),
    NoticeKind.SHORTAGE_SUSPENDED: _l("A declared shortage is suspended"),
    NoticeKind.SHORTAGE_RESUMED: _l("A declared shortage is in force again"),
    NoticeKind.SHORTAGE_REVIEW_DUE: _l("A declared shortage is due for review"),
    NoticeKind.AGREEMENT_SUSPENDED: _l("An agreement is suspended"),
    NoticeKind.AGREEMENT_RESUMED: _l("An agreement is in force again"),
    NoticeKind.AGREEMENT_ENDED: _l("An agreement ends"),
    NoticeKind.PROPOSAL_WAITS_FOR_CHECK: _l("A proposal is frozen until a check is renewed"),
    NoticeKind.PROPOSAL_CHECK_RENEWED: _l("A frozen proposal goes on"),
    NoticeKind.VACANCY_OVER: _l("A vacancy is over"),
    NoticeKind.WORKER_SCHEME_SUSPENDED: _l("For a worker: the scheme is suspended"),
    NoticeKind.WORKER_SCHEME_RESUMED: _l("For a worker: the scheme is active again"),
    NoticeKind.WORKER_PROPOSAL_SUPERSEDED: _l("For a worker: new rules closed the proposal"),
    NoticeKind.WORKER_PROPOSAL_ENDED: _l("For a worker: the proposal ended"),
    NoticeKind.WORKER_PROPOSAL_FROZEN: _l("For a worker: the proposal is frozen"),
    NoticeKind.WORKER_PROPOSAL_GOES_ON: _l("For a worker: the proposal goes on"),
    NoticeKind.WORKER_INELIGIBLE: _l("For a worker: found ineligible"),
    NoticeKind.WORKER_REVIEW_DUE: _l("For a worker: the day to look at it again has come"),
    NoticeKind.WORKER_REINSTATED: _l("For a worker: on the register again"),
    NoticeKind.WORKER_RULE_WAIVED: _l("For a worker: a rule is waived"),
    NoticeKind.WORKER_CHECK_RUNS_OUT: _l("For a worker: a check runs out"),
    NoticeKind.WORKER_ACTION_NEEDED: _l("For a worker: something has to be renewed"),
    NoticeKind.WORKER_CHECK_RENEWED: _l("For a worker: everything is in order again"),
}

#: By the kind of a notice, after ``notice.``.
SENTENCES: Mapping[str, Text] = {
    "notice.scheme_submitted": _l("The destination submitted the scheme. Read its rules and sign, or say why not."),
    "notice.scheme_suspended": _l(
        "Open proposals are frozen (people concerned: %(frozen)s). None is endorsed or approved until the scheme is "
        "resumed; none is lost."
    ),
    "notice.scheme_resumed": _l("Frozen proposals go on (people concerned: %(frozen)s)."),
    "notice.scheme_closed": _l("Nobody is proposed under it any more."),
    "notice.rules_to_sign": _l("Version %(number)s of the rules is issued. See what changes and who is affected."),
    "notice.rules_signed": _l("All have signed version %(number)s of the rules. It applies from %(day)s."),
    "notice.proposals_superseded": _l(
        "Version %(number)s of the rules applies. Open proposals that it closed; nobody had approved them: %(count)s."
    ),
    "notice.proposal_waits_for_check": _l(
        "A required check of the person has run out. Nobody decides on the proposal until it is renewed; a unit that "
        "was taken stays taken, and the proposal's own time goes on."
    ),
    "notice.proposal_check_renewed": _l("The check of the person was renewed. The proposal goes on where it stood."),
    "notice.vacancy_over": _l("Its last day of work went by. Open proposals for it ended."),
    "notice.worker_scheme_suspended": _l(
        "The proposal waits until the scheme is resumed. It is not lost, and nothing needs to be done."
    ),
    "notice.worker_scheme_resumed": _l("The proposal goes on where it stood."),
    "notice.worker_proposal_superseded": _l(
        "Version %(number)s of the rules applies now, and it stops this proposal. Tell the person which rule, and what "
        "would meet it."
    ),
    "notice.proposals_ended": _l(
        "Why: %(why)s. Open proposals that ended: %(count)s; of these approved: %(approved)s. Their places and people "
        "are free again."
    ),
    "notice.proposals_frozen": _l(
        "What they rest on is suspended. Open proposals that wait: %(count)s; of these approved: %(approved)s. Nothing "
        "is decided on them meanwhile, and none is lost."
    ),
    "notice.proposals_go_on": _l("Open proposals that go on where they stood: %(count)s."),
    "notice.vacancy_withdrawn": _l("Its employer withdrew it. Nobody is proposed for it any more."),
    "notice.vacancy_revoked": _l("The ministry took its certification back. Nobody is proposed for it any more."),
    "notice.vacancy_changed": _l(
        "Its employer changes its terms. The ministry certifies it anew before anybody is proposed."
    ),
    "notice.employer_suspended": _l(
        "Nothing of it moves on until it is verified again. Open proposals for its vacancies are frozen: %(count)s."
    ),
    "notice.employer_reinstated": _l("Its vacancies and their open proposals go on: %(count)s."),
    "notice.employer_debarred": _l(
        "It posts no vacancies any more. Open proposals for its vacancies ended: %(count)s."
    ),
    "notice.shortage_suspended": _l(
        "No further vacancy is certified against it. Vacancies that stand on it: %(count)s."
    ),
    "notice.shortage_resumed": _l("Vacancies can be certified against it again."),
    "notice.shortage_review_due": _l(
        "It was to be looked at again by %(day)s. Record that it still holds, or suspend it."
    ),
    "notice.agreement_suspended": _l("Nobody is proposed under it until it is in force again."),
    "notice.agreement_resumed": _l("People can be proposed under it again."),
    "notice.cause": _l("Cause: %(cause)s."),
    "notice.agreement_ended": _l("Its last day is %(day)s. After it nobody is proposed under it any more."),
    "notice.worker_proposal_ended": _l("Why: %(why)s. The person can be proposed again when they are ready."),
    "notice.worker_proposal_frozen": _l(
        "What the proposal rests on is suspended. It waits, and is not lost unless its own time runs out meanwhile."
    ),
    "notice.worker_proposal_goes_on": _l("The proposal goes on where it stood."),
    "notice.worker_ineligible": _l(
        "The person was found ineligible. It is looked at again on %(day)s. Tell them why, and what they can do."
    ),
    "notice.worker_review_due": _l(
        "The person was found ineligible, to be looked at again on %(day)s. If the reason no longer holds, put them on "
        "the register again."
    ),
    "notice.worker_reinstated": _l("The person is on the register again. Who they are is confirmed anew."),
    "notice.worker_check_runs_out": _l("%(check)s: the last day is %(until)s (days left: %(days)s). Renew it in time."),
    "notice.worker_action_needed": _l(
        "A required check or consent is not in force any more. Until it is renewed nobody proposes the person. Open "
        "proposals that wait meanwhile: %(count)s."
    ),
    "notice.worker_check_renewed": _l("The person can be proposed again. Open proposals that go on: %(count)s."),
    "notice.worker_rule_waived": _l("Rule %(rule)s does not stand against this person until %(until)s."),
}
