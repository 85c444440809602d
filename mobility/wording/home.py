"""Words for the work that waits."""

from collections.abc import Mapping

from mobility.wording.texts import Text
from mobility.wording.texts import marked as _l

SENTENCES: Mapping[str, Text] = {
    "task.declare_shortages": _l("Shortages to declare"),
    "task.use_suggestions": _l("Suggested shortages to use or set aside"),
    "task.read_notices": _l("Notices to read"),
    "task.submit_schemes": _l("Schemes to submit for signature"),
    "task.sign_schemes": _l("Schemes to sign"),
    "task.activate_schemes": _l("Signed schemes to start"),
    "task.vet_employers": _l("Employers to vet"),
    "task.finish_vacancies": _l("Vacancies to finish and submit"),
    "task.mend_vacancies": _l("Vacancies sent back for mending"),
    "task.certify_vacancies": _l("Vacancies to certify"),
    "task.attest_vacancies": _l("Vacancies to attest"),
    "task.open_vacancies": _l("Vacancies to open for matching"),
    "task.confirm_identities": _l("Identities to confirm"),
    "task.screen_workers": _l("Workers to screen"),
    "task.renew_papers": _l("Workers whose papers need renewing"),
    "task.review_ineligible": _l("Workers who are shut out, to look at again"),
    "task.endorse_proposals": _l("Proposals to review for the country of origin"),
    "task.approve_proposals": _l("Proposals to review for the destination"),
}
