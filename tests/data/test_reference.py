import csv
import gzip
import re
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import FrozenInstanceError
from itertools import pairwise
from pathlib import Path

import pytest
from babel import Locale
from babel.numbers import get_territory_currencies
from hypothesis import given
from hypothesis import strategies as st

from mobility.data import reference
from mobility.data.reference import (
    LANGUAGES,
    countries,
    occupation_groups,
    occupation_skills,
    read_table,
    regions,
    sector_of,
    sectors,
    starter_skills,
)

PUBLISHED_ISCO = Path(__file__).parents[3] / "shared" / "data" / "esco" / "isco08_en_es_fr.csv.gz"
LOADERS = (occupation_groups, starter_skills, occupation_skills, countries, regions, sectors)

GROUP = {group.code: group for group in occupation_groups()}
SKILL = {skill.code: skill for skill in starter_skills()}
COUNTRY = {country.code: country for country in countries()}
REGION = {region.code: region for region in regions()}
UNIT_GROUPS = sorted(code for code, group in GROUP.items() if group.level == 4)

LINKS = defaultdict(list)
for link in occupation_skills():
    LINKS[link.isco].append(link)


def texts_of_all_records():
    """Every text a reader may see, as (record, language, text)."""
    for group in occupation_groups():
        yield from ((group.code, language, group.titles[language]) for language in LANGUAGES)
    for skill in starter_skills():
        yield from ((skill.code, language, skill.labels[language]) for language in LANGUAGES)
    for named in (*countries(), *sectors()):
        yield from ((named.names["en"], language, named.names[language]) for language in LANGUAGES)


# Occupations


def test_isco_has_all_its_groups_at_every_level():
    assert Counter(group.level for group in occupation_groups()) == {1: 10, 2: 43, 3: 130, 4: 436}


def test_every_group_but_a_major_one_stands_below_an_existing_parent():
    for group in occupation_groups():
        assert group.level == len(group.code)
        if group.level == 1:
            assert group.parent is None
        else:
            assert group.parent == group.code[:-1]
            assert GROUP[group.parent].level == group.level - 1


def test_every_group_above_the_unit_level_has_children():
    parents = {group.parent for group in occupation_groups()}
    assert all(group.code in parents for group in occupation_groups() if group.level < 4)


def test_parents_stand_before_their_children():
    seen = set()
    for group in occupation_groups():
        assert group.parent is None or group.parent in seen
        seen.add(group.code)


def test_unit_groups_have_different_titles_within_a_language():
    for language in LANGUAGES:
        titles = Counter(GROUP[code].titles[language].casefold() for code in UNIT_GROUPS)
        assert [title for title, times in titles.items() if times > 1] == []


@pytest.mark.parametrize(
    ("code", "en", "es", "fr"),
    [
        ("9211", "Crop farm labourers", "Peones de explotaciones agrícolas", "Manœuvres de l\u2019agriculture"),
        ("5321", "Health care assistants", None, "Aides-soignants en institution"),
        ("7212", "Welders and flamecutters", "Soldadores y oxicortadores", "Soudeurs et oxycoupeurs"),
        ("9112", None, "Limpiadores y asistentes de oficinas, hoteles y otros establecimientos", None),
        (
            "215",
            "Electrotechnology engineers",
            "Ingenieros en electrotecnología",
            "Ingénieurs de l\u2019électrotechnique",
        ),
        ("8181", None, None, "Conducteurs d\u2019installations de verrerie et de céramique"),
        ("9313", None, "Peones de la construcción de edificios", "Manœuvres du bâtiment"),
    ],
)
def test_known_groups_have_their_official_titles(code, en, es, fr):
    for language, title in zip(LANGUAGES, (en, es, fr), strict=True):
        assert title in {None, GROUP[code].titles[language]}


