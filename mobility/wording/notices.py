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
    NoticeKind.WORKER_SCHEME_SUSPENDED: _l("For a worker: the scheme is suspended"),
    NoticeKind.WORKER_SCHEME_RESUMED: _l("For a worker: the scheme is active again"),
    NoticeKind.WORKER_PROPOSAL_SUPERSEDED: _l("For a worker: new rules closed the proposal"),
    NoticeKind.WORKER_RULE_WAIVED: _l("For a worker: a rule is waived"),
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
    "notice.worker_scheme_suspended": _l(
        "The proposal waits until the scheme is resumed. It is not lost, and nothing needs to be done."
    ),
    "notice.worker_scheme_resumed": _l("The proposal goes on where it stood."),
    "notice.worker_proposal_superseded": _l(
        "Version %(number)s of the rules applies now, and it stops this proposal. Tell the person which rule, and what "
        "would meet it."
    ),
    "notice.worker_rule_waived": _l("Rule %(rule)s does not stand against this person until %(until)s."),
}
