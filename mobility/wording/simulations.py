"""Words for simulations and scenarios."""

from collections.abc import Mapping

from mobility.wording.texts import Text
from mobility.wording.texts import marked as _l

SENTENCES: Mapping[str, Text] = {
    "simulation.unreadable": _l("This address does not say what to change. Start again from the scheme as it is."),
    "simulation.unknown_quota": _l("This scheme has no quota %(quota)s any more. Leave it out of the changes."),
    "simulation.unknown_origin": _l("%(country)s: no agreement of this scheme names this country."),
    "simulation.too_large": _l(
        "%(workers)s people are more than this server can hold at once for a simulation (%(most)s). "
        "Nothing was changed. Tell the operator."
    ),
    "scenario.nothing_changed": _l("Change something first: the scheme as it is needs no scenario."),
    "scenario.name_taken": _l("Your ministry has a scenario of this name for this scheme. Choose another name."),
    "scenario.too_many": _l("A ministry keeps at most %(most)s scenarios of a scheme. Delete one first."),
    "scenario.nothing_to_sign": _l(
        "All ministries have signed the newest version. There is nothing to attach this to."
    ),
    "scenario.signed_with": _l("A ministry has signed the version that this stands beside. It stays as it was seen."),
    "scenario.not_ready": _l("The workers are being read into memory. Save the scenario once the page shows figures."),
}