def published_titles():
    if not PUBLISHED_ISCO.exists():
        pytest.skip(f"NOT COMPARED with the publisher's classification: {PUBLISHED_ISCO} is not here")
    with gzip.open(PUBLISHED_ISCO, "rt", encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def test_codes_are_those_of_the_publisher():
    assert set(published_titles()) == set(GROUP)


def test_titles_agree_with_the_publisher_but_for_a_few_corrected_slips():
    def bare(title):
        return re.sub(r"[\W_]+", " ", title.replace("œ", "oe")).casefold().strip()

    corrected = [
        (code, language)
        for code, row in published_titles().items()
        for language in LANGUAGES
        if bare(row[language]) != bare(GROUP[code].titles[language])
    ]
    assert len(corrected) <= 15, corrected


# Skills


def test_the_starter_vocabulary_is_large_enough_to_register_people_with():
    assert len(starter_skills()) >= 450


def test_skill_codes_are_numbered_without_gaps():
    assert [skill.code for skill in starter_skills()] == [f"S{n:04d}" for n in range(1, len(starter_skills()) + 1)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_skills_share_a_label_within_a_language(language):
    labels = Counter(skill.labels[language].casefold() for skill in starter_skills())
    assert [label for label, times in labels.items() if times > 1] == []


def test_no_skill_keeps_a_label_of_another_language():
    for skill in starter_skills():
        assert len({label.casefold() for label in skill.labels.values()}) == len(LANGUAGES), skill


def test_spanish_labels_begin_with_an_infinitive():
    assert [s.labels["es"] for s in starter_skills() if not re.match(r"\w*[aeií]r(se)?[ ,]", s.labels["es"])] == []


def test_french_labels_begin_with_an_infinitive():
    infinitive = re.compile(r"(S\u2019)?\w+(er|ir|re|oir)[ ,]")
    assert [s.labels["fr"] for s in starter_skills() if not infinitive.match(s.labels["fr"])] == []


@pytest.mark.parametrize(
    ("language", "foreign"),
    [
        ("en", "el los las del con para le les des du avec pour"),
        ("es", "the and with of for from le les des du avec pour et dans"),
        ("fr", "the and with of for from el los las del con para"),
    ],
)
def test_labels_contain_no_function_words_of_another_language(language, foreign):
    words = set(foreign.split())
    assert [s.labels[language] for s in starter_skills() if words & set(s.labels[language].casefold().split())] == []


def test_english_labels_are_plain_letters():
    assert [s.labels["en"] for s in starter_skills() if not s.labels["en"].replace("\u2019", "").isascii()] == []


def test_spanish_and_french_keep_their_accents():
    def accented(language):
        return sum(not skill.labels[language].replace("\u2019", "").isascii() for skill in starter_skills())

    assert accented("es") > len(starter_skills()) * 0.2
    assert accented("fr") > len(starter_skills()) * 0.5
    unaccented = re.compile(r"\b(\w*(cion|sion)|maquina|camion|arbol|quimic[oa]s?|plastic[oa])\b")
    assert [s.labels["es"] for s in starter_skills() if unaccented.search(s.labels["es"])] == []


def test_no_spanish_label_borrows_french_accents_nor_french_spanish_ones():
    assert [s.labels["es"] for s in starter_skills() if re.search("[àâçèêëîïôœùû]", s.labels["es"])] == []
    assert [s.labels["fr"] for s in starter_skills() if re.search("[áíñóú¿¡]", s.labels["fr"])] == []


def test_skills_are_listed_family_by_family():
    families = [skill.group for skill in starter_skills()]
    turns = 1 + sum(left != right for left, right in pairwise(families))
    assert turns == len(set(families))
    assert min(Counter(families).values()) >= 5


# Links


def test_links_name_existing_unit_groups_and_skills():
    assert {link.isco for link in occupation_skills()} <= set(UNIT_GROUPS)
    assert {link.skill for link in occupation_skills()} <= set(SKILL)


def test_every_skill_is_used_by_some_occupation():
    assert set(SKILL) - {link.skill for link in occupation_skills()} == set()


def test_a_skill_is_linked_to_an_occupation_once():
    pairs = Counter((link.isco, link.skill) for link in occupation_skills())
    assert max(pairs.values()) == 1


def test_at_least_seventy_occupations_have_six_skills_or_more():
    assert sum(len(links) >= 6 for links in LINKS.values()) >= 70


@pytest.mark.parametrize("isco", sorted(LINKS))
def test_a_linked_occupation_has_enough_skills_and_few_essential_ones(isco):
    essential = sum(link.essential for link in LINKS[isco])
    assert len(LINKS[isco]) >= 6
    assert 2 <= essential <= 10
    assert essential < len(LINKS[isco])


def test_links_stand_in_order_with_essential_skills_first():
    links = occupation_skills()
    assert list(links) == sorted(links, key=lambda link: (link.isco, not link.essential, link.skill))


@pytest.mark.parametrize(
    ("isco", "essential", "optional"),
    [
        ("9211", "Harvest crops by hand", "Cut sugar cane"),
        ("9214", "Mow lawns", "Operate ride-on mowers"),
        ("7511", "Follow food safety and hygiene rules", "Cut up poultry"),
        ("9112", "Clean and disinfect bathrooms", "Make up guest rooms"),
        ("5322", "Bathe and dress people in care", "Prepare meals in a client\u2019s home"),
        ("9629", "Deal politely with the public", "Operate amusement rides safely"),
        ("7113", "Split and cut stone", "Lay paving stones"),
        ("8332", "Drive a heavy truck", "Drive an articulated truck"),
        ("6223", "Survive and rescue at sea", "Mend fishing nets"),
    ],
)
def test_occupations_of_the_corridors_need_what_their_work_needs(isco, essential, optional):
    need = {SKILL[link.skill].labels["en"]: link.essential for link in LINKS[isco]}
    assert need[essential] is True
    assert need[optional] is False


def test_every_sector_of_manual_work_has_linked_occupations():
    covered = {sector_of(isco) for isco in LINKS}
    assert {sector.slug for sector in sectors()} == covered


# Countries and regions


def test_every_country_of_iso_3166_is_listed():
    assert len(countries()) == 249
    assert [c.code for c in countries()] == sorted(COUNTRY)
    assert "XK" not in COUNTRY, "user-assigned codes are not part of the standard"


def test_every_country_is_a_territory_of_the_unicode_locale_data():
    assert set(COUNTRY) <= set(Locale("en").territories)


def test_currencies_are_those_in_circulation():
    settled_elsewhere = {"AQ", "BG"}  # no currency at all; euro since 2026
    wrong = [
        (country.code, country.currency)
        for country in countries()
        if country.code not in settled_elsewhere and country.currency not in get_territory_currencies(country.code)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("code", "names", "currency"),
    [
        ("US", ("United States", "Estados Unidos", "États-Unis"), "USD"),
        ("GT", ("Guatemala", "Guatemala", "Guatemala"), "GTQ"),
        ("HN", ("Honduras", "Honduras", "Honduras"), "HNL"),
        ("SV", ("El Salvador", "El Salvador", "El Salvador"), "USD"),
        ("HT", ("Haiti", "Haití", "Haïti"), "HTG"),
        ("JM", ("Jamaica", "Jamaica", "Jamaïque"), "JMD"),
        ("MX", ("Mexico", "México", "Mexique"), "MXN"),
        ("ES", ("Spain", "España", "Espagne"), "EUR"),
        ("PH", ("Philippines", "Filipinas", "Philippines"), "PHP"),
        ("TT", ("Trinidad and Tobago", "Trinidad y Tobago", "Trinité-et-Tobago"), "TTD"),
        ("KN", ("Saint Kitts and Nevis", "San Cristóbal y Nieves", "Saint-Christophe-et-Niévès"), "XCD"),
        ("PA", ("Panama", "Panamá", "Panama"), "PAB"),
    ],
)
def test_known_countries_have_their_names_and_currency(code, names, currency):
    assert tuple(COUNTRY[code].names[language] for language in LANGUAGES) == names
    assert COUNTRY[code].currency == currency


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_countries_share_a_name_within_a_language(language):
    names = Counter(country.names[language] for country in countries())
    assert [name for name, times in names.items() if times > 1] == []


def test_regions_are_complete_for_the_countries_of_the_corridors():
    assert Counter(region.country for region in regions()) == {
        "US": 57,  # 50 states, the capital district and six territories
        "CA": 13,
        "MX": 32,
        "GT": 22,
        "HN": 18,
        "SV": 14,
        "NI": 17,
        "CR": 7,
        "DO": 32,
        "HT": 10,
        "JM": 14,
        "PA": 14,
        "CO": 33,
        "ES": 19,
    }


def test_a_region_code_begins_with_its_country():
    for region in regions():
        assert region.country in COUNTRY
        assert re.fullmatch(f"{region.country}-[A-Z0-9]{{1,3}}", region.code)


def test_no_two_regions_of_a_country_share_a_name():
    names = Counter((region.country, region.name) for region in regions())
    assert max(names.values()) == 1


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("US-DC", "District of Columbia"),
        ("US-PR", "Puerto Rico"),
        ("US-MP", "Northern Mariana Islands"),
        ("CA-QC", "Quebec"),
        ("MX-CMX", "Ciudad de México"),
        ("GT-13", "Huehuetenango"),
        ("HN-FM", "Francisco Morazán"),
        ("SV-US", "Usulután"),
        ("NI-AN", "Costa Caribe Norte"),
        ("CR-SJ", "San José"),
        ("DO-32", "Santo Domingo"),
        ("HT-GA", "Grand\u2019Anse"),
        ("JM-08", "Saint James"),
        ("PA-NB", "Ngäbe-Buglé"),
        ("CO-VAC", "Valle del Cauca"),
        ("ES-AN", "Andalucía"),
    ],
)
def test_known_regions_have_their_code(code, name):
    assert REGION[code].name == name


