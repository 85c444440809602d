"""The workers of a pool, read from their tables row by row: the oracle that packed vectors are compared with."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mobility.data.reference import LANGUAGES
from mobility.matching.core import Vocabulary
from mobility.matching.facts import FactColumn, Pool, Stay, fact_column, pool_from_columns
from mobility.queries.pools.demands import MINOR_GROUP, Sparse, hundredths, places
from mobility.queries.pools.worker_rows import batches, parts_of, workers
from mobility.rules.basics.dates import add_days, add_months
from mobility.rules.basics.languages import Cefr
from mobility.rules.basics.skills import STRENGTH
from mobility.rules.cases.checks import CheckKind, CheckRecord, CheckResult, deciding
from mobility.rules.cases.documents import TRAVEL_KINDS


def pool(session: Session, words: Vocabulary, ids: Sequence[int], *, on: date) -> Pool:
    """Return the workers with these ids as arrays, in the order of their ids, by what their tables say now.

    Slow for many: runs read packed vectors (``queries.pools``), which must give the same.

    Parameters
    ----------
    session : Session
    words : Vocabulary
    ids : sequence of int
        Ascending.
    on : date
        Day on which checks and licences must count.
    """
    reader = _Reader(words, on)
    for some in batches(ids):
        reader.read(session, some)
    return reader.pool()


class _Reader:
    """Fills the columns of a pool batch by batch; a worker's row is the place of the id."""

    def __init__(self, words: Vocabulary, on: date) -> None:
        self.words, self.on = words, on
        self.skill_places, self.group_places = places(words.skills), places(words.groups)
        self.country_places, self.sector_places = places(words.countries), places(words.sectors)
        self.currency_places, self.language_places = places(words.currencies), places(words.languages)
        self.rows: dict[int, int] = {}
        self.skills = Sparse()
        self.evidence: list[int] = []
        self.experience, self.last_worked = Sparse(), Sparse()
        self.destinations, self.sectors = Sparse(), Sparse()
        self.languages: list[list[int]] = []
        self.earliest_start: list[int] = []
        self.months_away: list[tuple[int, int]] = []
        self.pay_floor: list[int] = []
        self.pay_currency: list[int] = []
        self.returned: list[int] = []
        self.facts: dict[str, list[Hashable]] = defaultdict(list)

    def read(self, session: Session, ids: Sequence[int]) -> None:
        """Read one batch."""
        origins = {}
        for row in workers(session, ids):
            self.rows[row["id"]] = len(self.rows)
            origins[row["id"]] = row["origin_country"]
            self._worker(row)
        parts = parts_of(session, ids)
        for worker_id, origin in origins.items():
            place = self.rows[worker_id]
            self._skills(place, parts["skills"][worker_id])
            self._languages(parts["languages"][worker_id])
            self._history(place, origin, parts["employments"][worker_id])
            self._papers(parts["documents"][worker_id], parts["checks"][worker_id], parts["licences"][worker_id])

    def pool(self) -> Pool:
        """Return what was read."""
        facts: dict[str, FactColumn] = {name: fact_column(values) for name, values in self.facts.items()}
        return pool_from_columns(
            self.words,
            key=list(self.rows),
            facts=facts,
            skills=self.skills.entries(),
            evidence=self.evidence,
            experience=self.experience.entries(),
            last_worked=self.last_worked.entries(),
            languages=self.languages,
            earliest_start=self.earliest_start,
            destinations=self.destinations.entries(),
            sectors=self.sectors.entries(),
            months_away=self.months_away,
            pay_floor=self.pay_floor,
            pay_currency=self.pay_currency,
            returned_on_time=self.returned,
        )

    def _worker(self, row: sa.RowMapping) -> None:
        place = self.rows[row["id"]]
        for country in row["destinations"]:
            self.destinations.add(place, self.country_places.get(country), 1)
        for sector in row["sectors"]:
            self.sectors.add(place, self.sector_places.get(sector), 1)
        start = row["earliest_start"]
        self.earliest_start.append(start.toordinal() if start else 0)
        self.months_away.append((0, row["months_away_max"]))
        floor, currency = row["pay_floor_hourly"], self.currency_places.get(row["pay_floor_currency"] or "", -1)
        stated = floor is not None and currency >= 0
        self.pay_floor.append(hundredths(floor, up=True) if stated else 0)
        self.pay_currency.append(currency if stated else -1)
        self._tell(
            birth_date=row["born_on"],
            nationalities=frozenset(row["nationalities"]) or None,
            residence_country=row["residence_country"],
            residence_region=row["residence_region"],
            displaced=row["displaced_by"] is not None,
            education_years=row["education_years"],
            reads_and_writes=row["reads_and_writes"],
            earliest_start=start,
        )

    def _skills(self, place: int, rows: Sequence[sa.RowMapping]) -> None:
        for row in rows:
            if self.skills.add(place, self.skill_places.get(row["code"]), row["level"]):
                self.evidence.append(STRENGTH[row["evidence"]] + 1)

    def _languages(self, rows: Sequence[sa.RowMapping]) -> None:
        level = {row["language"]: row["level"] for row in rows}
        self.languages.append([level.get(name, 0) for name in self.words.languages])
        self._tell(**{f"language.{name}": Cefr(level[name]) if name in level else None for name in LANGUAGES})

    def _history(self, place: int, origin: str, rows: Sequence[sa.RowMapping]) -> None:
        self._experience(place, rows)
        seasons = sorted((row for row in rows if row["scheme_kind"]), key=lambda row: row["ended_on"] or date.min)
        self.returned.append(sum(1 for season in seasons if season["returned_on_time"]))
        self._tell(
            experience_months_total=sum(row["months"] for row in rows),
            seasons_completed=len(seasons),
            last_returned_on_time=seasons[-1]["returned_on_time"] if seasons else None,
            last_season_end=seasons[-1]["ended_on"] if seasons else None,
            stays_abroad=_stays(origin, rows),
        )

    def _experience(self, place: int, rows: Sequence[sa.RowMapping]) -> None:
        months: dict[int, int] = defaultdict(int)
        last: dict[int, int] = {}
        for row in rows:
            group = self.group_places.get(row["code"][:MINOR_GROUP])
            if group is not None:
                months[group] += row["months"]
                if row["ended_on"]:
                    last[group] = max(last.get(group, 0), row["ended_on"].toordinal())
        for group, total in months.items():
            self.experience.add(place, group, total)
        for group, day in last.items():
            self.last_worked.add(place, group, day)

    def _papers(
        self, documents: Sequence[sa.RowMapping], checks: Sequence[sa.RowMapping], licences: Sequence[sa.RowMapping]
    ) -> None:
        travel = [row["expires_on"] for row in documents if row["kind"] in TRAVEL_KINDS]
        records = [CheckRecord(row["kind"], row["result"], row["checked_on"], row["valid_until"]) for row in checks]
        held = (row["code"] for row in licences if row["expires_on"] is None or row["expires_on"] >= self.on)
        self._tell(
            document_valid_until=max(travel, default=None),
            licences=frozenset(held),
            **{f"check.{kind}_valid_until": _valid_until(records, kind, self.on) for kind in CheckKind},
        )

    def _tell(self, **facts: Hashable) -> None:
        for name, value in facts.items():
            self.facts[f"worker.{name}"].append(value)


def _stays(origin: str, rows: Sequence[sa.RowMapping]) -> tuple[Stay, ...] | None:
    """Return the stays abroad that a history tells of; None if one of them has no date."""
    abroad = [row for row in rows if row["country"] != origin and row["months"]]
    if any(row["ended_on"] is None for row in abroad):
        return None
    stays = (
        Stay(row["country"], add_days(add_months(row["ended_on"], -row["months"]), 1), row["ended_on"])
        for row in abroad
    )
    return tuple(sorted(stays, key=lambda stay: (stay.start, stay.end, stay.country)))


def _valid_until(checks: Sequence[CheckRecord], kind: CheckKind, on: date) -> date | None:
    """Return the last day of a check that was passed or waived; a failed or pending one says nothing."""
    check = deciding(checks, kind, on)
    if check is None or check.result not in {CheckResult.PASSED, CheckResult.WAIVED}:
        return None
    return check.valid_until or date.max
