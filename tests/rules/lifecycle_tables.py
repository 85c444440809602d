"""The lifecycles of domain.md §4 a second time, by hand: state, event, next, permission or system; tests compare."""

SHORTAGE = """
draft declare declared shortage_declare
declared suspend suspended shortage_suspend
suspended resume declared shortage_suspend
declared expire expired system
suspended expire expired system
draft end expired shortage_suspend
declared end expired shortage_suspend
suspended end expired shortage_suspend
"""

AGREEMENT = """
standing suspend suspended agreement_steer
suspended resume standing agreement_steer
standing end ended agreement_steer
suspended end ended agreement_steer
standing expire ended system
suspended expire ended system
"""

SCHEME = """
draft submit submitted scheme_submit
submitted approve_as_destination approved_by_destination scheme_sign_as_destination
submitted approve_as_origin approved_by_origin scheme_sign_as_origin
approved_by_destination approve_as_origin approved scheme_sign_as_origin
approved_by_origin approve_as_destination approved scheme_sign_as_destination
submitted return_to_draft draft scheme_return
approved_by_destination return_to_draft draft scheme_return
approved_by_origin return_to_draft draft scheme_return
approved return_to_draft draft scheme_return
approved activate active scheme_run
active suspend suspended scheme_run
suspended resume active scheme_run
active close closed scheme_run
suspended close closed scheme_run
"""

EMPLOYER = """
registered begin_vetting vetting employer_vet
vetting return_to_registered registered employer_vet
vetting verify verified employer_vet
verified suspend suspended employer_vet
suspended reinstate verified employer_vet
suspended debar debarred employer_vet
"""

VACANCY = """
draft submit submitted vacancy_submit
submitted find_deficient deficient vacancy_certify
deficient submit submitted vacancy_submit
submitted certify certified vacancy_certify
submitted certify_partially partially_certified vacancy_certify
submitted refuse refused vacancy_certify
certified attest attested vacancy_attest
partially_certified attest attested vacancy_attest
attested open open vacancy_open,system
open fill filled system
filled reopen open system
certified amend submitted vacancy_edit
partially_certified amend submitted vacancy_edit
attested amend submitted vacancy_edit
open amend submitted vacancy_edit
submitted expire expired system
deficient expire expired system
certified expire expired system
partially_certified expire expired system
attested expire expired system
open expire expired system
draft withdraw withdrawn vacancy_withdraw
submitted withdraw withdrawn vacancy_withdraw
deficient withdraw withdrawn vacancy_withdraw
certified withdraw withdrawn vacancy_withdraw
partially_certified withdraw withdrawn vacancy_withdraw
attested withdraw withdrawn vacancy_withdraw
open withdraw withdrawn vacancy_withdraw
certified revoke revoked vacancy_revoke
partially_certified revoke revoked vacancy_revoke
attested revoke revoked vacancy_revoke
open revoke revoked vacancy_revoke
filled revoke revoked vacancy_revoke
"""

_SELF, _OFFICERS = "worker_edit", "worker_mark_ineligible"
_WORKER_STATES = [
    "draft",
    "registered",
    "identity_checked",
    "screening",
    "ready",
    "action_needed",
    "proposed",
    "placed",
    "abroad",
    "returned",
]

WORKER = "\n".join(
    [
        "draft register registered worker_register",
        "registered check_identity identity_checked worker_confirm_identity",
        "identity_checked begin_screening screening worker_check",
        "screening make_ready ready worker_make_ready,system",
        "ready need_action action_needed system",
        "proposed need_action action_needed system",
        "action_needed make_ready ready worker_make_ready,system",
        "ready propose proposed system",
        "proposed release ready system",
        "proposed place placed system",
        "placed release ready system",
        "placed depart abroad system",
        "abroad return returned system",
        "returned make_ready ready worker_make_ready,system",
        f"paused resume registered {_SELF}",
        f"withdrawn resume registered {_SELF}",
        f"ineligible reinstate registered {_OFFICERS}",
        f"paused withdraw withdrawn {_SELF}",
        f"ineligible withdraw withdrawn {_SELF}",
        f"paused mark_ineligible ineligible {_OFFICERS}",
        *(f"{state} pause paused {_SELF}" for state in _WORKER_STATES),
        *(f"{state} withdraw withdrawn {_SELF}" for state in _WORKER_STATES),
        *(f"{state} mark_ineligible ineligible {_OFFICERS}" for state in _WORKER_STATES),
    ]
)

_PROPOSAL = """
generated endorse endorsed proposal_endorse
generated not_endorse not_endorsed proposal_not_endorse
not_endorsed appeal appealed proposal_appeal
refused appeal appealed proposal_appeal
not_selected appeal appealed proposal_appeal
appealed uphold upheld appeal_decide
appealed overturn overturned appeal_decide
generated expire expired system
endorsed expire expired system
approved expire expired system
accepted expire expired system
selected expire expired system
generated supersede superseded system
endorsed supersede superseded system
approved supersede superseded system
accepted supersede superseded system
selected supersede superseded system
"""

PROPOSAL_GOVERNMENTS_FIRST = f"""{_PROPOSAL}
endorsed approve approved proposal_approve
endorsed refuse refused proposal_refuse
approved accept accepted proposal_answer
approved decline declined proposal_answer
accepted select selected proposal_select
accepted not_select not_selected proposal_select
selected place placed system
"""

PROPOSAL_EMPLOYER_FIRST = f"""{_PROPOSAL}
endorsed select selected proposal_select
endorsed not_select not_selected proposal_select
selected approve approved proposal_approve
selected refuse refused proposal_refuse
approved accept accepted proposal_answer
approved decline declined proposal_answer
accepted place placed system
"""


PLACEMENT = """
contract_signed register registered placement_process
registered issue_visa visa_issued placement_process
registered refuse_visa visa_refused placement_process
visa_issued clear cleared placement_clear
cleared depart departed placement_travel
departed arrive arrived placement_confirm
arrived start active placement_confirm
active complete completed placement_confirm
active transfer transferred placement_process
contract_signed terminate terminated_early placement_terminate
registered terminate terminated_early placement_terminate
visa_issued terminate terminated_early placement_terminate
cleared terminate terminated_early placement_terminate
arrived terminate terminated_early placement_terminate
active terminate terminated_early placement_terminate
departed report_absence absent placement_report
arrived report_absence absent placement_report
active report_absence absent placement_report
absent find active placement_process
absent terminate terminated_early placement_terminate
completed return returned placement_travel
transferred return returned placement_travel
terminated_early return returned placement_travel
absent return returned placement_travel
returned close closed placement_clear
visa_refused close closed placement_clear
transferred close closed placement_clear
terminated_early close closed placement_clear
"""

APPEAL = """
open uphold upheld appeal_decide
open overturn overturned appeal_decide
"""

MATCH_RUN = """
queued start running system
queued fail failed system
queued cancel cancelled match_run_cancel
running finish finished system
running fail failed system
running cancel cancelled match_run_cancel
"""

JOB = """
queued start running system
running finish done system
running fail failed system
running release queued system
running give_up dead system
failed retry queued job_steer,system
failed give_up dead system
dead retry queued job_steer
queued cancel cancelled job_steer,system
failed cancel cancelled job_steer,system
running cancel cancelled job_steer,system
"""
