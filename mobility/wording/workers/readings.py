"""Words for what was read of a worker, and on which page."""

from collections.abc import Mapping

from mobility.wording.texts import Text
from mobility.wording.texts import marked as _l

SENTENCES: Mapping[str, Text] = {
    "field.given_names": _l("given names"),
    "field.family_names": _l("family names"),
    "field.name_latin": _l("name in Latin letters"),
    "field.phone": _l("telephone"),
    "field.email": _l("e-mail"),
    "field.address": _l("address"),
    "field.vulnerability": _l("protection"),
    "field.document_numbers": _l("document numbers"),
    "field.check_notes": _l("notes on checks"),
    "page.workers.index": _l("List of workers"),
    "page.workers.search": _l("Search"),
    "page.workers.show": _l("The worker's file"),
    "page.workers.check": _l("Recording a check"),
    "page.workers.document": _l("Adding a document"),
    "page.registrations.edit": _l("Changing the registration"),
    "page.workers.confirm_identity": _l("Confirming the identity"),
    "page.workers.make_ready": _l("Making ready"),
    "page.workers.pause": _l("Pausing"),
    "page.workers.withdraw": _l("Leaving the register"),
    "page.workers.mark_ineligible": _l("Shutting out"),
    "page.consents.show": _l("Consents"),
    "page.proposals.show": _l("A proposal"),
    "page.proposals.decide": _l("Deciding on a proposal"),
    "page.waivers.give": _l("Waive a rule for this person"),
}
