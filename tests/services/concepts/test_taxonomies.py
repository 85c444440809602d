"""Importing taxonomies: wholly or not, the same twice, from edition to edition without loss."""

import pytest
import sqlalchemy as sa

from mobility.db import write_tx
from mobility.errors import ForbiddenError, InvalidError
from mobility.formats.code_links import column_map
from mobility.formats.crosswalk import LinkKind
from mobility.formats.editions import read_link_edition, read_onet_edition
from mobility.formats.taxonomy_records import CodeLinkRecord, Slip
from mobility.models.concepts.occupations import Occupation, Skill
from mobility.models.concepts.taxonomies import CodeLink, Concept, ConceptLabel, ConceptSkill, TaxonomyEdition
from mobility.models.workers.profiles import WorkerSkill
from mobility.queries.lists import taxonomy_lists
from mobility.rules.basics.organisations import OrganisationKind, Role
from mobility.rules.basics.skills import Evidence
from mobility.rules.basics.taxonomies import MatchKind, TaxonomyKind
from mobility.security.actors import SYSTEM
from mobility.security.audit_verification import verify
from mobility.services.concepts import taxonomies
from mobility.services.platform import reference_data
from mobility.services.platform.reference_data import LoadReport
from tests.files.esco.write_samples import skill_uri, uuid
from tests.formats.test_onet import OCCUPATIONS, TITLES
from tests.services.concepts.taxonomy_worlds import (
    HELPER,
    MIG,
    MORTAR,
    PICKER,
    WELDER,
    next_edition,
    sample,
    sample_in,
    take,
)


def count(session, model):
    return session.scalar(sa.select(sa.func.count(model.id)))


def concept(session, key):
    session.expire_all()
    return session.scalars(
        sa.select(Concept)
        .where(Concept.key == key)
        .options(sa.orm.joinedload(Concept.occupation), sa.orm.joinedload(Concept.skill))
    ).one()


def whole(session):
    """Everything that a failed import must leave as it was."""
    session.expire_all()
    return [
        session.execute(sa.select(table.__table__).order_by(table.id)).all()
        for table in (Concept, ConceptLabel, ConceptSkill, TaxonomyEdition, Skill, CodeLink)
    ]


class TestFirstEdition:
    def test_every_occupation_has_its_unit_group_as_hub(self, session, at):
        sample_in(session, at)
        welder = concept(session, WELDER)
        assert (welder.occupation.code, welder.code, welder.title_en) == ("7212", "7212.9", "pipe welder")
        assert welder.title_es == "soldador de tuberías/soldadora de tuberías"

    def test_every_skill_can_be_had_by_workers_and_asked_for_by_vacancies(self, session, at):
        sample_in(session, at)
        mig = concept(session, MIG)
        assert (mig.skill.code, mig.skill.label_es) == (MIG, "soldar tuberías por MIG")
        assert taxonomy_lists.skills_of(session, [WELDER], "en", most=5) == [(MIG, "weld pipes by MIG", True)]

    def test_where_a_language_has_no_label_that_of_another_is_shown(self, session, at):
        sample_in(session, at)
        assert concept(session, f"esco-{uuid('b', 4)}").title_fr == "types of melon"

    def test_what_is_broader_is_kept(self, session, at):
        sample_in(session, at)
        narrow = concept(session, f"esco-{uuid('a', 2)}")
        assert session.get_one(Concept, narrow.broader_id).key == PICKER

    def test_the_report_counts_and_the_edition_is_in_the_audit_log(self, session, at):
        done = sample_in(session, at)
        assert (done.added, done.changed, done.retired, done.links_added) == (10, 0, 0, 4)
        assert done.labels_added == count(session, ConceptLabel)
        edition = taxonomy_lists.current(session, "esco")
        assert (edition.version, edition.occupations, edition.skills) == ("1.9.0", 4, 4)
        assert edition.languages == ["en", "es", "fr"]
        assert verify(session, None).faults == ()

    def test_a_starter_skill_of_the_same_name_stands_for_the_concept(self, session, make, at):
        reference_data.load(session)
        starter = session.scalars(sa.select(Skill).order_by(Skill.code)).first()
        records = sample()
        label = records.concepts[next(uri for uri in records.concepts if uri.endswith(uuid("b", 2)))].labels["en"]
        starter.label_en = label.preferred.upper()
        take(session, records, at)
        assert concept(session, MIG).skill.code == starter.code
        assert session.scalar(sa.select(Skill).where(Skill.code == MIG)) is None

    def test_loading_the_reference_data_again_changes_nothing_of_it(self, session, at):
        sample_in(session, at)
        assert reference_data.load(session) == LoadReport()
        assert reference_data.differences(session) == []

    def test_without_reference_data_nothing_is_imported(self, session, at):
        with pytest.raises(InvalidError, match="reference_missing"):
            take(session, sample(), at)

    def test_no_person_imports(self, session, make, at):
        operator = make.actor(OrganisationKind.OPERATOR, "US", Role.OPERATOR)
        with pytest.raises(ForbiddenError):
            taxonomies.import_concepts(session, operator, TaxonomyKind.ESCO, sample(), digest="1", at=at)


