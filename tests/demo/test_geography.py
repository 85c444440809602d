from math import isclose

from mobility.data import reference
from mobility.demo.geography import DESTINATIONS, EMPLOYER_KINDS, EMPLOYER_STEMS, ORIGINS, SCHEMES, TRADES
from mobility.demo.people import NAMES
from mobility.rules.law.example_schemes import example_schemes


def test_every_place_and_occupation_is_in_the_reference_data():
    regions = {region.code for region in reference.regions()}
    assert {code for place in DESTINATIONS for code in place.regions} <= regions
    assert {code for origin in ORIGINS for code in origin.stricken} <= regions
    assert {trade.isco for trade in TRADES} <= {link.isco for link in reference.occupation_skills()}


def test_the_shares_of_the_origins_make_a_whole():
    assert isclose(sum(origin.share for origin in ORIGINS), 1)


def test_every_kind_of_work_has_a_scheme_and_employers():
    codes = {example.code for example in example_schemes()}
    assert set(SCHEMES.values()) <= codes
    assert {trade.scheme for trade in TRADES} == {kind for _, kind in SCHEMES} == set(EMPLOYER_KINDS)
    assert all(0 < trade.women < 1 for trade in TRADES)


def test_every_origin_has_two_posts_and_names_of_its_language():
    for origin in ORIGINS:
        assert len(origin.posts) == 2
        assert origin.language in NAMES
    assert len(set(EMPLOYER_STEMS)) == len(EMPLOYER_STEMS)
