"""What makes a worker fit a vacancy, each a whole number from 0 to 1000.

Nothing protected is here. Every feature may only rise when a worker gains a level, evidence, months or a language
step. These functions are the definition: the kernels that score millions of pairs must agree with them bit for bit.

A feature is declared by its entry in ``FEATURES``; rows of tables and columns of values follow from its place there.
One that a byte of a worker and a number of the vacancy decide (``ByteFeature``) needs nothing else but its points in
the scorecard: tables and kernels go through all of that kind.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from mobility.matching.core.arrays import Rows, Whole, lookup
from mobility.matching.facts.demand import Demand
from mobility.matching.scoring import attributes as bins
from mobility.matching.scoring.attributes import Attributes

#: Value of a feature that is met in full.
FULL = 1000
#: Value of a wish about which nothing is known.
NEUTRAL = 500
#: What evidence adds, in halves, by rank: nothing, claimed, attested, tested, credential.
EVIDENCE_HALVES = np.array([0, 0, 1, 2, 2], dtype=np.int64)
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
_WEEK = 7
_SEASONS = 3

#: Stands for the byte of months and recency in the vacancy's own group, in place of a byte of the record.
WORK = -1

Feature = Callable[[Attributes, Demand, Rows, Rows], Whole]


@dataclass(frozen=True, slots=True)
class ByteFeature:
    """A feature that one byte of a worker and one number of a vacancy decide.

    Attributes
    ----------
    byte : int
        Which byte of ``Attributes.record``, or ``WORK``.
    number : callable
        Takes a demand and the epoch; returns a number for each vacancy.
    value : callable
        Takes bytes and numbers; returns the values, 0 to 1000. Shapes broadcast.
    """

    byte: int
    number: Callable[[Demand, int], Whole]
    value: Callable[[Whole, Whole], Whole]

    def __call__(self, workers: Attributes, demand: Demand, vacancy: Rows, worker: Rows) -> Whole:
        """Return the value of each pair; parameters and shape as ``essential_skills``."""
        if self.byte == WORK:
            code = lookup(workers.work, worker, demand.group[vacancy])
        else:
            code = workers.record[worker, self.byte]
        return self.value(code, self.number(demand, workers.epoch)[vacancy])

    def table(self, demand: Demand, epoch: int) -> NDArray[np.int16]:
        """Return the value of each byte for each vacancy, shape (n_vacancies, 256)."""
        values = self.value(np.arange(256, dtype=np.int64), self.number(demand, epoch)[:, None])
        return np.broadcast_to(values, (len(demand), 256)).astype(np.int16)


def essential_skills(workers: Attributes, demand: Demand, vacancy: Rows, worker: Rows) -> Whole:
    """Share of the essential skills that the worker has, each up to the level asked.

    Parameters
    ----------
    workers : Attributes of n_workers
    demand : Demand of n_vacancies
    vacancy, worker : ndarray of shape (n_pairs,)
        Row numbers of the pairs.

    Returns
    -------
    ndarray of shape (n_pairs,)
        0 to 1000; 1000 where the vacancy asks for none.

    Notes
    -----
    Each skill asked weighs a whole number of units, 1000 in all; level l of a asked brings ``weight * min(l, a) // a``.
    With skills had or not had this is the Tversky index with weights (1, 0): skills beyond those asked for neither
    help nor hurt. Tversky (1977), Features of similarity, Psychological Review 84(4).
    """
    return _coverage(demand.essential, workers.skills, vacancy, worker, level_credit)


def optional_skills(workers: Attributes, demand: Demand, vacancy: Rows, worker: Rows) -> Whole:
    """Share of the optional skills that the worker has, each up to the level asked; see ``essential_skills``."""
    return _coverage(demand.optional, workers.skills, vacancy, worker, level_credit)


def skill_evidence(workers: Attributes, demand: Demand, vacancy: Rows, worker: Rows) -> Whole:
    """Share of all skills asked that rests on more than the worker's word, up to the level asked.

    An attested level counts half; a tested or certified one counts in full. Shape and range as ``essential_skills``.
    """
    return _coverage(all_asked(demand), workers.skills, vacancy, worker, evidence_credit)


def language(workers: Attributes, demand: Demand, vacancy: Rows, worker: Rows) -> Whole:
    """Mean over the languages asked: 700 at the level asked, 150 for each of up to two steps beyond.

    1000 where none is asked. Shape as ``essential_skills``.
    """
    level = demand.languages[vacancy].astype(np.int64)
    had = workers.record[worker, bins.LANGUAGES_FROM :].astype(np.int64)
    total = language_credit(had, level, language_weights(demand.languages)[vacancy]).sum(axis=1)
    return np.where((level > 0).any(axis=1), total, FULL)


def destination_wish(workers: Attributes, demand: Demand, vacancy: Rows, worker: Rows) -> Whole:
    """1000 if the worker wants to go to the vacancy's country, 500 if no wish is stated, else 0."""
    return _wish(workers.destinations, demand.country[vacancy], worker)


