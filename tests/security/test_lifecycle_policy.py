"""Two tables say who may take a step, the lifecycle's and the policy's: they say the same."""

import pytest

from mobility.rules.basics.organisations import ROLES_OF, OrganisationKind
from mobility.rules.cases import (
    appeals,
    employers,
    jobs,
    match_runs,
    placements,
    proposals,
    schemes,
    shortages,
    vacancies,
    workers,
)
from mobility.rules.cases.schemes import ReviewOrder
from mobility.security.permissions import Permission
from mobility.security.policy import allowed
from tests.security.test_policy import FULL, person, thing

S, V, W = schemes.SchemeEvent, vacancies.VacancyEvent, workers.WorkerEvent
M, R = shortages.ShortageEvent, proposals.ProposalEvent
PROPOSALS = {
    R.ENDORSE: Permission.PROPOSAL_ENDORSE,
    R.NOT_ENDORSE: Permission.PROPOSAL_NOT_ENDORSE,
    R.APPROVE: Permission.PROPOSAL_APPROVE,
    R.REFUSE: Permission.PROPOSAL_REFUSE,
}
#: Each lifecycle with the permission that the service asks for when a person fires an event.
TABLES = {
    "shortage": (
        shortages.LIFECYCLE,
        {
            M.DECLARE: Permission.SHORTAGE_DECLARE,
            M.SUSPEND: Permission.SHORTAGE_SUSPEND,
            M.RESUME: Permission.SHORTAGE_SUSPEND,
        },
    ),
    "scheme": (
        schemes.LIFECYCLE,
        {
            S.SUBMIT: Permission.SCHEME_SUBMIT,
            S.APPROVE_AS_DESTINATION: Permission.SCHEME_SIGN,
            S.APPROVE_AS_ORIGIN: Permission.SCHEME_SIGN,
            S.ACTIVATE: Permission.SCHEME_RUN,
            S.SUSPEND: Permission.SCHEME_RUN,
            S.RESUME: Permission.SCHEME_RUN,
            S.CLOSE: Permission.SCHEME_RUN,
        },
    ),
    "employer": (employers.LIFECYCLE, dict.fromkeys(employers.EmployerEvent, Permission.EMPLOYER_VET)),
    "vacancy": (
        vacancies.LIFECYCLE,
        {
            V.SUBMIT: Permission.VACANCY_SUBMIT,
            V.FIND_DEFICIENT: Permission.VACANCY_CERTIFY,
            V.CERTIFY: Permission.VACANCY_CERTIFY,
            V.CERTIFY_PARTIALLY: Permission.VACANCY_CERTIFY,
            V.REFUSE: Permission.VACANCY_CERTIFY,
            V.ATTEST: Permission.VACANCY_ATTEST,
            V.OPEN: Permission.VACANCY_OPEN,
            V.WITHDRAW: Permission.VACANCY_WITHDRAW,
            V.REVOKE: Permission.VACANCY_REVOKE,
        },
    ),
    "worker": (
        workers.LIFECYCLE,
        {
            W.REGISTER: Permission.WORKER_REGISTER,
            W.CHECK_IDENTITY: Permission.WORKER_CONFIRM_IDENTITY,
            W.BEGIN_SCREENING: Permission.WORKER_CONFIRM_IDENTITY,
            W.MAKE_READY: Permission.WORKER_MAKE_READY,
            W.PAUSE: Permission.WORKER_EDIT,
            W.RESUME: Permission.WORKER_EDIT,
            W.WITHDRAW: Permission.WORKER_EDIT,
            W.MARK_INELIGIBLE: Permission.WORKER_MARK_INELIGIBLE,
            W.REINSTATE: Permission.WORKER_MARK_INELIGIBLE,
        },
    ),
    "match run": (match_runs.LIFECYCLE, {match_runs.MatchRunEvent.CANCEL: Permission.MATCH_RUN_CANCEL}),
    "proposal, governments first": (proposals.lifecycle(ReviewOrder.GOVERNMENTS_FIRST), PROPOSALS),
    "proposal, employer first": (proposals.lifecycle(ReviewOrder.EMPLOYER_FIRST), PROPOSALS),
    "placement": (placements.LIFECYCLE, {}),
    "appeal": (appeals.LIFECYCLE, {}),
    "job": (jobs.LIFECYCLE, {}),
}
#: Steps of people for which there is no service that a person reaches yet, so that nobody is asked.
PROPOSALS_LATER = {R.ACCEPT, R.DECLINE, R.SELECT, R.NOT_SELECT, R.APPEAL, R.UPHOLD, R.OVERTURN}
LATER = {
    "scheme": {S.RETURN_TO_DRAFT},
    "proposal, governments first": PROPOSALS_LATER,
    "proposal, employer first": PROPOSALS_LATER,
    "placement": set(placements.PlacementEvent),
    "appeal": set(appeals.AppealEvent),
    "job": set(jobs.JobEvent),
}
#: Signing has one permission for both sides; which side a ministry is on, ``check_signer`` tells.
SIDES = {
    S.APPROVE_AS_DESTINATION: OrganisationKind.DESTINATION_MINISTRY,
    S.APPROVE_AS_ORIGIN: OrganisationKind.ORIGIN_MINISTRY,
}
#: Whatever an object can have to do with a person, but that they did the step before (four eyes).
OWN = FULL - {"registered", "endorsed"}
STAFF = [(kind, role) for kind, roles in ROLES_OF.items() for role in sorted(roles)]
CASES = [
    pytest.param(name, row, id=f"{name}: {row.state} {row.event}")
    for name, (lifecycle, asked) in TABLES.items()
    for row in lifecycle.transitions
    if row.event in asked and row.roles
]


@pytest.mark.parametrize("name", TABLES)
def test_every_step_of_a_person_is_asked_for_or_named_as_still_to_come(name):
    lifecycle, asked = TABLES[name]
    by_people = {row.event for row in lifecycle.transitions if row.roles}
    later = LATER.get(name, set())
    assert by_people <= set(asked) | later
    assert not set(asked) & later
    assert set(asked) <= {row.event for row in lifecycle.transitions}


@pytest.mark.parametrize(("name", "row"), CASES)
def test_the_lifecycle_opens_a_step_to_exactly_those_whom_the_policy_grants_it(name, row):
    permission = TABLES[name][1][row.event]
    for kind, role in STAFF:
        if name == "scheme" and SIDES.get(row.event, kind) is not kind:
            continue
        actor = person(kind, role)
        assert row.open_to(role, kind) is allowed(actor, permission, thing(actor, OWN)), (kind, role)


@pytest.mark.parametrize(("name", "row"), CASES)
def test_a_step_that_people_take_is_open_to_somebody_on_staff(name, row):
    assert any(row.open_to(role, kind) for kind, role in STAFF)
