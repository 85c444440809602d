"""Vacancies and scorecards as tables that a kernel only has to look up."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from mobility.matching.core.arrays import Rows, Whole
from mobility.matching.core.ties import vacancy_draw
from mobility.matching.eligibility.rule_columns import NO_RULE, RuleColumns
from mobility.matching.facts.demand import Demand
from mobility.matching.facts.pool import LANGUAGE_LEVELS
from mobility.matching.scoring import features
from mobility.matching.scoring.attributes import GRADES
from mobility.matching.scoring.features import (
    FEATURES,
    FULL,
    NEUTRAL,
    ROW,
    WORK,
    ByteFeature,
    byte_features,
    byte_tables,
)
from mobility.matching.scoring.scorecard import Scorecard

#: Bits of each share in an accumulator: essential, optional and evidence, 0 to 1000 each.
SHARE_BITS = 10
#: Mask of one share.
SHARE_MASK = (1 << SHARE_BITS) - 1
#: Rows of the features that have a way of their own through the kernels.
ESSENTIAL, OPTIONAL, EVIDENCE = ROW["essential_skills"], ROW["optional_skills"], ROW["skill_evidence"]
LANGUAGE, DESTINATION, SECTOR, PAY = ROW["language"], ROW["destination_wish"], ROW["sector_wish"], ROW["pay_wish"]
#: Rows of the features that the byte of months and recency decides, and of those that a byte of the record decides.
BY_WORK = tuple(ROW[name] for name in byte_features(work=True))
BY_RECORD = tuple(ROW[name] for name in byte_features(work=False))
#: Which byte of the record decides each of ``BY_RECORD``.
RECORD_BYTES = tuple(each.byte for each in FEATURES.values() if isinstance(each, ByteFeature) and each.byte != WORK)


class Batch(NamedTuple):
    """Compiled vacancies, v of them.

    Attributes
    ----------
    skill_start : ndarray of int64, shape (v + 1,)
        Where the skills that each vacancy asks for begin.
    skill : ndarray of int32, shape (n_asked,)
        Their numbers.
    credit : ndarray of uint32, shape (n_asked, 17)
        What each grade of the skill adds to the accumulator: three shares of ten bits.
    base : ndarray of uint32, shape (v,)
        Where the accumulator starts: shares of which nothing is asked are full.
    group : ndarray of int32, shape (v,)
        Minor group; -1 for none.
    by_work : ndarray of int16, shape (v, n_by_work, 256)
        Values of the features ``BY_WORK`` for each byte of ``Attributes.work``.
    by_record : ndarray of int16, shape (v, n_by_record, 256)
        Values of the features ``BY_RECORD`` for each value of their bytes.
    language : ndarray of int16, shape (v, n_languages, 7)
        What each level adds.
    languages_asked : ndarray of bool, shape (v,)
        Whether any language is asked; all have the full value where none is.
    wish : ndarray of int32, shape (v, 4)
        Rows of ``BlockArrays.wishes``: wants the country, states none; wants the sector, states none.
    pay : ndarray of int16, shape (v, 256)
        Values for each bin of a pay floor in the vacancy's own currency.
    currency : ndarray of int32, shape (v,)
        Currency of the pay; -1 for none.
    draw : ndarray of uint64, shape (v,)
        What the vacancy adds to the lottery.
    """

    skill_start: NDArray[np.int64]
    skill: NDArray[np.int32]
    credit: NDArray[np.uint32]
    base: NDArray[np.uint32]
    group: NDArray[np.int32]
    by_work: NDArray[np.int16]
    by_record: NDArray[np.int16]
    language: NDArray[np.int16]
    languages_asked: NDArray[np.bool_]
    wish: NDArray[np.int32]
    pay: NDArray[np.int16]
    currency: NDArray[np.int32]
    draw: NDArray[np.uint64]


class Card(NamedTuple):
    """A scorecard as tables, f features and p pair lines.

    Attributes
    ----------
    points : ndarray of int16, shape (f, 1001)
        Points of each value of a feature.
    first, second : ndarray of int32, shape (p,)
        Features of each pair line.
    first_bin, second_bin : ndarray of uint8, shape (p, 1001)
        Bin of each value.
    pair_points : ndarray of int32, shape (p, b, b)
        Points of each pair of bins.
    """

    points: NDArray[np.int16]
    first: NDArray[np.int32]
    second: NDArray[np.int32]
    first_bin: NDArray[np.uint8]
    second_bin: NDArray[np.uint8]
    pair_points: NDArray[np.int32]


class Points(NamedTuple):
    """A batch's values looked up in a scorecard, so that most of a score is sums of table entries.

    Attributes
    ----------
    by_work : ndarray of int16, shape (v, 256)
        Points of all features ``BY_WORK`` together for each byte of ``Attributes.work``.
    by_record : ndarray of int16, shape (v, n_by_record, 256)
        Points of the features ``BY_RECORD`` for each value of their bytes.
    pay : ndarray of int16, shape (v, 256)
        Points for each bin of a pay floor.
    other_pay : ndarray of int16, shape (1,)
        Points of pay in another currency.
    country, sector : ndarray of int16, shape (4,)
        Points where the wish is another one, none, or this one.
    pairs : ndarray of int64, shape (1,)
        Most that all pair lines can bring.
    spoken : ndarray of int64, shape (v,)
        Most that languages can bring.
    rest : ndarray of int64, shape (v,)
        Most that everything but skills, months and recency can bring: a pair that is further below the list's last by
        those alone is out for certain.
    """

    by_work: NDArray[np.int16]
    by_record: NDArray[np.int16]
    pay: NDArray[np.int16]
    other_pay: NDArray[np.int16]
    country: NDArray[np.int16]
    sector: NDArray[np.int16]
    pairs: NDArray[np.int64]
    spoken: NDArray[np.int64]
    rest: NDArray[np.int64]


def compile_batch(demand: Demand, epoch: int, seed: int) -> Batch:
    """Compile vacancies.

    Parameters
    ----------
    demand : Demand of v vacancies
    epoch : int
        Of the snapshot, as proleptic ordinal.
    seed : int
        Of the lottery.

    Returns
    -------
    Batch
    """
    skills = features.all_asked(demand)
    countries, sectors = len(demand.vocabulary.countries), len(demand.vocabulary.sectors)
    nobody = countries + sectors + 2
    return Batch(
        skill_start=skills.indptr.astype(np.int64),
        skill=skills.indices.astype(np.int32),
        credit=_credits(demand, skills),
        base=_base(demand, skills),
        group=demand.group.astype(np.int32),
        by_work=byte_tables(byte_features(work=True), demand, epoch),
        by_record=byte_tables(byte_features(work=False), demand, epoch),
        language=_language(demand),
        languages_asked=np.asarray((demand.languages > 0).any(axis=1)),
        wish=np.column_stack(
            [
                np.where(demand.country < 0, nobody, demand.country),
                np.full(len(demand), countries),
                np.where(demand.sector < 0, nobody, countries + 1 + demand.sector),
                np.full(len(demand), countries + 1 + sectors),
            ]
        ).astype(np.int32),
        pay=features.pay_value(np.arange(256), demand.pay[:, None]).astype(np.int16),
        currency=demand.currency.astype(np.int32),
        draw=vacancy_draw(seed, demand.key),
    )


def compile_card(scorecard: Scorecard) -> Card:
    """Lay a scorecard's tables out side by side."""
    pairs = scorecard.pairs
    rows = max((pair.points.shape[0] for pair in pairs), default=1)
    columns = max((pair.points.shape[1] for pair in pairs), default=1)
    points = np.zeros((len(pairs), rows, columns), dtype=np.int32)
    for number, pair in enumerate(pairs):
        points[number, : pair.points.shape[0], : pair.points.shape[1]] = pair.points
    size = (len(pairs), FULL + 1)
    return Card(
        np.array(scorecard.tables),
        np.array([pair.first for pair in pairs], dtype=np.int32),
        np.array([pair.second for pair in pairs], dtype=np.int32),
        np.array([pair.first_bin for pair in pairs], dtype=np.uint8).reshape(size),
        np.array([pair.second_bin for pair in pairs], dtype=np.uint8).reshape(size),
        points,
    )