# Sectors


def test_there_is_a_handful_of_sectors_with_names_of_their_own():
    assert 12 <= len(sectors()) <= 20
    for language in LANGUAGES:
        assert len({sector.names[language] for sector in sectors()}) == len(sectors())


@given(st.sampled_from(sorted(GROUP)))
def test_every_group_belongs_to_a_listed_sector(code):
    assert sector_of(code) in {sector.slug for sector in sectors()}


def test_every_sector_holds_some_unit_group():
    assert {sector_of(code) for code in UNIT_GROUPS} == {sector.slug for sector in sectors()}


@pytest.mark.parametrize(
    ("isco", "sector"),
    [
        ("9211", "agriculture"),
        ("8341", "agriculture"),
        ("9215", "forestry"),
        ("6223", "fishing"),
        ("9216", "fishing"),
        ("7511", "food_processing"),
        ("8160", "food_processing"),
        ("7212", "manufacturing"),
        ("9313", "construction"),
        ("7411", "construction"),
        ("7413", "mining_and_energy"),
        ("9311", "mining_and_energy"),
        ("8332", "transport"),
        ("9333", "transport"),
        ("9334", "trade"),
        ("5120", "hospitality"),
        ("9412", "hospitality"),
        ("9112", "cleaning"),
        ("9214", "landscaping"),
        ("5321", "care"),
        ("5312", "education"),
        ("2221", "health"),
        ("9629", "recreation"),
        ("2512", "technology"),
        ("4110", "administration"),
    ],
)
def test_the_longest_prefix_decides_the_sector(isco, sector):
    assert sector_of(isco) == sector


