"""What an upgrade would change, and which records it touches, before anything is changed."""

import sqlalchemy as sa

from mobility.models.concepts.taxonomies import Concept, TaxonomyEdition
from mobility.models.vacancies import VacancySkill
from mobility.rules.basics.taxonomies import TaxonomyKind
from mobility.security.actors import SYSTEM
from mobility.services.concepts.changes import ConceptChange, Touched, changes
from tests.files.esco.write_samples import occupation_uri, skill_uri, uuid
from tests.services.concepts.taxonomy_worlds import (
    HELPER,
    MIG,
    MORTAR,
    WELDER,
    next_edition,
    sample,
    sample_in,
    take,
)


def told(session, records):
    return changes(session, SYSTEM, TaxonomyKind.ESCO, records)


def test_every_concept_that_changes_is_named_with_what_it_becomes(session, at):
    sample_in(session, at)
    found = told(session, next_edition())
    assert (found.used, found.given, found.added) == ("1.9.0", "2.0.0", 2)
    assert found.retitled == (ConceptChange(MIG, "weld pipes by MIG", "weld pipes with a MIG torch"),)
    assert found.rehomed == (ConceptChange(HELPER, "9313", "9312"),)
    assert found.retired == (
        ConceptChange(WELDER, "pipe welder", ""),
        ConceptChange(MORTAR, "mix mortar", f"esco-{uuid('b', 33)}"),
    )
    assert found.unchanged == 10 - len(found.retitled) - len(found.rehomed) - len(found.retired)


def test_the_same_edition_changes_nothing(session, at):
    sample_in(session, at)
    found = told(session, sample())
    assert (found.added, found.retitled, found.rehomed, found.retired, found.touched) == (0, (), (), (), ())


def test_against_nothing_all_is_new(session, at):
    found = told(session, sample())
    assert (found.used, found.added, found.unchanged) == ("", 10, 0)


def test_records_that_point_to_what_changes_are_counted(session, make, at):
    sample_in(session, at)
    world = make.vacancy_world()
    vacancy = make.vacancy(world)
    vacancy.concept = WELDER
    world.shortage.concept = HELPER
    mortar = session.scalars(sa.select(Concept).where(Concept.key == MORTAR)).one()
    session.add(VacancySkill(vacancy_id=vacancy.id, skill_id=mortar.skill_id, level=1))
    session.flush()
    assert set(told(session, next_edition()).touched) == {
        Touched("vacancy", "retired", 1),
        Touched("shortage", "moved to another unit group", 1),
        Touched("vacancy_skill", "retired", 1),
    }


def test_looking_changes_nothing(session, at):
    sample_in(session, at)
    told(session, next_edition())
    assert session.scalars(sa.select(TaxonomyEdition.version)).all() == ["1.9.0"]
    assert session.scalars(sa.select(Concept.retired_in).where(Concept.retired_in.is_not(None))).all() == []


def test_the_publishers_own_word_on_a_successor_goes_before_the_name(session, at):
    sample_in(session, at)
    records = next_edition()
    records.replaced = {occupation_uri(3): occupation_uri(5), skill_uri(3): skill_uri(1)}
    assert {change.before: change.after for change in told(session, records).retired} == {
        "pipe welder": f"esco-{uuid('a', 5)}",
        "mix mortar": f"esco-{uuid('b', 1)}",
    }
    take(session, records, at, digest="2", upgrade=True)
    welder = session.scalars(sa.select(Concept).where(Concept.key == WELDER)).one()
    assert session.get_one(Concept, welder.successor_id).title_en == "watermelon harvester"


def test_a_successor_that_is_not_in_the_files_is_none(session, at):
    sample_in(session, at)
    records = next_edition()
    records.replaced = {occupation_uri(3): occupation_uri(99)}
    assert ConceptChange(WELDER, "pipe welder", "") in told(session, records).retired
