"""What makes a worker fit a vacancy, each a whole number from 0 to 1000; arithmetic on profiles, nothing protected.

Every feature may only rise when a worker gains a level, evidence, months or a language step.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from mobility.matching.arrays import Rows, Whole, lookup
from mobility.matching.demand import Demand
from mobility.matching.pool import SKILL_LEVELS, Profile

#: Value of a feature that is met in full.
FULL = 1000
#: Value of a wish about which nothing is known.
NEUTRAL = 500
#: Divisible by every level, so that a part of a level asked is a whole number.
_LEVEL_UNITS = 12
#: What evidence adds, in halves, by rank: nothing, claimed, attested, tested, credential.
_EVIDENCE_HALVES = np.array([0, 0, 1, 2, 2], dtype=np.int32)
_EVIDENCE_FULL = 2

_EXPERIENCE_MET = 600
_EXPERIENCE_MORE_MONTHS = 36
_RECENT_DAYS = 365
_FORGOTTEN_DAYS = 5 * 365
_LANGUAGE_MET = 700
_LANGUAGE_STEP = 150
_LANGUAGE_STEPS = 2
_MONTH_OFF = 250
_DAYS_A_MONTH = 30
_LATE_DAY = 20
_SEASONS = 3

Feature = Callable[[Profile, Demand, Rows, Rows], Whole]


def essential_skills(profile: Profile, demand: Demand, vacancy: Rows, worker: Rows) -> Whole:
    """Share of the essential skills that the worker has, each up to the level asked.

    Parameters
    ----------
    profile : Profile of n_workers
    demand : Demand of n_vacancies
    vacancy, worker : ndarray of shape (n_pairs,)
        Row numbers of the pairs.

    Returns
    -------
    ndarray of shape (n_pairs,)
        0 to 1000; 1000 where the vacancy asks for none.

    Notes
    -----
    With skills had or not had this is the Tversky index with weights (1, 0): skills beyond those asked for neither
    help nor hurt. Tversky (1977), Features of similarity, Psychological Review 84(4).
    """
    return _coverage(demand.essential, _steps(profile.skills), vacancy, worker)


def optional_skills(profile: Profile, demand: Demand, vacancy: Rows, worker: Rows) -> Whole:
    """Share of the optional skills that the worker has, each up to the level asked; see ``essential_skills``."""
    return _coverage(demand.optional, _steps(profile.skills), vacancy, worker)


def skill_evidence(profile: Profile, demand: Demand, vacancy: Rows, worker: Rows) -> Whole:
    """Share of all skills asked that rests on more than the worker's word, up to the level asked.

    An attested level counts half; a tested or certified one counts in full. Shape and range as ``essential_skills``.
    """
    halves = _EVIDENCE_HALVES[profile.evidence.data]
    asked = csr_array(demand.essential + demand.optional)
    return _coverage(asked, _steps(profile.skills, halves), vacancy, worker, full=_EVIDENCE_FULL)


def experience(profile: Profile, demand: Demand, vacancy: Rows, worker: Rows) -> Whole:
    """Months in the vacancy's minor group: 600 at the months asked, 1000 three years beyond; straight in between."""
    months = lookup(profile.experience, worker, demand.group[vacancy]).astype(np.int64)
    asked = demand.experience[vacancy].astype(np.int64)
    met = np.where(asked > 0, _EXPERIENCE_MET * np.minimum(months, asked) // np.maximum(asked, 1), _EXPERIENCE_MET)
    more = np.clip(months - asked, 0, _EXPERIENCE_MORE_MONTHS)
    return met + (FULL - _EXPERIENCE_MET) * more // _EXPERIENCE_MORE_MONTHS


def recency(profile: Profile, demand: Demand, vacancy: Rows, worker: Rows) -> Whole:
    """How lately the worker worked in the minor group: 1000 within a year of the start, 0 after five years or never."""
    last = lookup(profile.last_worked, worker, demand.group[vacancy]).astype(np.int64)
    since = demand.start[vacancy] - last
    left = np.clip(_FORGOTTEN_DAYS - since, 0, _FORGOTTEN_DAYS - _RECENT_DAYS)
    return np.where(last > 0, FULL * left // (_FORGOTTEN_DAYS - _RECENT_DAYS), 0)


def language(profile: Profile, demand: Demand, vacancy: Rows, worker: Rows) -> Whole:
    """Mean over the languages asked: 700 at the level asked, 150 for each of up to two steps beyond.

    1000 where none is asked. Shape as ``essential_skills``.
    """
    asked = demand.languages[vacancy].astype(np.int64)
    had = profile.languages[worker].astype(np.int64)
    met = _LANGUAGE_MET * np.minimum(had, asked) // np.maximum(asked, 1)
    beyond = _LANGUAGE_STEP * np.clip(had - asked, 0, _LANGUAGE_STEPS)
    wanted = asked > 0
    count = wanted.sum(axis=1)
    total = ((met + beyond) * wanted).sum(axis=1)
    return np.where(count > 0, total // np.maximum(count, 1), FULL)


def destination_wish(profile: Profile, demand: Demand, vacancy: Rows, worker: Rows) -> Whole:
    """1000 if the worker wants to go to the vacancy's country, 500 if no wish is stated, else 0."""
    return _wish(profile.destinations, demand.country[vacancy], worker)


def sector_wish(profile: Profile, demand: Demand, vacancy: Rows, worker: Rows) -> Whole:
    """1000 if the worker wants to work in the vacancy's sector, 500 if no wish is stated, else 0."""
    return _wish(profile.sectors, demand.sector[vacancy], worker)


def duration_wish(profile: Profile, demand: Demand, vacancy: Rows, worker: Rows) -> Whole:
    """1000 if the stay is as long as the worker wants, 250 less for each month begun outside; 1000 if not stated."""
    days = (demand.end[vacancy] - demand.start[vacancy] + 1).astype(np.int64)
    least, most = profile.months_away[worker].astype(np.int64).T * _DAYS_A_MONTH
    short = np.maximum(least - days, 0)
    long = np.where(most > 0, np.maximum(days - most - _DAYS_A_MONTH // 2, 0), 0)
    off = -(-np.maximum(short, long) // _DAYS_A_MONTH)
    return np.maximum(FULL - _MONTH_OFF * off, 0)


def pay_wish(profile: Profile, demand: Demand, vacancy: Rows, worker: Rows) -> Whole:
    """1000 if the pay meets the worker's floor or none is stated, its share below, 500 in another currency."""
    floor, pay = profile.pay_floor[worker], demand.pay[vacancy]
    same = profile.pay_currency[worker] == demand.currency[vacancy]
    share = FULL * np.minimum(pay, floor) // np.maximum(floor, 1)
    return np.where(floor == 0, FULL, np.where(same, share, NEUTRAL))


def availability(profile: Profile, demand: Demand, vacancy: Rows, worker: Rows) -> Whole:
    """1000 if the worker is free on the first day, 20 less for each day later."""
    late = np.maximum(profile.earliest_start[worker].astype(np.int64) - demand.start[vacancy], 0)
    return np.maximum(FULL - _LATE_DAY * late, 0)


def returned_on_time(profile: Profile, demand: Demand, vacancy: Rows, worker: Rows) -> Whole:
    """Seasons after which the worker returned on time, full at three."""
    del demand, vacancy
    seasons: Whole = profile.returned_on_time[worker].astype(np.int64)
    return FULL * np.minimum(seasons, _SEASONS) // _SEASONS


#: Every feature by name; a test holds these names against the list of what may be used.
FEATURES: Mapping[str, Feature] = MappingProxyType(
    {
        function.__name__: function
        for function in (
            essential_skills,
            optional_skills,
            skill_evidence,
            experience,
            recency,
            language,
            destination_wish,
            sector_wish,
            duration_wish,
            pay_wish,
            availability,
            returned_on_time,
        )
    }
)


def feature_values(profile: Profile, demand: Demand, vacancy: Rows, worker: Rows) -> NDArray[np.int16]:
    """Return every feature of every pair.

    Parameters
    ----------
    profile : Profile of n_workers
    demand : Demand of n_vacancies
    vacancy, worker : ndarray of shape (n_pairs,)
        Row numbers of the pairs.

    Returns
    -------
    ndarray of int16, shape (n_pairs, n_features)
        0 to 1000, columns in the order of ``FEATURES``.
    """
    values = np.empty((len(vacancy), len(FEATURES)), dtype=np.int16)
    for column, feature in enumerate(FEATURES.values()):
        values[:, column] = feature(profile, demand, vacancy, worker)
    return values


def _steps(levels: csr_array, weight: NDArray[np.int32] | None = None) -> csr_array:
    """Spread each cell over the level steps it has reached: level 3 becomes steps 1, 2, 3.

    Column ``skill * 4 + step - 1``; the value is the cell's weight, 1 by default.
    """
    reached = levels.data.astype(np.int64)
    total = np.concatenate([[0], np.cumsum(reached)])
    step = np.arange(total[-1]) - np.repeat(total[:-1], reached)
    column = np.repeat(levels.indices.astype(np.int64), reached) * SKILL_LEVELS + step
    value = np.repeat(np.ones(len(reached), np.int32) if weight is None else weight, reached)
    shape = (levels.shape[0], levels.shape[1] * SKILL_LEVELS)
    return csr_array((value, column, total[levels.indptr]), shape=shape)


def _coverage(asked: csr_array, had: csr_array, vacancy: Rows, worker: Rows, full: int = 1) -> Whole:
    """Share of ``asked`` that ``had`` meets, where a skill had in full counts ``full``; 0 to 1000."""
    steps = _steps(asked, (_LEVEL_UNITS // np.maximum(asked.data, 1)).astype(np.int32))
    met = (steps @ had.T).toarray()[vacancy, worker].astype(np.int64)
    total = _LEVEL_UNITS * full * np.diff(asked.indptr).astype(np.int64)[vacancy]
    return np.where(total > 0, FULL * met // np.maximum(total, 1), FULL)


def _wish(wishes: csr_array, column: Whole, worker: Rows) -> Whole:
    stated = np.diff(wishes.indptr)[worker] > 0
    return np.where(stated, FULL * lookup(wishes, worker, column).astype(np.int64), NEUTRAL)
