"""Reference data in the database equal the files after a load, whatever was there before."""

import sqlalchemy as sa

from mobility.data import reference
from mobility.models.concepts.occupations import Occupation, OccupationSkill, Skill
from mobility.services.platform import reference_data
from mobility.services.platform.reference_data import Difference, LoadReport


def test_a_load_puts_in_every_group_skill_and_link(session):
    done = reference_data.load(session)

    counts = [session.scalar(sa.select(sa.func.count(model.id))) for model in (Occupation, Skill, OccupationSkill)]
    assert counts == [
        len(reference.occupation_groups()),
        len(reference.starter_skills()),
        len(reference.occupation_skills()),
    ]
    assert done == LoadReport(inserted=sum(counts))
    assert reference_data.differences(session) == []


def test_every_group_has_titles_and_a_sector(session):
    reference_data.load(session)
    labourer = session.scalars(sa.select(Occupation).where(Occupation.code == "9211")).one()
    assert labourer.sector == "agriculture"
    assert labourer.title_es
    assert session.scalar(sa.select(sa.func.count(Occupation.id)).where(Occupation.sector.is_(None))) == 0


def test_loading_again_touches_nothing(session):
    reference_data.load(session)
    before = session.execute(sa.select(OccupationSkill.id).order_by(OccupationSkill.id)).all()

    assert reference_data.load(session) == LoadReport()

    assert session.execute(sa.select(OccupationSkill.id).order_by(OccupationSkill.id)).all() == before


def test_an_empty_database_misses_every_row(session):
    missing = reference_data.differences(session)
    assert {each.kind for each in missing} == {"missing"}
    assert len(missing) > len(reference.occupation_skills())


def test_what_was_changed_by_hand_is_told_and_mended(session):
    reference_data.load(session)
    link = reference.occupation_skills()[0]
    session.execute(sa.update(Occupation).where(Occupation.code == "9211").values(title_en="Pickers"))
    session.execute(sa.update(Skill).where(Skill.code == "S0001").values(label_fr=""))
    session.execute(sa.update(OccupationSkill).values(essential=True))

    told = reference_data.differences(session)
    optional = sum(not each.essential for each in reference.occupation_skills())
    assert Difference("occupation", "9211", "changed") in told
    assert Difference("skill", "S0001", "changed") in told
    assert len(told) == 2 + optional
    assert link.essential

    assert reference_data.load(session) == LoadReport(updated=2 + optional)
    assert reference_data.differences(session) == []


def test_what_no_file_names_is_told_and_only_links_are_taken_out(session):
    reference_data.load(session)
    stranger = Occupation(code="9999", title_en="x", title_es="x", title_fr="x")
    skill = session.scalars(sa.select(Skill).where(Skill.code == "S0001")).one()
    session.add(stranger)
    session.flush()
    session.add(OccupationSkill(occupation_id=stranger.id, skill_id=skill.id, essential=True))
    session.flush()

    assert reference_data.differences(session) == [
        Difference("occupation", "9999", "unknown"),
        Difference("occupation_skill", "9999/S0001", "unknown"),
    ]
    assert reference_data.load(session) == LoadReport(deleted=1)
    assert reference_data.differences(session) == [Difference("occupation", "9999", "unknown")]


def test_a_link_that_was_lost_comes_back(session):
    reference_data.load(session)
    first = session.scalars(sa.select(OccupationSkill).order_by(OccupationSkill.id).limit(1)).one()
    session.execute(sa.delete(OccupationSkill).where(OccupationSkill.id == first.id))

    assert [each.kind for each in reference_data.differences(session)] == ["missing"]
    assert reference_data.load(session) == LoadReport(inserted=1)
