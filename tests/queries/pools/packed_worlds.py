"""Arbitrary workers as rows of their tables, without a database, and how pools are compared."""

from collections import defaultdict
from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
from hypothesis import strategies as st

from mobility.matching.core.vocabulary import Vocabulary
from mobility.queries.pools.worker_columns import ColumnReader
from mobility.queries.pools.worker_records import Blobs, pack
from mobility.rules.basics.skills import Evidence
from mobility.rules.cases.checks import CheckKind, CheckResult
from mobility.rules.cases.consents import ConsentPurpose
from mobility.rules.cases.documents import DocumentKind
from mobility.rules.cases.workers import WorkerState
from tests.queries.pools.plain_pools import _Reader

WORDS = Vocabulary(
    skills=("S1", "S2", "S3"),
    groups=("011", "611", "921"),
    countries=("CA", "GT", "US"),
    sectors=("agriculture", "care"),
    currencies=("CAD", "USD"),
)
#: The database's key of each skill; 9 is of a skill that the vocabulary does not have.
SKILLS = {7: "S1", 2: "S2", 70000: "S3", 9: "S9"}
ON = date(2026, 5, 4)

days = st.dates(date(2019, 1, 1), date(2031, 12, 31))
maybe_day = st.none() | days
countries = st.sampled_from(["CA", "GT", "US", "XX"])
moments = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001  Hypothesis adds the zone
    datetime(2030, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)

employments = st.fixed_dictionaries(
    {
        "code": st.sampled_from(["0110", "6111", "6112", "9211", "7223", "92", "9"]),
        "country": countries,
        "months": st.integers(0, 720),
        "ended_on": maybe_day,
        "scheme_kind": st.none() | st.just("seasonal"),
        "returned_on_time": st.none() | st.booleans(),
    }
)
checks = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(CheckKind),
        "result": st.sampled_from(CheckResult),
        "checked_on": st.dates(date(2025, 1, 1), date(2026, 12, 31)),
        "valid_until": maybe_day,
    }
)
consents = st.fixed_dictionaries(
    {"purpose": st.sampled_from(ConsentPurpose), "given_at": moments, "withdrawn_at": st.none() | moments}
)
documents = st.fixed_dictionaries({"kind": st.sampled_from(DocumentKind), "expires_on": days})
licences = st.fixed_dictionaries({"code": st.sampled_from(["lorry", "tractor", "grúa"]), "expires_on": maybe_day})


@st.composite
def files(draw):
    """One worker's row and parts, as the queries return them."""
    worker = {
        "state": draw(st.sampled_from(WorkerState)),
        "origin_country": "GT",
        "born_on": draw(st.dates(date(1930, 1, 1), date(2010, 12, 31))),
        "nationalities": draw(st.lists(countries, max_size=3)),
        "residence_country": draw(countries),
        "residence_region": draw(st.none() | st.sampled_from(["GT-01", "GT-16"])),
        "reads_and_writes": draw(st.booleans()),
        "education_years": draw(st.none() | st.integers(0, 30)),
        "displaced_by": draw(st.none() | st.just("flood-2026")),
        "destinations": draw(st.lists(countries, max_size=3, unique=True)),
        "sectors": draw(st.lists(st.sampled_from(["agriculture", "care", "opera"]), max_size=3, unique=True)),
        "earliest_start": draw(maybe_day),
        "months_away_max": draw(st.integers(1, 120)),
        "pay_floor_hourly": draw(st.none() | st.decimals(Decimal(0), Decimal(9999), places=4)),
        "pay_floor_currency": draw(st.none() | st.sampled_from(["USD", "CAD", "GTQ"])),
    }
    known = draw(st.lists(st.sampled_from(sorted(SKILLS)), unique=True, max_size=4))
    parts = {
        "skills": [
            {
                "skill_id": key,
                "code": SKILLS[key],
                "level": draw(st.integers(1, 4)),
                "evidence": draw(st.sampled_from(Evidence)),
            }
            for key in known
        ],
        "languages": [
            {"language": language, "level": draw(st.integers(0, 6))}
            for language in draw(st.lists(st.sampled_from(["en", "es", "fr", "ht"]), unique=True))
        ],
        "employments": draw(st.lists(employments, max_size=4)),
        "licences": draw(st.lists(licences, max_size=2, unique_by=lambda each: each["code"])),
        "documents": draw(st.lists(documents, max_size=3)),
        "checks": draw(st.lists(checks, max_size=8)),
        "consents": draw(st.lists(consents, max_size=3)),
    }
    return worker, parts


def plainly(people, on=ON):
    """Return the pool that the tables' reader makes of workers, numbered from 1."""
    reader = _Reader(WORDS, on)
    for place, (worker, parts) in enumerate(people):
        reader.rows[place + 1] = place
        reader._worker({"id": place + 1, **worker})
        reader._skills(place, parts["skills"])
        reader._languages(parts["languages"])
        reader._history(place, worker["origin_country"], parts["employments"])
        reader._papers(parts["documents"], parts["checks"], parts["licences"])
    return reader.pool()


def blobs(people):
    """Return skills and records of workers."""
    found = [pack(worker, defaultdict(list, parts)) for worker, parts in people]
    return Blobs.of([each.skills for each in found]), Blobs.of([each.record for each in found])


def reader(on=ON):
    columns = np.full(70001, -1)
    for key, code in SKILLS.items():
        if code in WORDS.skills:
            columns[key] = WORDS.skills.index(code)
    return ColumnReader(WORDS, columns, on)


def packedly(people, on=ON):
    """Return the pool that packed workers give, numbered from 1."""
    return reader(on).read(np.arange(1, len(people) + 1), *blobs(people)).pool(WORDS)


def differences(one, other):
    """Return the names of what two pools say differently; empty where they are equal to the last value and code."""
    found = [] if np.array_equal(one.key, other.key) else ["key"]
    for part in fields(one.profile):
        left, right = (getattr(pool.profile, part.name) for pool in (one, other))
        if hasattr(left, "nnz"):
            same = left.shape == right.shape and left.dtype == right.dtype and (left != right).nnz == 0
        else:
            same = left.dtype == right.dtype and np.array_equal(left, right)
        found += [] if same else [part.name]
    found += sorted(one.facts.keys() ^ other.facts.keys())
    for name in one.facts.keys() & other.facts.keys():
        left, right = one.facts[name], other.facts[name]
        same = left.values == right.values and np.array_equal(left.codes, right.codes)
        same = same and list(map(type, left.values)) == list(map(type, right.values))
        found += [] if same else [name]
    return found