def sector_wish(workers: Attributes, demand: Demand, vacancy: Rows, worker: Rows) -> Whole:
    """1000 if the worker wants to work in the vacancy's sector, 500 if no wish is stated, else 0."""
    return _wish(workers.sectors, demand.sector[vacancy], worker)


def pay_wish(workers: Attributes, demand: Demand, vacancy: Rows, worker: Rows) -> Whole:
    """1000 if the pay meets the worker's floor or none is stated, its share below, 500 in another currency."""
    code = workers.pay[worker].astype(np.int64)
    share = pay_value(code & 255, demand.pay[vacancy])
    return np.where((code & 255 == 0) | (code >> 8 == demand.currency[vacancy]), share, NEUTRAL)


def equal_shares(count: Whole, place: Whole) -> Whole:
    """Return the weight of each of ``count`` equal parts of 1000, the one at ``place`` (from 0): they sum to 1000.

    Shapes broadcast; by largest remainder, where the parts are equal the first ones get the units left over.
    """
    parts = np.maximum(count, 1)
    return FULL // parts + (place < FULL % parts)


def asked_weights(skills: csr_array) -> Whole:
    """Return the weight of each skill asked, shape (nnz,); those of a vacancy sum to 1000."""
    count = np.diff(skills.indptr).astype(np.int64)
    first = np.repeat(skills.indptr[:-1].astype(np.int64), count)
    return equal_shares(np.repeat(count, count), np.arange(skills.nnz) - first)


def all_asked(demand: Demand) -> csr_array:
    """Return the level asked of every skill, essential or optional: csr_array of shape (n_vacancies, n_skills)."""
    both = csr_array(demand.essential + demand.optional)
    both.sort_indices()
    return both


def level_credit(grades: Whole, level: Whole, weight: Whole) -> Whole:
    """Return what a skill brings by its level: ``weight * min(level, level) // level``; shapes broadcast."""
    met = np.minimum(bins.level_of(grades), level)
    return weight * met // np.maximum(level, 1)


def evidence_credit(grades: Whole, level: Whole, weight: Whole) -> Whole:
    """Return what a skill brings by its level and evidence, in full if tested or certified; shapes broadcast."""
    halves = EVIDENCE_HALVES[bins.evidence_of(grades)]
    met = np.minimum(bins.level_of(grades), level) * halves
    return weight * met // (np.maximum(level, 1) * _EVIDENCE_FULL)