def compile_points(batch: Batch, card: Card) -> Points:
    """Look the vacancies' values up in the scorecard beforehand."""
    table = card.points
    spoken = np.where(batch.languages_asked, batch.language.max(axis=2, initial=0).sum(axis=1), FULL)
    pay = table[PAY][batch.pay]
    by_work, by_record = _looked_up(table, BY_WORK, batch.by_work), _looked_up(table, BY_RECORD, batch.by_record)
    wish = np.array([0, NEUTRAL, FULL, FULL])
    pairs = card.pair_points.max(axis=(1, 2), initial=0).sum()
    constant = table[[DESTINATION, SECTOR], FULL].sum(dtype=np.int64) + pairs
    best_pay = np.maximum(pay.max(axis=1, initial=0), table[PAY, NEUTRAL])
    best_spoken = table[LANGUAGE][spoken]
    most = [*by_record.max(axis=2, initial=0).T, best_pay, best_spoken]
    return Points(
        by_work=by_work.sum(axis=1, dtype=np.int16),
        by_record=by_record,
        pay=pay,
        other_pay=table[PAY, [NEUTRAL]],
        country=table[DESTINATION][wish],
        sector=table[SECTOR][wish],
        pairs=np.array([pairs], dtype=np.int64),
        spoken=best_spoken.astype(np.int64),
        rest=constant + np.sum(most, axis=0, dtype=np.int64),
    )


