"""Words for employers and their vetting."""

from collections.abc import Mapping
from enum import Enum

from mobility.rules.cases.employers import EmployerEvent, EmployerState, VettingItem
from mobility.wording.texts import Text
from mobility.wording.texts import marked as _l

LABELS: tuple[Mapping[Enum, Text], ...] = (
    {
        EmployerState.REGISTERED: _l("Registered"),
        EmployerState.VETTING: _l("Being vetted"),
        EmployerState.VERIFIED: _l("Verified"),
        EmployerState.SUSPENDED: _l("Suspended"),
        EmployerState.DEBARRED: _l("Debarred"),
    },
    {
        EmployerEvent.BEGIN_VETTING: _l("Begin vetting"),
        EmployerEvent.RETURN_TO_REGISTERED: _l("End the vetting without an outcome"),
        EmployerEvent.VERIFY: _l("Verify this employer"),
        EmployerEvent.SUSPEND: _l("Suspend this employer"),
        EmployerEvent.REINSTATE: _l("Reinstate this employer"),
        EmployerEvent.DEBAR: _l("Debar this employer"),
    },
    {
        VettingItem.LEGAL_EXISTENCE: _l("Legal existence"),
        VettingItem.SOLVENCY: _l("Able to pay its wages"),
        VettingItem.WAGE_RECORD: _l("Record of wages paid"),
        VettingItem.HOUSING: _l("Housing"),
        VettingItem.RECRUITER_CHAIN: _l("Recruiters and agents"),
    },
)

SENTENCES: Mapping[str, Text] = {
    "employer.name_missing": _l("Enter the employer's name."),
    "employer.registered_before": _l("An employer with this number is registered already."),
    "employer_registration.met": _l("The employer stands in the register of companies."),
    "employer_registration.none": _l("Enter the number in the register of companies."),
    "employer_vetting.met": _l("In order: %(item)s."),
    "employer_vetting.failed": _l("Not in order: %(item)s. An employer with this cannot be verified."),
    "employer_vetting.missing": _l("Not looked at yet: %(item)s."),
    "employer_compliance.met": _l("No compliance event is open."),
    "employer_compliance.open": _l("Compliance events are open: %(events)s."),
}
