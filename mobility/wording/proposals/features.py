"""Words for what a score counts, and for scorecards that are refused."""

from collections.abc import Mapping

from mobility.matching.scoring import TOGETHER
from mobility.wording.texts import Text
from mobility.wording.texts import marked as _l

SENTENCES: Mapping[str, Text] = {
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
    "feature.together": _l("Together: %(first)s; %(second)s"),
    "scorecard.malformed": _l(
        "This is not a complete scorecard. Nothing was changed. Save it again from where it comes, and choose "
        "that file."
    ),
    "scorecard.version": _l(
        "This scorecard has format %(found)s; this program reads formats up to %(expected)s. Update the program, or "
        "save the scorecard in an older format."
    ),
    "scorecard.features": _l(
        "A scorecard has each feature exactly once. These are missing, unknown or repeated: %(names)s."
    ),
    "scorecard.negative": _l(
        "The weight of %(names)s must be a whole number, 0 or more: no good thing lowers a score."
    ),
    "scorecard.range": _l("A number lies outside what a scorecard can hold: points run from 0 to %(most)s."),
    "scorecard.order": _l(
        "The points of a feature or of a pair fall somewhere, or its values do not rise. More of a good thing never "
        "lowers a score: correct the points."
    ),
    "scorecard.pair": _l("A pair needs two different features of the scorecard, and each pair stands once."),
    "scorecard.calibration": _l(
        "The calibration does not fit: it needs as many chances as scores, scores that rise and chances that never "
        "fall."
    ),
    "scorecard.sum": _l(
        "Whoever meets everything would score %(found)s; the points must add up to %(expected)s. Correct the weights."
    ),
    "scorecard.altered": _l(
        "The scorecard was changed after it was saved: its hash is not the one in the file. Take it again from where "
        "it comes."
    ),
}


def term_name(term: str, language: str) -> str:
    """Return the name of a term of a score: of one feature, or of two that count together."""
    names = [SENTENCES[f"feature.{feature}"].spoken(language) for feature in term.split(TOGETHER)]
    if len(names) == 1:
        return names[0]
    first, second = names
    return SENTENCES["feature.together"].spoken(language) % {"first": first, "second": second}
