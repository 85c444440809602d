"""Workers as bytes: how each raw value becomes a bin, and what a bin stands for; no scores and nothing protected.

A score depends on these bytes alone, so a snapshot that holds them holds all that a score may see. Every bin is
monotone in its raw value, and where a bin holds several values it stands for the one that is best for the worker, but
for months worked, which count only as far as they are certain.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from mobility.matching.core.arrays import Rows, Whole
from mobility.matching.facts.pool import EVIDENCE_RANKS, Profile

#: Bytes of a record before its languages: months away, first week free, seasons after which the worker came home.
MONTHS_AWAY, FIRST_WEEK, SEASONS = range(3)
#: Where the languages begin in a record, in the order of the vocabulary, one CEFR level a byte.
LANGUAGES_FROM = 3
#: Grades of a skill: 1 + (level - 1) * 4 + (rank of evidence - 1); 0 stands for none.
GRADES = 17
#: Least months of each bin of months worked.
WORKED = np.array([0, 1, 3, 6, 9, 12, 18, 24, 30, 36, 42, 48, 60, 72, 96, 120], dtype=np.int64)
#: Days that one bin of recency spans; bin 15 is the latest, 1 is forgotten, 0 unknown.
RECENT_STEP = 130
#: Months of each bin of a wish for months away; a wish for more than the last has no limit.
AWAY = np.array([*range(13), 18, 24, 36], dtype=np.int64)
#: Currency of a pay floor that names none.
NO_CURRENCY = 255
_NIBBLE = 16
_BYTE = 255
_WEEK = 7
_NEWEST = 15


def _ladder() -> Whole:
    """Return the least amount of each bin of pay, in hundredths: 0, then from 100 on five in a hundred more each."""
    steps = [0, 1, 100]
    while len(steps) <= _BYTE:
        steps.append(steps[-1] * 105 // 100)
    return np.array(steps, dtype=np.int64)


#: Least amount of each bin of a pay floor, hundredths of the currency an hour; bin 0 states none.
PAY = _ladder()


@dataclass(frozen=True, slots=True, eq=False)
class Attributes:
    """Binned profiles; one row a worker.

    Attributes
    ----------
    epoch : int
        Day from which weeks and recency count, as proleptic ordinal.
    skills : csr_array of uint8, shape (n_workers, n_skills)
        Grade of each skill, 1 to 16.
    work : csr_array of uint8, shape (n_workers, n_groups)
        Bin of months in the high half of the byte, of recency in the low one; never 0.
    record : ndarray of uint8, shape (n_workers, 3 + n_languages)
        Months away (least in the high half, most in the low one), first week free, seasons, a CEFR level a language.
    pay : ndarray of uint16, shape (n_workers,)
        Currency in the high byte, bin of the pay floor in the low one; 0 states none.
    destinations, sectors : csr_array of int8
        1 for each wish, as in ``Profile``.
    """

    epoch: int
    skills: csr_array
    work: csr_array
    record: NDArray[np.uint8]
    pay: NDArray[np.uint16]
    destinations: csr_array
    sectors: csr_array

    def __len__(self) -> int:
        return len(self.record)

    def take(self, rows: Rows) -> "Attributes":
        """Return the given rows, in that order."""
        parts = {part.name: getattr(self, part.name)[rows] for part in fields(self) if part.name != "epoch"}
        return Attributes(epoch=self.epoch, **parts)


def attributes_of(profile: Profile, epoch: int) -> Attributes:
    """Bin profiles.

    Parameters
    ----------
    profile : Profile of n_workers
    epoch : int
        Day from which weeks and recency count, as proleptic ordinal: the day of the snapshot.

    Returns
    -------
    Attributes of n_workers
    """
    months = profile.months_away.astype(np.int64)
    record = np.column_stack(
        [
            away_byte(months[:, 0], months[:, 1]),
            week_byte(profile.earliest_start, epoch),
            np.minimum(profile.returned_on_time, _BYTE),
            profile.languages,
        ]
    ).astype(np.uint8)
    return Attributes(
        epoch=epoch,
        skills=_graded(profile.skills, profile.evidence),
        work=_worked(profile.experience, profile.last_worked, epoch),
        record=record,
        pay=pay_code(profile.pay_floor, profile.pay_currency),
        destinations=profile.destinations,
        sectors=profile.sectors,
    )


def grade(level: Whole, evidence: Whole) -> Whole:
    """Return the grade of a skill from its level (1 to 4) and rank of evidence (1 to 4); shapes broadcast."""
    return ((level.astype(np.int64) - 1) * EVIDENCE_RANKS + evidence).astype(np.uint8)


def level_of(grades: Whole) -> Whole:
    """Return the level of a grade, 0 for none; shape as given."""
    grade = grades.astype(np.int64)
    return np.where(grade > 0, (grade - 1) // EVIDENCE_RANKS + 1, 0)


def evidence_of(grades: Whole) -> Whole:
    """Return the rank of evidence of a grade, 0 for none; shape as given."""
    grade = grades.astype(np.int64)
    return np.where(grade > 0, (grade - 1) % EVIDENCE_RANKS + 1, 0)


def worked_bin(months: Whole) -> Whole:
    """Return the bin of months worked, 0 to 15: the last whose least months are reached."""
    return np.searchsorted(WORKED, months, side="right") - 1


def recency_bin(day: Whole, epoch: int) -> Whole:
    """Return the bin of a last day worked, 0 to 15; day 0 is unknown, and a day after the epoch is the latest bin."""
    past = np.maximum(epoch - day.astype(np.int64), 0) // RECENT_STEP
    return np.where(day > 0, np.maximum(_NEWEST - past, 1), 0)


def recency_days(bins: Whole) -> Whole:
    """Return the fewest days before the epoch that a bin of recency may stand for; meaningless for 0 and 1."""
    return (_NEWEST - bins.astype(np.int64)) * RECENT_STEP


def away_byte(least: Whole, most: Whole) -> Whole:
    """Return a wish for months away as a byte: least rounded down in the high half, most rounded up in the low one."""
    low = np.searchsorted(AWAY, least, side="right") - 1
    high = np.where(most > AWAY[-1], 0, np.searchsorted(AWAY, np.minimum(most, AWAY[-1])))
    return low * _NIBBLE + high


def week_byte(day: Whole, epoch: int) -> Whole:
    """Return the first week free, in whole weeks after the epoch, 0 to 255; 0 is free at once."""
    return np.clip((day.astype(np.int64) - epoch) // _WEEK, 0, _BYTE)


def pay_code(floor: Whole, currency: Whole) -> NDArray[np.uint16]:
    """Return a pay floor as currency * 256 + bin, rounded down; 0 where none is stated."""
    grade = np.where(currency < 0, NO_CURRENCY, currency).astype(np.int64)
    step = np.searchsorted(PAY, floor, side="right") - 1
    return np.where(floor > 0, grade * (_BYTE + 1) + step, 0).astype(np.uint16)


def _graded(skills: csr_array, evidence: csr_array) -> csr_array:
    return csr_array((grade(skills.data, evidence.data), skills.indices, skills.indptr), shape=skills.shape)


def _worked(experience: csr_array, last: csr_array, epoch: int) -> csr_array:
    """Put both halves of the byte together; a group may stand in one table and not in the other."""
    months = csr_array((worked_bin(experience.data) * _NIBBLE, experience.indices, experience.indptr), experience.shape)
    recency = csr_array((recency_bin(last.data, epoch), last.indices, last.indptr), shape=last.shape)
    both = csr_array(months + recency).astype(np.uint8)
    both.eliminate_zeros()
    both.sort_indices()
    return both
