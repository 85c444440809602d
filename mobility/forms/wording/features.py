"""Words for what a score counts."""

from collections.abc import Mapping
from enum import Enum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

LABELS: Mapping[Enum, LazyString] = {}

SENTENCES: Mapping[str, LazyString] = {
    "feature.essential_skills": _l("Essential skills"),
    "feature.optional_skills": _l("Useful skills"),
    "feature.skill_evidence": _l("Proof of skills"),
    "feature.experience": _l("Experience in such work"),
    "feature.recency": _l("How recent the experience is"),
    "feature.language": _l("Languages"),
    "feature.destination_wish": _l("Wants to go to this country"),
    "feature.sector_wish": _l("Wants to work in this sector"),
    "feature.duration_wish": _l("The time away suits"),
    "feature.pay_wish": _l("The pay suits"),
    "feature.availability": _l("Free when the work begins"),
    "feature.returned_on_time": _l("Earlier returns on time"),
}