class TestAgain:
    def test_the_same_files_change_nothing(self, session, at):
        sample_in(session, at)
        before = whole(session)
        assert take(session, sample(), at).already_there
        assert whole(session) == before

    def test_other_files_of_the_same_content_change_nothing_but_the_edition(self, session, at):
        sample_in(session, at)
        before = whole(session)
        done = take(session, sample(), at, digest="2")
        figures = (done.added, done.changed, done.retired, done.labels_added, done.labels_removed, done.links_added)
        assert figures == (0,) * 6
        after = whole(session)
        assert [table for at, table in enumerate(after) if at != 3] == [t for at, t in enumerate(before) if at != 3]

    def test_a_further_language_is_added_and_takes_nothing_away(self, session, at):
        reference_data.load(session)
        take(session, sample("en"), at)
        assert concept(session, WELDER).title_es == "pipe welder"
        done = take(session, sample("es"), at, digest="2")
        assert (done.added, done.retired, done.labels_removed) == (0, 0, 0)
        welder = concept(session, WELDER)
        assert (welder.title_en, welder.title_es) == ("pipe welder", "soldador de tuberías/soldadora de tuberías")
        assert taxonomy_lists.current(session, "esco").languages == ["en", "es"]
        assert concept(session, MIG).skill.label_es == "soldar tuberías por MIG"

    def test_another_version_needs_an_upgrade(self, session, at):
        sample_in(session, at)
        before = whole(session)
        with pytest.raises(InvalidError, match="other_version"):
            take(session, next_edition(), at, digest="2")
        assert whole(session) == before


class TestFailing:
    def test_nothing_of_broken_files_is_stored(self, session, at):
        sample_in(session, at)
        before = whole(session)
        records = next_edition()
        records.slips.append(Slip("occupations_en.csv", 7, "iscoGroup", "not_an_isco_group", "four digits"))
        with pytest.raises(InvalidError, match="taxonomy.broken"):
            take(session, records, at, digest="2", upgrade=True)
        assert whole(session) == before

    @pytest.mark.parametrize("step", ["skills", "labels", "skills of occupations"])
    def test_nothing_of_an_import_that_stops_half_way_stays_and_the_next_goes_through(self, sessions, at, step):
        class StoppedError(Exception):
            pass

        def stop(name):
            if name == step:
                raise StoppedError

        with write_tx(sessions) as session:
            reference_data.load(session)
        with pytest.raises(StoppedError), write_tx(sessions) as session:
            take(session, sample(), at, progress=stop)
        with sessions() as session:
            assert count(session, Concept) == count(session, TaxonomyEdition) == 0
            assert session.scalar(sa.select(Skill).where(Skill.code == MIG)) is None
        with write_tx(sessions) as session:
            assert take(session, sample(), at).added == 10