@given(st.text(max_size=6).filter(lambda text: text not in GROUP))
def test_a_code_outside_isco_has_no_sector(code):
    with pytest.raises(ValueError, match="is not a code of ISCO-08"):
        sector_of(code)


# All files


def test_every_text_is_tidy():
    for record, _, text in texts_of_all_records():
        assert text == " ".join(text.split()), record
        assert text[0].isupper(), (record, text)
        assert text[-1] not in ".,;:", (record, text)
        assert not set(text) & set("'\"`_;\t/"), (record, text)


@pytest.mark.parametrize("loader", LOADERS)
def test_records_are_read_once_and_shared(loader):
    assert loader() is loader()
    assert len(set(loader())) == len(loader())


@pytest.mark.parametrize("loader", LOADERS)
def test_records_cannot_be_changed(loader):
    record = loader()[0]
    with pytest.raises(FrozenInstanceError):
        setattr(record, next(iter(record.__slots__)), "other")


def test_titles_cannot_be_changed():
    with pytest.raises(TypeError):
        occupation_groups()[0].titles["en"] = "other"


def test_two_processes_read_the_same():
    script = (
        "from mobility.data.reference import *; import hashlib;"
        "print(hashlib.sha256(repr([f() for f in (occupation_groups, starter_skills, occupation_skills,"
        " countries, regions, sectors)]).encode()).hexdigest())"
    )
    digests = {subprocess.run([sys.executable, "-c", script], check=True, capture_output=True).stdout for _ in range(2)}
    assert len(digests) == 1


