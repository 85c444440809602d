"""Words to occupations and skills: what is found, how it is shown, and when an index is made anew."""

import pytest

from mobility.errors import InvalidError
from mobility.formats.crosswalk import LinkKind
from mobility.formats.taxonomy_records import CodeLinkRecord
from mobility.matching.concepts.semantic import SmallEncoder
from mobility.models.concepts.occupations import Occupation
from mobility.security.actors import SYSTEM
from mobility.services.concepts import taxonomies
from mobility.services.concepts.search import (
    LEAST_SCORE,
    LONGEST_TEXT,
    ConceptShelf,
    described,
    narrower_key,
    occupations_like,
    shelf,
    skills_in,
    skills_like,
)
from mobility.services.platform import reference_data
from tests.services.concepts.taxonomy_worlds import HELPER, MIG, PICKER, WELDER, next_edition, sample_in, take

ODD = [
    "",
    "   ",
    "😀😀😀",
    "12345 678",
    "<script>alert(1)</script>",
    "\x00\x01\x02",
    "ひまわり農家",
    "сварщик pipe",
    "a" * 10_000,
    "melon " * 2_000,
    "%_'\";--",
]


@pytest.fixture
def indexes(index_folder):
    return ConceptShelf(index_folder)


class TestOccupations:
    def test_without_any_import_the_embedded_groups_serve_in_three_languages(self, session, indexes):
        reference_data.load(session)
        for words, language, title in (
            ("bricklayers", "en", "Bricklayers and related workers"),
            ("albañiles", "es", None),
            ("maçons", "fr", None),
        ):
            found = occupations_like(session, indexes, words, language)
            assert found[0].group == "7112", (words, found[0])
            assert title is None or found[0].title == title

    def test_an_imported_occupation_is_found_by_any_of_its_names_and_shown_with_its_group(self, session, indexes, at):
        sample_in(session, at, indexes)
        best = occupations_like(session, indexes, "MIG pipe welder", "en")[0]
        assert (best.key, best.title, best.group) == (WELDER, "pipe welder", "7212")
        assert best.matched == "MIG pipe welder"
        assert best.group_title == "Welders and flamecutters"

    def test_what_was_found_in_one_language_is_shown_in_that_of_the_page(self, session, indexes, at):
        sample_in(session, at, indexes)
        best = occupations_like(session, indexes, "ayudante de albañil", "fr")[0]
        assert (best.key, best.title, best.matched_language) == (HELPER, "aide-maçon/aide-maçonne", "es")

    def test_alternatives_are_ranked_and_no_more_than_asked_for(self, session, indexes, at):
        sample_in(session, at, indexes)
        found = occupations_like(session, indexes, "melon harvester", "en", most=3)
        assert 1 < len(found) <= 3
        assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
        assert all(0 < each.score <= 1 for each in found)

    def test_what_nothing_but_a_few_letters_speak_for_is_not_offered(self, session, indexes, at):
        sample_in(session, at, indexes)
        found = occupations_like(session, indexes, "soldadora de tub", "es")
        assert found[0].key == WELDER
        assert {each.group[0] for each in found} == {"7"}
        assert all(each.score >= LEAST_SCORE for each in found)

    def test_where_only_some_may_be_chosen_even_the_unlikely_ones_are_offered(self, session, indexes, at):
        sample_in(session, at, indexes)
        found = occupations_like(session, indexes, "melon harvester", "en", within=["7212", "93"])
        assert 0 < min(each.score for each in found) < LEAST_SCORE

    def test_only_those_within_some_groups_where_only_they_may_be_chosen(self, session, indexes, at):
        sample_in(session, at, indexes)
        found = occupations_like(session, indexes, "melon harvester", "en", within=["7212", "93"])
        assert all(each.group.startswith(("7212", "93")) for each in found)
        assert PICKER not in {each.key for each in found}
        assert occupations_like(session, indexes, "melon harvester", "en", within=[]) == []

    def test_retired_ones_are_not_found_but_still_described(self, session, indexes, at):
        sample_in(session, at, indexes)
        take(session, next_edition(), at, digest="2", upgrade=True)
        indexes.refresh(session)
        assert WELDER not in {each.key for each in occupations_like(session, indexes, "pipe welder", "en")}
        assert described(session, [WELDER], "es")[WELDER][1] == "7212"

    @pytest.mark.parametrize("words", ODD, ids=range(len(ODD)))
    def test_odd_words_find_nothing_or_little_and_never_fail(self, session, indexes, at, words):
        sample_in(session, at, indexes)
        assert len(occupations_like(session, indexes, words, "fr")) <= 8
        assert len(skills_like(session, indexes, words, "en")) <= 8
        assert len(skills_in(session, indexes, words, "en")) <= 12

    def test_without_any_occupation_nothing_is_found(self, session, indexes):
        assert occupations_like(session, indexes, "melon", "en") == []
        assert skills_like(session, indexes, "melon", "en") == []
        assert skills_in(session, indexes, "melon", "en") == []