def _looked_up(table: NDArray[np.int16], rows: tuple[int, ...], values: NDArray[np.int16]) -> NDArray[np.int16]:
    """Return the points of values of shape (v, n_rows, 256), of the same shape."""
    return table[np.array(rows)[None, :, None], values]


def blocking_columns(rule_columns: RuleColumns, columns: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the columns of each vacancy's blocking rules, -1 elsewhere; ``columns`` as in ``in_snapshot``."""
    return np.where(rule_columns.blocking, in_snapshot(rule_columns, columns), NO_RULE).astype(np.int32)


def in_snapshot(rule_columns: RuleColumns, columns: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return ``rule_columns.numbers`` with the columns replaced by a snapshot's, ``columns[i]`` for column i."""
    return np.append(columns, NO_RULE).astype(np.int32)[rule_columns.numbers]


def pay_values(batch: Batch, vacancy: Rows, code: Whole) -> Whole:
    """Return the value of pay for codes of ``Attributes.pay``; vacancy and code broadcast."""
    step, currency = code & 255, code >> 8
    share = batch.pay[vacancy, step]
    same = currency == batch.currency[vacancy]
    return np.where((step == 0) | same, share, NEUTRAL)


def _credits(demand: Demand, skills: csr_array) -> NDArray[np.uint32]:
    grade = np.arange(GRADES, dtype=np.int64)
    level = skills.data.astype(np.int64)[:, None]
    total = np.zeros((skills.nnz, GRADES), dtype=np.int64)
    width = skills.shape[1]
    row = np.repeat(np.arange(skills.shape[0]), np.diff(skills.indptr))
    cells = row * width + skills.indices
    for part, shift in ((demand.essential, 2 * SHARE_BITS), (demand.optional, SHARE_BITS)):
        own = np.repeat(np.arange(part.shape[0]), np.diff(part.indptr)) * width + part.indices
        weight = np.zeros(skills.nnz, dtype=np.int64)
        weight[np.searchsorted(cells, own)] = features.asked_weights(part)
        total += features.level_credit(grade, level, weight[:, None]) << shift
    total += features.evidence_credit(grade, level, features.asked_weights(skills)[:, None])
    return total.astype(np.uint32)


def _base(demand: Demand, skills: csr_array) -> NDArray[np.uint32]:
    base = np.zeros(len(demand), dtype=np.uint32)
    for part, shift in ((demand.essential, 2 * SHARE_BITS), (demand.optional, SHARE_BITS), (skills, 0)):
        base += np.where(np.diff(part.indptr) == 0, FULL << shift, 0).astype(np.uint32)
    return base


def _language(demand: Demand) -> NDArray[np.int16]:
    level = demand.languages.astype(np.int64)[:, :, None]
    weight = features.language_weights(demand.languages)[:, :, None]
    had = np.arange(LANGUAGE_LEVELS + 1)
    return np.where(level > 0, features.language_credit(had, level, weight), 0).astype(np.int16)
