"""Packed workers say what the tables say, to the last value; damaged and foreign ones are found out."""

import hashlib
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobility.queries.pools import worker_records
from mobility.queries.pools.worker_records import (
    CHECK,
    CONSENT,
    FIXED,
    GROUP,
    KINDS,
    NEVER,
    PARTS,
    SKILL,
    STATES,
    UNKNOWN,
    VERSION,
    WORD,
    Blobs,
    distinct,
    is_whole,
    pack,
    unpack,
)
from mobility.rules.basics.skills import STRENGTH
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.workers import WorkerState
from tests.queries.pools.packed_worlds import ON, blobs, differences, files, moments, packedly, plainly

#: Changes with anything that old records would then be misread by. Count up VERSION, then write the new one here.
LAYOUT = {1: "f3d781a55317a448"}
people = st.lists(files(), min_size=1, max_size=6)


def test_a_new_layout_has_a_new_version():
    told = [FIXED.descr, SKILL.descr, GROUP.descr, CHECK.descr, CONSENT.descr, PARTS, UNKNOWN, WORD]
    told += [[each.value for each in STATES], [each.value for each in KINDS]]
    told += [sorted((each.value, rank) for each, rank in STRENGTH.items())]
    assert hashlib.sha256(repr(told).encode()).hexdigest()[:16] == LAYOUT[VERSION]


@given(people)
def test_packed_workers_give_the_pool_that_their_tables_give(people):
    assert differences(plainly(people), packedly(people)) == []


@given(people, st.dates(date(2025, 1, 1), date(2027, 1, 1)))
def test_the_same_record_serves_every_day(people, on):
    assert differences(plainly(people, on), packedly(people, on)) == []


@given(files())
def test_records_keep_where_a_worker_stands_and_what_they_agreed_to(person):
    worker, parts = person
    found = unpack(blobs([person])[1])
    assert STATES[found.fixed["state"][0]] is worker["state"]
    assert found.fixed["origin"][0] == b"GT"
    cells = found.numbers("consents").cell
    given = [each for each in parts["consents"] if each["purpose"] is ConsentPurpose.MATCHING]
    assert cells["given"].tolist() == [round(each["given_at"].timestamp() * 1_000_000) for each in given]
    assert [each == NEVER for each in cells["withdrawn"].tolist()] == [each["withdrawn_at"] is None for each in given]


@given(people)
def test_every_record_fills_whole_words_and_is_whole(people):
    skills, records = blobs(people)
    assert (records.length % WORD == 0).all()
    assert is_whole(skills, records).all()
    assert len(is_whole(skills, records)) == len(people)


@given(st.lists(files(), min_size=1, max_size=3), st.data())
def test_a_record_of_another_version_or_cut_short_is_not_whole(people, data):
    records = [pack(*each).record for each in people]
    which = data.draw(st.integers(0, len(people) - 1))
    broken = data.draw(
        st.sampled_from(
            [
                bytes([VERSION + 1]) + records[which][1:],
                records[which][:-WORD],
                records[which] + bytes(WORD),
                b"",
                records[which][:3],
            ]
        )
    )
    records[which] = broken
    whole = is_whole(Blobs.of([pack(*each).skills for each in people]), Blobs.of(records))
    assert not whole[which]
    if len(broken) % WORD == 0:
        assert whole.tolist() == [place != which for place in range(len(people))]


def test_skills_cut_short_are_not_whole():
    _, records = blobs([PERSON, PERSON])
    assert is_whole(Blobs.of([b"12345", b""]), records).tolist()[0] is False


def test_what_does_not_fit_is_refused_and_not_repeated():
    worker, parts = PERSON
    for name, value in (("residence_region", "GT-ñ"), ("origin_country", "GTM"), ("education_years", 2**20)):
        with pytest.raises(ValueError) as refused:
            pack({**worker, name: value}, parts)
        assert str(value) not in str(refused.value)


@given(st.lists(st.binary(max_size=5), max_size=40))
def test_distinct_numbers_slices_in_the_order_of_their_first_appearance(slices):
    joined = Blobs.of(slices)
    codes, values = distinct(joined.data, joined.start, joined.length)
    assert [values[code] for code in codes] == slices
    assert values == list(dict.fromkeys(slices))


@given(st.lists(st.lists(st.integers(0, 2**32 - 1), max_size=4), max_size=6), st.data())
def test_cells_are_read_in_whatever_order_they_are_taken(lists, data):
    kind = np.dtype("<u4")
    joined = Blobs.of([np.array(each, kind).tobytes() for each in lists])
    order = data.draw(st.permutations(range(len(lists))))
    taken = joined.take(np.array(order, np.int64))
    assert taken.cells(kind).tolist() == [value for place in order for value in lists[place]]
    assert joined.cells(kind).tolist() == [value for each in lists for value in each]


def test_the_sealed_and_the_unneeded_is_not_asked_for():
    names = {name.lower() for name in FIXED.names} | set(PARTS)
    assert not names & {"sex", "name", "phone", "number", "mrz", "vulnerability", "dependants", "post", "ref"}


@given(moments)
def test_moments_are_kept_to_the_microsecond(moment):
    assert worker_records._moment(moment) == round(moment.timestamp() * 1_000_000)


PERSON = (
    {
        "state": WorkerState.READY,
        "origin_country": "GT",
        "born_on": date(1990, 1, 1),
        "nationalities": ["GT"],
        "residence_country": "GT",
        "residence_region": "GT-01",
        "reads_and_writes": True,
        "education_years": 9,
        "displaced_by": None,
        "destinations": [],
        "sectors": [],
        "earliest_start": ON,
        "months_away_max": 12,
        "pay_floor_hourly": None,
        "pay_floor_currency": None,
    },
    {name: [] for name in ("skills", "languages", "employments", "licences", "documents", "checks", "consents")},
)
