"""Editions for tests: the sample bundle in the database, and next editions of it with something changed."""

from copy import deepcopy
from datetime import datetime

from sqlalchemy.orm import Session

from mobility.formats.editions import read_esco_edition
from mobility.formats.taxonomy_records import LabelSet, TaxonomyRecords
from mobility.rules.basics.taxonomies import TaxonomyKind
from mobility.security.actors import SYSTEM
from mobility.services.concepts import taxonomies
from mobility.services.concepts.search import ConceptShelf
from mobility.services.concepts.taxonomies import ImportReport
from mobility.services.platform import reference_data
from tests.files.esco.write_samples import occupation_uri, skill_uri, uuid
from tests.formats.taxonomy_files import SAMPLE

WELDER, HELPER, PICKER = (f"esco-{uuid('a', number)}" for number in (3, 4, 1))
MIG, MORTAR = (f"esco-{uuid('b', number)}" for number in (2, 3))
_SAMPLE = read_esco_edition([SAMPLE])


def sample(*languages: str) -> TaxonomyRecords:
    """Return the records of the sample, in all of its languages or some."""
    if languages:
        return read_esco_edition([SAMPLE], languages=languages)[0]
    return deepcopy(_SAMPLE[0])


def take(session: Session, records: TaxonomyRecords, at: datetime, digest: str = "1", **options: bool) -> ImportReport:
    """Import records as ESCO."""
    return taxonomies.import_concepts(session, SYSTEM, TaxonomyKind.ESCO, records, digest=digest * 64, at=at, **options)


def sample_in(session: Session, at: datetime, indexes: ConceptShelf | None = None) -> ImportReport:
    """Load the reference data, import the sample, and make it searchable."""
    reference_data.load(session)
    done = take(session, sample(), at)
    if indexes is not None:
        indexes.refresh(session)
    return done


def next_edition() -> TaxonomyRecords:
    """Return a later edition.

    The pipe welder is gone without a successor, the bricklayer's helper moved to another group, "mix mortar" has a new
    address under the same name, "weld pipes by MIG" has a new name, and there is one new occupation.
    """
    records = sample()
    records.version = "2.0.0"
    concepts = records.concepts
    del concepts[occupation_uri(3)]
    concepts[occupation_uri(4)].isco = "9312"
    mortar = concepts.pop(skill_uri(3))
    mortar.uri = skill_uri(33)
    concepts[mortar.uri] = mortar
    concepts[skill_uri(2)].labels["en"] = LabelSet("weld pipes with a MIG torch", ("MIG welding",))
    fresh = deepcopy(concepts[occupation_uri(1)])
    fresh.uri, fresh.labels = occupation_uri(5), {"en": LabelSet("watermelon harvester")}
    concepts[fresh.uri] = fresh
    records.needs = [need for need in records.needs if need.occupation in concepts and need.skill in concepts]
    return records