class TestUpgrade:
    @pytest.fixture
    def upgraded(self, session, make, at):
        sample_in(session, at)
        self.mortar_row = concept(session, MORTAR).skill_id
        self.mig_row = concept(session, MIG).skill_id
        return take(session, next_edition(), at, digest="2", upgrade=True)

    def test_what_is_gone_stays_readable_and_says_since_when(self, session, upgraded):
        assert (upgraded.added, upgraded.retired) == (2, 2)
        welder = concept(session, WELDER)
        assert (welder.retired_in, welder.successor_id, welder.title_en) == ("2.0.0", None, "pipe welder")

    def test_one_that_has_a_new_address_leads_to_it_and_shares_its_row(self, session, upgraded):
        old, new = concept(session, MORTAR), concept(session, f"esco-{uuid('b', 33)}")
        assert old.successor_id == new.id
        assert new.skill_id == old.skill_id == self.mortar_row

    def test_a_workers_skill_stays_through_both_ways_of_changing(self, session, make, at):
        sample_in(session, at)
        worker = make.worker(make.actor(OrganisationKind.CONSULAR_POST, "GT", Role.REGISTRATION_OFFICER))
        rows = {key: concept(session, key).skill_id for key in (MIG, MORTAR)}
        session.add_all(
            WorkerSkill(worker_id=worker.id, skill_id=row, level=2, evidence=Evidence.CLAIMED) for row in rows.values()
        )
        session.flush()
        take(session, next_edition(), at, digest="2", upgrade=True)
        held = set(session.scalars(sa.select(WorkerSkill.skill_id).where(WorkerSkill.worker_id == worker.id)))
        assert set(rows.values()) <= held
        assert session.get_one(Skill, rows[MIG], populate_existing=True).label_en == "weld pipes with a MIG torch"

    def test_a_successor_that_was_there_before_keeps_its_own_row(self, session, at):
        sample_in(session, at)
        rows = {key: concept(session, key).skill_id for key in (MIG, MORTAR)}
        records = next_edition()
        records.replaced = {skill_uri(3): skill_uri(2)}
        take(session, records, at, digest="2", upgrade=True)
        assert {key: concept(session, key).skill_id for key in (MIG, MORTAR)} == rows
        assert concept(session, MORTAR).successor_id == concept(session, MIG).id

    def test_an_occupation_that_moves_has_its_new_hub(self, session, upgraded):
        assert concept(session, HELPER).occupation.code == "9312"

    def test_the_log_tells_of_both_editions(self, session, upgraded):
        assert verify(session, None).faults == ()

    def test_of_two_editions_one_is_in_use(self, session, upgraded):
        assert [(each.version, each.current) for each in taxonomy_lists.editions(session)] == [
            ("2.0.0", True),
            ("1.9.0", False),
        ]

    def test_going_back_brings_back_what_was_gone(self, session, at, upgraded):
        take(session, sample(), at, upgrade=True)
        assert concept(session, WELDER).retired_in is None
        assert taxonomy_lists.current(session, "esco").version == "1.9.0"

    def test_names_that_are_gone_are_not_searched_any_more(self, session, upgraded):
        labels = {text for key, text, *_ in taxonomy_lists.occupation_labels(session) if key == WELDER}
        skills = {text for code, text, *_ in taxonomy_lists.skill_labels(session) if code == MIG}
        assert labels == set()
        assert "metal inert gas welding" not in skills
        assert "MIG welding" in skills