class TestSkills:
    def test_a_skill_is_found_by_its_other_names(self, session, indexes, at):
        sample_in(session, at, indexes)
        best = skills_like(session, indexes, "soldadura MIG", "es")[0]
        assert (best.key, best.title, best.matched, best.group) == (MIG, "soldar tuberías por MIG", "soldadura MIG", "")

    def test_a_text_names_the_words_that_speak_of_a_skill(self, session, indexes, at):
        sample_in(session, at, indexes)
        found = {
            mention.code: mention for mention in skills_in(session, indexes, "3 years of MIG welding at sea", "en")
        }
        assert found[MIG].words == "MIG welding"
        assert found[MIG].title == "weld pipes by MIG"

    def test_only_the_first_part_of_a_very_long_text_is_read(self, session, indexes, at):
        sample_in(session, at, indexes)
        far = "x " * (LONGEST_TEXT // 2) + "MIG welding"
        assert MIG not in {mention.code for mention in skills_in(session, indexes, far, "en")}


class TestNarrowerKey:
    def test_it_must_lie_in_the_unit_group(self, session, at):
        sample_in(session, at)
        assert narrower_key(session, WELDER, "7212") == WELDER
        assert narrower_key(session, None, "7212") is None
        for key, group in ((WELDER, "9211"), ("esco-nothing", "7212")):
            with pytest.raises(InvalidError, match="unknown_occupation"):
                narrower_key(session, key, group)


class TestShelf:
    def test_an_index_is_made_once_stored_and_loaded_by_the_next_process(self, session, at, index_folder):
        def written():
            return {file: file.stat().st_mtime_ns for file in index_folder.rglob("*") if file.is_file()}

        first = ConceptShelf(index_folder)
        sample_in(session, at, first)
        index = first.occupations(session)
        assert first.occupations(session) is index
        before = written()
        assert list(ConceptShelf(index_folder).occupations(session).concepts) == list(index.concepts)
        assert written() == before

    def test_after_an_import_the_old_one_serves_until_the_new_one_is_made_and_is_then_taken_away(
        self, session, at, tmp_path
    ):
        reference_data.load(session)
        indexes = ConceptShelf(tmp_path)
        before = indexes.occupations(session)
        sample_in(session, at)
        assert indexes.occupations(session) is before
        assert list(ConceptShelf(tmp_path).occupations(session).concepts) == list(before.concepts)
        indexes.refresh(session)
        after = indexes.occupations(session)
        assert WELDER not in before.concepts
        assert WELDER in after.concepts
        assert len([folder for folder in tmp_path.iterdir() if folder.name.startswith("occupations-")]) == 1

    def test_a_crosswalk_alone_leaves_it_as_it_is(self, session, at, indexes):
        sample_in(session, at, indexes)
        before = indexes.occupations(session)
        links = [CodeLinkRecord("soc2018", "45-2092", "isco08", "9211", LinkKind.BROAD)]
        taxonomies.import_links(session, SYSTEM, "soc", "1", links, digest="1", at=at)
        assert indexes.occupations(session) is before

    def test_it_is_stale_after_a_title_was_mended(self, session, make, tmp_path):
        group = make.occupation("9211")
        indexes = ConceptShelf(tmp_path)
        assert occupations_like(session, indexes, "sunflower", "en") == []
        session.get_one(Occupation, group.id).title_en = "Sunflower growers"
        session.flush()
        assert occupations_like(session, indexes, "sunflower", "en")[0].group == "9211"

    def test_a_damaged_one_is_made_again(self, session, at, tmp_path):
        sample_in(session, at)
        folder = tmp_path / "shelf"  # beside the database, which also stands in tmp_path
        ConceptShelf(folder).refresh(session)
        for file in folder.rglob("*"):
            if file.is_file():
                file.write_bytes(file.read_bytes()[:20])
        assert occupations_like(session, ConceptShelf(folder), "pipe welder", "en")[0].key == WELDER

    def test_meaning_finds_an_occupation_whose_words_are_not_there(self, session, make, tmp_path):
        for code in ("9211", "7212", "5131"):
            make.occupation(code)
        make.occupation("7112").title_en = "Bricklayers and related workers"
        session.flush()
        words = "mason"
        plain, semantic = ConceptShelf(tmp_path / "shelf"), ConceptShelf(tmp_path / "shelf", SmallEncoder())
        assert occupations_like(session, plain, words, "en")[0].group != "7112"
        made = occupations_like(session, semantic, words, "en")
        assert made[0].group == "7112"
        again = ConceptShelf(tmp_path / "shelf", SmallEncoder())
        assert occupations_like(session, again, words, "en") == made

    def test_skills_are_compared_by_words_alone(self, session, make, tmp_path):
        make.asked_skill("S0001", of="9211")
        kept = ConceptShelf(tmp_path / "shelf", SmallEncoder()).skills(session)
        assert kept.search("Skill S0001", "en", 1) == ConceptShelf(tmp_path / "shelf").skills(session).search(
            "Skill S0001", "en", 1
        )
        assert len([folder for folder in (tmp_path / "shelf").iterdir() if folder.name.startswith("skills-")]) == 1

    def test_there_is_one_a_process_and_installation(self, tmp_path):
        assert shelf(tmp_path) is shelf(tmp_path)
        assert shelf(tmp_path) is not shelf(tmp_path / "other")
