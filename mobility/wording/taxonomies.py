"""Words for taxonomies: kinds of concepts and links, how sure the search is, and why a file cannot be taken in."""

from collections.abc import Mapping
from enum import Enum

from mobility.rules.basics.taxonomies import ConceptKind, ConfidenceKind, MatchKind, TaxonomyKind
from mobility.wording.texts import Text
from mobility.wording.texts import marked as _l

LABELS: tuple[Mapping[Enum, Text], ...] = (
    {
        ConfidenceKind.VERY_LIKELY: _l("Very likely"),
        ConfidenceKind.LIKELY: _l("Likely"),
        ConfidenceKind.POSSIBLE: _l("Possible"),
    },
    {
        ConceptKind.OCCUPATION: _l("Occupation"),
        ConceptKind.SKILL: _l("Skill"),
        ConceptKind.SKILL_GROUP: _l("Group of skills"),
    },
    {
        MatchKind.EXACT: _l("Exact"),
        MatchKind.CLOSE: _l("Close in meaning"),
        MatchKind.BROAD: _l("Broader"),
        MatchKind.NARROW: _l("Narrower"),
    },
    {
        TaxonomyKind.ESCO: _l("ESCO"),
        TaxonomyKind.ONET: _l("O*NET titles"),
        TaxonomyKind.CROSSWALK: _l("Crosswalk"),
    },
)

#: What ESCO's publisher asks to be shown, word for word in English; the other languages say the same.
ESCO_NOTICE = _l("This service uses the ESCO classification of the European Commission.")

SENTENCES: Mapping[str, Text] = {
    "bundle_empty": _l("There is no table file in it. Expected: %(expected)s."),
    "column_map": _l("The column map cannot be read. It must look like this: %(expected)s."),
    "esco_files_missing": _l("These are not the files of ESCO in %(languages)s. Expected: %(expected)s."),
    "onet_files_missing": _l("These are not the files of O*NET. Expected: %(expected)s."),
    "taxonomy.broken": _l("%(file)s, line %(line)s, column %(column)s: expected %(expected)s. Nothing was stored."),
    "taxonomy.other_version": _l("Version %(used)s is in use. Change to %(given)s with `mobility taxonomy upgrade`."),
    "version_missing": _l("No file name says which edition this is. Say it: %(expected)s."),
    "concepts.none": _l("Nothing can be searched: no label holds a letter or a digit. Look at the file of labels."),
    "concepts.missing": _l(
        "The search index is not there. It holds nothing of its own: `mobility taxonomy import` with the files in use, "
        "or the next search, makes it again."
    ),
    "concepts.foreign": _l(
        "This folder does not hold a search index of this release. Leave it as it is; `mobility taxonomy import` with "
        "the files in use makes the index in the instance folder again."
    ),
    "concepts.altered": _l(
        "The search index was altered or cut off, so it is not used. Delete the folder `concepts` in the instance "
        "folder: the next search makes it again. No record is lost."
    ),
    "confidence.malformed": _l(
        "The file that says how sure a suggestion is (concept_confidence.json) cannot be used. "
        "Install this release again."
    ),
    "trees.malformed": _l(
        "The file that ranks the skills of a text (skill_trees.json) cannot be used. Install this release again."
    ),
    "semantic.missing": _l(
        "The extra `semantic` is not installed. `mobility doctor` says how to install it here; or go on without: "
        "search then goes by words alone."
    ),
}