def test_data_files_are_plain_utf8_with_unix_line_ends():
    for path in Path(reference.__file__).parent.glob("*.csv"):
        content = path.read_bytes()
        assert not content.startswith(b"\xef\xbb\xbf"), path.name
        assert b"\r" not in content, path.name
        assert content.endswith(b"\n"), path.name
        content.decode("utf-8")


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 1, "the columns must be code, name"),
        ("code,label\nA,x\n", 1, "the columns must be code, name"),
        ("code,name\nA,x,y\n", 2, "3 cells, expected 2"),
        ("code,name\nA,x\n\nB,y\n", 3, "0 cells, expected 2"),
        ("code,name\nA,x\nB,\n", 3, "a cell is empty or padded"),
        ("code,name\nA, x\n", 2, "a cell is empty or padded"),
        ("code,name\nA,x\nB,y\nA,z\n", 4, "A stands twice"),
        ('code,name\nA,"x" y\n', 2, "expected after"),
        ('code,name\nA,"x\n', 2, "unexpected end of data"),
    ],
)
def test_a_malformed_file_is_refused_with_its_name_and_line(text, line, problem):
    with pytest.raises(ValueError, match=f"^things.csv, line {line}: .*{problem}"):
        read_table("things.csv", text, ("code", "name"), dict)


def test_a_key_of_two_columns_may_repeat_its_first():
    rows = read_table("things.csv", "a,b\n1,1\n1,2\n", ("a", "b"), dict, key=2)
    assert rows == ({"a": "1", "b": "1"}, {"a": "1", "b": "2"})
    with pytest.raises(ValueError, match=r"line 3: 1 1 stands twice"):
        read_table("things.csv", "a,b\n1,1\n1,1\n", ("a", "b"), dict, key=2)


@pytest.mark.parametrize(
    ("build", "columns", "line"),
    [
        (reference._occupation_group, ("code", *LANGUAGES), "92x,a,b,c"),
        (reference._occupation_group, ("code", *LANGUAGES), "92111,a,b,c"),
        (reference._starter_skill, ("code", *LANGUAGES, "group"), "S1,a,b,c,tools"),
        (reference._starter_skill, ("code", *LANGUAGES, "group"), "S0001,a,b,c,Tools"),
        (reference._occupation_skill, ("isco", "skill", "need"), "921,S0001,essential"),
        (reference._occupation_skill, ("isco", "skill", "need"), "9211,0001,essential"),
        (reference._occupation_skill, ("isco", "skill", "need"), "9211,S0001,needed"),
        (reference._country, ("code", *LANGUAGES, "currency"), "gt,a,b,c,GTQ"),
        (reference._country, ("code", *LANGUAGES, "currency"), "GT,a,b,c,Q"),
        (reference._region, ("code", "country", "name"), "HN-01,GT,Guatemala"),
        (reference._region, ("code", "country", "name"), "GT-0001,GT,Guatemala"),
        (reference._sector, ("slug", *LANGUAGES), "Farm work,a,b,c"),
        (reference._sector_prefix, ("prefix", "sector"), "x,agriculture"),
        (reference._sector_prefix, ("prefix", "sector"), "92,Farm"),
    ],
)
def test_a_record_with_a_malformed_code_is_refused_with_its_line(build, columns, line):
    with pytest.raises(ValueError, match=r"^things.csv, line 2: '.*' does not have the form"):
        read_table("things.csv", f"{','.join(columns)}\n{line}\n", columns, build)


@given(
    st.lists(
        st.tuples(st.from_regex("[A-Z]{2}", fullmatch=True), st.from_regex(r'[a-zñé",]{1,8}', fullmatch=True)),
        unique_by=lambda row: row[0],
    )
)
def test_what_is_written_as_csv_is_read_back(tmp_rows):
    quoted = "".join('{},"{}"\n'.format(code, name.replace('"', '""')) for code, name in tmp_rows)
    rows = read_table("things.csv", "code,name\n" + quoted, ("code", "name"), dict)
    assert [(row["code"], row["name"]) for row in rows] == tmp_rows


@pytest.mark.parametrize(
    ("text", "country", "code"),
    [
        ("Québec", "CA", "CA-QC"),
        ("QUEBEC", "CA", "CA-QC"),
        ("qc", "CA", "CA-QC"),
        ("us-fl", "US", "US-FL"),
        ("Estados Unidos", "US", "US"),
        ("Coahuila", "MX", "MX-COA"),
        ("CA-ON", "US", None),
        ("", "US", None),
    ],
)
def test_a_region_is_named_by_code_letters_or_name(text, country, code):
    assert reference.region_named(text, country) == code


def test_every_region_is_found_by_its_own_name_and_code():
    for region in reference.regions():
        assert reference.region_named(region.name, region.country) == region.code
        assert reference.region_named(region.code, region.country) == region.code
