"""Words for taxonomies: kinds of concepts and links, how sure the search is, and why a file cannot be taken in."""

from collections.abc import Mapping
from enum import Enum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from mobility.rules.taxonomies import ConceptKind, ConfidenceKind, MatchKind, TaxonomyKind

LABELS: tuple[Mapping[Enum, LazyString], ...] = (
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

SENTENCES: Mapping[str, LazyString] = {
    "bundle_empty": _l("There is no table file in it. Expected: %(expected)s."),
    "column_map": _l("The column map cannot be read. It must look like this: %(expected)s."),
    "esco_files_missing": _l("These are not the files of ESCO in %(languages)s. Expected: %(expected)s."),
    "onet_files_missing": _l("These are not the files of O*NET. Expected: %(expected)s."),
    "taxonomy.broken": _l("%(file)s, line %(line)s, column %(column)s: expected %(expected)s. Nothing was stored."),
    "taxonomy.other_version": _l("Version %(used)s is in use. Change to %(given)s with `mobility taxonomy upgrade`."),
    "version_missing": _l("No file name says which edition this is. Say it: %(expected)s."),
    "concepts.none": _l("There is no word to search in."),
    "concepts.missing": _l("The search index is missing."),
    "concepts.foreign": _l("The search index was made by something else."),
    "concepts.altered": _l("The search index was altered."),
}
