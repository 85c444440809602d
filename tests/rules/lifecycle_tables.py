"""The lifecycles of domain.md §4 written out a second time, by hand: state, event, next, who; tests compare."""

SHORTAGE = """
draft declare declared shortage_officer
declared suspend suspended shortage_officer
suspended resume declared shortage_officer
declared expire expired system
suspended expire expired system
"""

SCHEME = """
draft submit submitted scheme_officer
submitted approve_as_destination approved_by_destination scheme_officer
submitted approve_as_origin approved_by_origin scheme_officer
approved_by_destination approve_as_origin approved scheme_officer
approved_by_origin approve_as_destination approved scheme_officer
submitted return_to_draft draft scheme_officer
approved_by_destination return_to_draft draft scheme_officer
approved_by_origin return_to_draft draft scheme_officer
approved return_to_draft draft scheme_officer
approved activate active scheme_officer
active suspend suspended scheme_officer
suspended resume active scheme_officer
active close closed scheme_officer
suspended close closed scheme_officer
"""

EMPLOYER = """
registered begin_vetting vetting scheme_officer
vetting return_to_registered registered scheme_officer
vetting verify verified scheme_officer
verified suspend suspended scheme_officer
suspended reinstate verified scheme_officer
suspended debar debarred scheme_officer
"""

VACANCY = """
draft submit submitted employer_administrator,recruiter
submitted find_deficient deficient scheme_officer
deficient submit submitted employer_administrator,recruiter
submitted certify certified scheme_officer
submitted certify_partially partially_certified scheme_officer
submitted refuse refused scheme_officer
certified attest attested registration_officer,screening_officer
partially_certified attest attested registration_officer,screening_officer
attested open open scheme_officer,system
open fill filled system
filled reopen open system
submitted expire expired system
deficient expire expired system
certified expire expired system
partially_certified expire expired system
attested expire expired system
open expire expired system
draft withdraw withdrawn employer_administrator,recruiter
submitted withdraw withdrawn employer_administrator,recruiter
deficient withdraw withdrawn employer_administrator,recruiter
certified withdraw withdrawn employer_administrator,recruiter
partially_certified withdraw withdrawn employer_administrator,recruiter
attested withdraw withdrawn employer_administrator,recruiter
open withdraw withdrawn employer_administrator,recruiter
certified revoke revoked scheme_officer
partially_certified revoke revoked scheme_officer
attested revoke revoked scheme_officer
open revoke revoked scheme_officer
filled revoke revoked scheme_officer
"""

_SELF = "registration_officer,worker"
_OFFICERS = "registration_officer,scheme_officer,screening_officer"
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
        f"draft register registered {_SELF}",
        "registered check_identity identity_checked screening_officer",
        "identity_checked begin_screening screening screening_officer",
        "screening make_ready ready screening_officer,system",
        "ready need_action action_needed system",
        "proposed need_action action_needed system",
        "action_needed make_ready ready screening_officer,system",
        "ready propose proposed system",
        "proposed release ready system",
        "proposed place placed system",
        "placed release ready system",
        "placed depart abroad system",
        "abroad return returned system",
        "returned make_ready ready screening_officer,system",
        f"paused resume registered {_SELF}",
        f"withdrawn register registered {_SELF}",
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
generated endorse endorsed reviewer
generated not_endorse not_endorsed reviewer
not_endorsed appeal appealed worker
refused appeal appealed worker
not_selected appeal appealed worker
appealed uphold upheld appeals_officer
appealed overturn overturned appeals_officer
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
endorsed approve approved reviewer
endorsed refuse refused reviewer
approved accept accepted worker
approved decline declined worker
accepted select selected employer_administrator,recruiter
accepted not_select not_selected employer_administrator,recruiter
selected place placed system
"""

PROPOSAL_EMPLOYER_FIRST = f"""{_PROPOSAL}
endorsed select selected employer_administrator,recruiter
endorsed not_select not_selected employer_administrator,recruiter
selected approve approved reviewer
selected refuse refused reviewer
approved accept accepted worker
approved decline declined worker
accepted place placed system
"""

_BOTH = "employer_administrator,worker"
_HOME = "registration_officer,scheme_officer,screening_officer,worker"
_ABROAD = "reviewer,scheme_officer"
_ORIGIN = "scheme_officer,screening_officer"

PLACEMENT = f"""
contract_signed register registered {_ABROAD}
registered issue_visa visa_issued {_ABROAD}
registered refuse_visa visa_refused {_ABROAD}
visa_issued clear cleared {_ORIGIN}
cleared depart departed {_HOME}
departed arrive arrived {_BOTH}
arrived start active {_BOTH}
active complete completed {_BOTH}
active transfer transferred {_ABROAD}
contract_signed terminate terminated_early {_BOTH}
registered terminate terminated_early {_BOTH}
visa_issued terminate terminated_early {_BOTH}
cleared terminate terminated_early {_BOTH}
arrived terminate terminated_early {_BOTH}
active terminate terminated_early {_BOTH}
departed report_absence absent employer_administrator
arrived report_absence absent employer_administrator
active report_absence absent employer_administrator
absent find active {_ABROAD}
absent terminate terminated_early {_ABROAD}
completed return returned {_HOME}
transferred return returned {_HOME}
terminated_early return returned {_HOME}
absent return returned {_HOME}
returned close closed {_ORIGIN}
visa_refused close closed {_ORIGIN}
transferred close closed {_ORIGIN}
terminated_early close closed {_ORIGIN}
"""

APPEAL = """
open uphold upheld appeals_officer
open overturn overturned appeals_officer
"""

MATCH_RUN = """
queued start running system
queued fail failed system
queued cancel cancelled scheme_officer
running finish finished system
running fail failed system
running cancel cancelled scheme_officer
"""

JOB = """
queued start running system
running finish done system
running fail failed system
running release queued system
running give_up dead system
failed retry queued operator,system
failed give_up dead system
dead retry queued operator
queued cancel cancelled operator,system
failed cancel cancelled operator,system
running cancel cancelled operator,system
"""