class TestLinks:
    def soc(self, tmp_path):
        walk = "soc 2010 code,soc 2010 title,isco-08 code,isco-08 title\n45-2092,Farm workers,9211,Labourers\n47-2051,Masons,7112,Masons\n"
        path = tmp_path / "soc.csv"
        path.write_text(walk)
        return read_link_edition([path])[0]

    def take(self, session, edition, at, digest="1", **options):
        return taxonomies.import_links(
            session, SYSTEM, edition.name, edition.version, edition.links, digest=digest * 64, at=at, **options
        )

    def test_a_code_leads_to_its_unit_group(self, session, at, tmp_path):
        reference_data.load(session)
        self.take(session, self.soc(tmp_path), at)
        (target,) = taxonomy_lists.targets_of(session, "soc2010", "45-2092")
        assert (target.code, target.kind) == ("9211", MatchKind.EXACT)
        assert taxonomy_lists.targets_of(session, "soc2010", "99-9999") == []

    def test_links_of_links_are_followed_and_say_so(self, session, at, tmp_path):
        reference_data.load(session)
        self.take(session, self.soc(tmp_path), at)
        newer = [CodeLinkRecord("soc2018", "45-2099", "soc2010", "45-2092", LinkKind.BROAD)]
        national = [CodeLinkRecord("cno-gt", "7", "soc2018", "45-2099", LinkKind.BROAD)]
        taxonomies.import_links(session, SYSTEM, "soc2018", "1", newer, digest="2", at=at)
        taxonomies.import_links(session, SYSTEM, "cno-gt", "1", national, digest="3", at=at)
        (target,) = taxonomy_lists.targets_of(session, "cno-gt", "7")
        assert (target.code, target.kind) == ("9211", MatchKind.BROAD)

    def test_links_that_run_in_a_circle_end(self, session, at):
        reference_data.load(session)
        circle = [
            CodeLinkRecord("a-a", "1", "b-b", "1", LinkKind.EXACT),
            CodeLinkRecord("b-b", "1", "a-a", "1", LinkKind.EXACT),
        ]
        taxonomies.import_links(session, SYSTEM, "circle", "1", circle, digest="1", at=at)
        assert taxonomy_lists.targets_of(session, "a-a", "1") == []

    def test_the_same_again_changes_nothing_and_another_replaces_the_links(self, session, at, tmp_path):
        reference_data.load(session)
        edition = self.soc(tmp_path)
        self.take(session, edition, at)
        assert self.take(session, edition, at).already_there
        done = self.take(session, edition, at, digest="2")
        assert (done.links_added, done.links_removed) == (2, 2)
        assert count(session, CodeLink) == 2

    def test_a_national_table_in_its_publishers_columns(self, session, at, tmp_path):
        reference_data.load(session)
        path = tmp_path / "cno.csv"
        path.write_text("Codigo;CIUO\n12;9211\n")
        edition, _ = read_link_edition([path], columns=column_map("cno-gt:source=Codigo,target=CIUO"))
        self.take(session, edition, at)
        assert [target.code for target in taxonomy_lists.targets_of(session, "cno-gt", "12")] == ["9211"]

    def test_titles_of_onet_find_their_hub_whichever_comes_first(self, session, at, tmp_path):
        reference_data.load(session)
        files = [tmp_path / "Occupation Data.txt", tmp_path / "Alternate Titles.txt"]
        for file, text in zip(files, (OCCUPATIONS, TITLES), strict=True):
            file.write_text(text)
        records, _ = read_onet_edition(files, version="27.0")
        taxonomies.import_concepts(session, SYSTEM, TaxonomyKind.ONET, records, digest="1", at=at)
        assert concept(session, "onet-45-2092.02").occupation is None
        assert self.take(session, self.soc(tmp_path), at).changed == 2
        assert concept(session, "onet-45-2092.02").occupation.code == "9211"
        assert "Melon Picker" in {text for _, text, *_ in taxonomy_lists.occupation_labels(session)}

    def test_a_crosswalk_without_links_is_refused(self, session, at):
        with pytest.raises(InvalidError, match="crosswalk_empty"):
            taxonomies.import_links(session, SYSTEM, "x", "1", [], digest="1", at=at)


def test_rows_of_three_digits_are_no_unit_groups(session, at):
    reference_data.load(session)
    links = [CodeLinkRecord("x-x", "1", "isco08", "921", LinkKind.BROAD)]
    taxonomies.import_links(session, SYSTEM, "x-x", "1", links, digest="1", at=at)
    assert taxonomy_lists.targets_of(session, "x-x", "1") == []
    assert session.scalar(sa.select(Occupation.code).where(Occupation.code == "921")) == "921"
