import gzip
import random

import pytest
from openpyxl import Workbook

from bench.words import sets
from bench.words.sets import held_out_synonyms, misspelt
from mobility.matching.concepts.concepts import Label

OCCUPATIONS = """uri,code,isco08,pref_en,alt_en,pref_es,alt_es,pref_fr,alt_fr,desc_en,desc_es,in_v111
u1,1.1,7112,bricklayer,mason|bricklayer|stone mason,albañil,,maçon,,Lays bricks.,Pone ladrillos.,1
u2,1.2,5120,cook,,cocinero/cocinera,cocinera|cocinero,,,Cooks.,,0
"""
GROUPS = "code,en,es,fr,desc_en,desc_es\n7,Craft,Oficios,Métiers,All crafts.,\n7112,Bricklayers,Albañiles,Maçons,,\n"
SKILLS = """uri,type,reuse,pref_en,alt_en,pref_es,alt_es,pref_fr,alt_fr,desc_en
http://data.europa.eu/esco/skill/s1,skill,x,lay bricks,brick laying,poner ladrillos,,,,Bricks.
http://data.europa.eu/esco/skill/s2,skill,x,cook,,cocinar,,,,Food.
"""


@pytest.fixture
def data(tmp_path):
    files = {
        "esco/occupations_v1.2_en_es_fr.csv.gz": OCCUPATIONS,
        "esco/isco08_en_es_fr.csv.gz": GROUPS,
        "esco/skills_v1.1.1_en_es_fr.csv.gz": SKILLS,
        "esco/occupation_skill_v1.1.1.csv.gz": "occupation,skill,rel\nu1,s1,e\nu2,s1,o\nu2,s2,e\n",
        "melo/set/concept_mapping.tsv.gz": "C1\tu1\nC2\tu1\nC3\tu2\n",
        "melo/set/corpus_elements.tsv.gz": "C1\tbricklayer\nC2\tmason\nC3\tcook\n",
        "melo/set/queries.tsv.gz": "Q1\tBricklayers\nQ2\tNobody\n",
        "melo/set/annotations.tsv.gz": "Q1\t0\tC1\t1\nQ1\t0\tC2\t1\n",
        "jobbert/titles_validation.csv.gz": ",vacancyTitle,conceptUri\n0,Mason wanted,u1\n",
        "skillskape/dev.csv.gz": "sentence,skills\nWe lay bricks,\"['brick laying', 'UNK']\"\nNothing here,['UNK']\n",
        "h2/h2b_fy2018.csv.gz": "JOB_TITLE,SOC_CODE\nMASON ,47-2021\nmason,47-2021\n,47-2021\nCook,35-2014\n",
        "occupations/onet_occupations.tsv.gz": "O*NET-SOC Code\tTitle\tDescription\n47-2022.00\tStonemasons\tStone.\n"
        "47-2022.01\tOther stonemasons\tMore stone.\n",
        "occupations/onet_alternate_titles.tsv.gz": "O*NET-SOC Code\tAlternate Title\n47-2022.00\tMason\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(text.encode(), mtime=0))
    book = Workbook()
    for row in (["O*NET"], ["Crosswalk"], [], ["2010", "Title", "2018", "Title"], ["47-2021.00", "x", "47-2022", "y"]):
        book.active.append(row)
    book.save(tmp_path / "occupations/soc2010_soc2018.xlsx")
    return tmp_path


def test_labels_of_a_language_are_read_with_the_preferred_one_marked(data):
    assert sets.occupation_labels(data, "en") == [
        Label("u1", "bricklayer", "en", True),
        Label("u1", "mason", "en", False),
        Label("u1", "stone mason", "en", False),
        Label("u2", "cook", "en", True),
    ]
    assert sets.occupation_labels(data, "fr") == [Label("u1", "maçon", "fr", True)]


def test_an_older_version_leaves_out_what_is_new(data):
    assert {label.concept for label in sets.occupation_labels(data, "en", only_1_1=True)} == {"u1"}


def test_melo_links_queries_to_concepts_and_forms(data):
    task = sets.melo(data, "set", "en")
    assert task.texts == ["Bricklayers"]
    assert task.answers == [frozenset({"u1"})]
    assert task.right_forms == [frozenset({"bricklayer", "mason"})]
    assert task.forms == {"u1": ["bricklayer", "mason"], "u2": ["cook"]}
    assert task.broader["u1"] == "http://data.europa.eu/esco/isco/C7112"
    assert task.index().search("mason", "en")[0].concept == "u1"


def test_jobbert_asks_for_occupations_of_its_version(data):
    task = sets.jobbert(data)
    assert task.texts == ["Mason wanted"]
    assert task.answers == [frozenset({"u1"})]
    assert {label.concept for label in task.labels} == {"u1"}


def test_seasonal_titles_stand_once_and_accept_what_their_code_became(data):
    task = sets.seasonal(data)
    assert task.texts == ["cook", "mason"]
    assert task.answers == [frozenset({"35-2014"}), frozenset({"47-2021", "47-2022"})]
    assert {label.concept for label in task.labels} == {"47-2022"}
    assert task.descriptions[0].text == " Stone. More stone."


def test_skillskape_keeps_sentences_that_name_a_skill_by_any_of_its_labels(data):
    task = sets.skillskape(data)
    assert task.texts == ["We lay bricks"]
    assert task.answers == [frozenset({"http://data.europa.eu/esco/skill/s1"})]
    assert task.uses["http://data.europa.eu/esco/skill/s1"] == 2


def test_all_labels_of_all_languages_are_occupations_and_skills(data):
    assert len(sets.esco_labels(data)) == 4 + 3 + 4 + 2 + 1


def test_held_out_synonyms_are_not_kept_and_no_concept_loses_all(data):
    labels = sets.esco_labels(data, ["en"])
    kept, held = held_out_synonyms(labels, 3, 1)
    assert set(kept) | set(held) == set(labels)
    assert not set(kept) & set(held)
    assert held
    assert not any(label.preferred for label in held)
    assert {label.concept for label in kept} == {label.concept for label in labels}


def test_the_same_seed_draws_the_same_slips_and_every_one_is_near_its_label(data):
    labels = sets.esco_labels(data, ["en"])
    found = misspelt(labels, 3, 5)
    assert found == misspelt(labels, 3, 5)
    assert all(abs(len(text) - len(label.text)) <= 4 and len(label.text) >= 6 for text, label in found)


def test_a_slip_changes_letters_near_one_place():
    text = "bricklayer"
    changed = {sets._slip(text, random.Random(seed), 1) for seed in range(40)}
    assert len(changed) > 10
    assert all(abs(len(one) - len(text)) <= 1 for one in changed)