def experience_value(work: Whole, months_asked: Whole) -> Whole:
    """Months in the vacancy's minor group: 600 at the months asked, 1000 three years beyond; straight in between."""
    wanted, months = months_asked.astype(np.int64), bins.WORKED[work >> 4]
    met = np.where(wanted > 0, _EXPERIENCE_MET * np.minimum(months, wanted) // np.maximum(wanted, 1), _EXPERIENCE_MET)
    more = np.clip(months - wanted, 0, _EXPERIENCE_MORE_MONTHS)
    return met + (FULL - _EXPERIENCE_MET) * more // _EXPERIENCE_MORE_MONTHS


def recency_value(work: Whole, start: Whole) -> Whole:
    """How lately the worker worked in the minor group: 1000 within a year of the start, 0 after five years or never."""
    code = (work & 15).astype(np.int64)
    since = start + bins.recency_days(code)
    left = np.clip(_FORGOTTEN_DAYS - since, 0, _FORGOTTEN_DAYS - _RECENT_DAYS)
    return np.where(code > 1, FULL * left // (_FORGOTTEN_DAYS - _RECENT_DAYS), 0)


def language_weights(level: Whole) -> Whole:
    """Return the weight of each language asked, shape (n_vacancies, n_languages); a row sums to 1000, or 0 for none."""
    wanted = level > 0
    place = np.cumsum(wanted, axis=1) - 1
    return np.where(wanted, equal_shares(wanted.sum(axis=1, keepdims=True), place), 0)


def language_credit(had: Whole, level: Whole, weight: Whole) -> Whole:
    """Return what a language brings: 700 parts at the level asked, 150 for each of two steps beyond; broadcasts."""
    met = _LANGUAGE_MET * np.minimum(had, level) // np.maximum(level, 1)
    beyond = _LANGUAGE_STEP * np.clip(had - level, 0, _LANGUAGE_STEPS)
    return weight * (met + beyond) // FULL


def months_asked(demand: Demand, _: int) -> Whole:
    """Return the months of experience that each vacancy asks for, shape (n_vacancies,)."""
    return demand.experience


def start_day(demand: Demand, epoch: int) -> Whole:
    """Return the first day of each vacancy, in days after the epoch, shape (n_vacancies,)."""
    return demand.start.astype(np.int64) - epoch


def stay_days(demand: Demand, _: int) -> Whole:
    """Return the days of each vacancy, first and last included, shape (n_vacancies,)."""
    return demand.end.astype(np.int64) - demand.start + 1


def no_number(demand: Demand, _: int) -> Whole:
    """Return 0 for each vacancy: it has no say in the feature."""
    return np.zeros(len(demand), dtype=np.int64)


def duration_value(away: Whole, days: Whole) -> Whole:
    """1000 if the stay is as long as the worker wants, 250 less for each month begun outside; 1000 if not stated."""
    least, most = (bins.AWAY[half] * _DAYS_A_MONTH for half in (away >> 4, away & 15))
    short = np.maximum(least - days, 0)
    long = np.where(most > 0, np.maximum(days - most - _DAYS_A_MONTH // 2, 0), 0)
    off = -(-np.maximum(short, long) // _DAYS_A_MONTH)
    return np.maximum(FULL - _MONTH_OFF * off, 0)


def pay_value(step: Whole, pay: Whole) -> Whole:
    """Return the share of a floor (a bin of the ladder) that the pay meets, 1000 if none is stated; broadcasts."""
    floor = bins.PAY[step]
    return np.where(floor > 0, FULL * np.minimum(pay, floor) // np.maximum(floor, 1), FULL)


def availability_value(week: Whole, start: Whole) -> Whole:
    """1000 if the worker is free on the first day, 20 less for each day later that the worker's first week begins."""
    late = np.where(week > 0, np.maximum(week.astype(np.int64) * _WEEK - start, 0), 0)
    return np.maximum(FULL - _LATE_DAY * late, 0)


def seasons_value(seasons: Whole, _: Whole) -> Whole:
    """Seasons after which the worker returned on time, full at three."""
    return FULL * np.minimum(seasons.astype(np.int64), _SEASONS) // _SEASONS


def _coverage(
    asked: csr_array,
    grades: csr_array,
    vacancy: Rows,
    worker: Rows,
    credit: Callable[[Any, Any, Any], Whole],
) -> Whole:
    """Sum the credit of every skill asked, pair by pair; 1000 where none is asked."""
    count = np.diff(asked.indptr).astype(np.int64)[vacancy]
    pair = np.repeat(np.arange(len(vacancy)), count)
    start = np.cumsum(count) - count
    entry = np.arange(len(pair)) - np.repeat(start - asked.indptr[vacancy], count)
    code = lookup(grades, worker[pair], asked.indices[entry])
    brought = credit(code, asked.data[entry].astype(np.int64), asked_weights(asked)[entry])
    total = np.bincount(pair, weights=brought, minlength=len(vacancy)).astype(np.int64)
    return np.where(count > 0, total, FULL)


def _wish(wishes: csr_array, column: Whole, worker: Rows) -> Whole:
    stated = np.diff(wishes.indptr)[worker] > 0
    return np.where(stated, FULL * lookup(wishes, worker, column).astype(np.int64), NEUTRAL)


#: Every feature by name; a test holds these names against the list of what may be used.
FEATURES: Mapping[str, Feature] = MappingProxyType(
    {
        "essential_skills": essential_skills,
        "optional_skills": optional_skills,
        "skill_evidence": skill_evidence,
        "experience": ByteFeature(WORK, months_asked, experience_value),
        "recency": ByteFeature(WORK, start_day, recency_value),
        "language": language,
        "destination_wish": destination_wish,
        "sector_wish": sector_wish,
        "duration_wish": ByteFeature(bins.MONTHS_AWAY, stay_days, duration_value),
        "pay_wish": pay_wish,
        "availability": ByteFeature(bins.FIRST_WEEK, start_day, availability_value),
        "returned_on_time": ByteFeature(bins.SEASONS, no_number, seasons_value),
    }
)
#: Row of each feature in every table, and its column among values.
ROW: Mapping[str, int] = MappingProxyType({name: row for row, name in enumerate(FEATURES)})
#: What a worker is asked at registration, each worth the same: nobody but the worker could say what matters more.
WISHES = ("destination_wish", "sector_wish", "duration_wish", "pay_wish", "availability")


def feature_values(workers: Attributes, demand: Demand, vacancy: Rows, worker: Rows) -> NDArray[np.int16]:
    """Return every feature of every pair.

    Parameters
    ----------
    workers : Attributes of n_workers
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
        values[:, column] = feature(workers, demand, vacancy, worker)
    return values


def byte_features(*, work: bool) -> tuple[str, ...]:
    """Return the names of the features that a byte decides: the byte of ``WORK``, or one of the record."""
    pairs = FEATURES.items()
    return tuple(name for name, each in pairs if isinstance(each, ByteFeature) and (each.byte == WORK) is work)


def byte_tables(names: tuple[str, ...], demand: Demand, epoch: int) -> NDArray[np.int16]:
    """Return the tables of some byte features, shape (n_vacancies, n_names, 256)."""
    parts = [feature.table(demand, epoch) for name in names if isinstance(feature := FEATURES[name], ByteFeature)]
    return np.stack(parts, axis=1)


def wish_values(workers: Attributes, demand: Demand, vacancy: Rows, worker: Rows) -> NDArray[np.int32]:
    """Return how well each pair's vacancy meets its worker's wishes.

    Parameters
    ----------
    workers : Attributes of n_workers
    demand : Demand of n_vacancies
    vacancy, worker : ndarray of shape (n_pairs,)
        Row numbers of the pairs.

    Returns
    -------
    ndarray of int32, shape (n_pairs,)
        0 to 5000: destination, sector, length of stay, pay and first day, up to 1000 each.
    """
    total = np.zeros(len(vacancy), dtype=np.int32)
    for name in WISHES:
        total += FEATURES[name](workers, demand, vacancy, worker).astype(np.int32)
    return total
