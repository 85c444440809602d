"""The life of one invented worker as plain values: name, papers, history, skills, wishes; writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from mobility.data import reference
from mobility.demo.dice import Dice, Weighted
from mobility.demo.geography import ORIGINS, TRADES, Origin, Trade
from mobility.demo.people import NAMES
from mobility.rules.basics.skills import Evidence
from mobility.rules.cases.workers import Sex, WorkerState

#: Numbers that one life draws at the most.
CHANCES = 160
DAYS_A_YEAR = 365.25
STATES: Weighted[WorkerState] = Weighted(
    {
        WorkerState.READY: 0.80,
        WorkerState.ACTION_NEEDED: 0.06,
        WorkerState.SCREENING: 0.05,
        WorkerState.REGISTERED: 0.05,
        WorkerState.PAUSED: 0.02,
        WorkerState.WITHDRAWN: 0.01,
        WorkerState.INELIGIBLE: 0.01,
    }
)
EVIDENCE: Weighted[Evidence] = Weighted(
    {Evidence.CLAIMED: 0.6, Evidence.ATTESTED: 0.2, Evidence.TESTED: 0.14, Evidence.CREDENTIAL: 0.06}
)
LONG_REGISTERED = 0.65
GENERIC_SECTORS = ("agriculture", "hospitality", "construction", "food_processing", "landscaping", "care")


@dataclass(frozen=True)
class Life:
    """One person: columns of the worker, clear texts to seal, and the rows of each part."""

    columns: dict[str, Any]
    clear: dict[str, str]
    document: dict[str, Any]
    number: str
    registered: date
    skills: list[tuple[str, int, Evidence]]
    languages: dict[str, int]
    licences: list[str]
    employments: list[dict[str, Any]]
    trade: Trade


class LifeMaker:
    """Makes lives; the same dice make the same life."""

    def __init__(self, today: date) -> None:
        self.today = today
        self._origins: Weighted[Origin] = Weighted({origin: origin.share for origin in ORIGINS})
        self._trades = {
            sex: Weighted({trade: trade.workers * share(trade) for trade in TRADES})
            for sex, share in ((Sex.FEMALE, _women), (Sex.MALE, _men))
        }
        self._regions = {
            origin.country: [region.code for region in reference.regions() if region.country == origin.country]
            for origin in ORIGINS
        }
        self._needs: dict[str, list[str]] = {}
        for link in reference.occupation_skills():
            self._needs.setdefault(link.isco, []).append(link.skill)

    def life(self, dice: Dice) -> tuple[Origin, Life]:
        """Return where a person comes from and what they are like."""
        origin = self._origins.draw(dice)
        sex = Sex.FEMALE if dice.chance(0.39) else Sex.MALE
        trade = self._trades[sex].draw(dice)
        age = 18 + int(30 * dice.roll() ** 1.4)
        long_ago = dice.chance(LONG_REGISTERED)
        registered = dice.day(415, 700, self.today) if long_ago else dice.day(20, 300, self.today)
        state = STATES.draw(dice)
        columns = self._columns(dice, origin, sex, trade, age, state)
        expired = state is WorkerState.ACTION_NEEDED and dice.chance(0.5)
        expires = dice.day(5, 90, self.today) if expired else self.today + timedelta(days=dice.between(480, 3300))
        document = {"expires_on": expires, "issued_on": expires - timedelta(days=3652)}
        return origin, Life(
            columns=columns,
            clear=self._clear(dice, origin, sex),
            document=document,
            number=f"{origin.country}{dice.between(10_000_000, 99_999_999)}",
            registered=registered,
            skills=self._skills(dice, trade),
            languages=self._languages(dice, origin, trade),
            licences=["lorry"] if trade.isco == "8332" else [],
            employments=self._employments(dice, origin, trade, age),
            trade=trade,
        )

    def _columns(
        self, dice: Dice, origin: Origin, sex: Sex, trade: Trade, age: int, state: WorkerState
    ) -> dict[str, Any]:
        region = dice.pick(self._regions[origin.country])
        return {
            "origin_country": origin.country,
            "born_on": self.today - timedelta(days=int(age * DAYS_A_YEAR) + dice.between(0, 364)),
            "sex": sex,
            "nationalities": [origin.country],
            "residence_country": origin.country,
            "residence_region": region,
            "reads_and_writes": dice.chance(0.95),
            "assisted": dice.chance(0.2),
            "education_years": dice.between(3, 13),
            "dependants": dice.between(0, 5),
            "displaced_by": origin.disaster if region in origin.stricken else None,
            "destinations": self._destinations(dice, origin),
            "sectors": self._sectors(dice, trade),
            "earliest_start": self.today + timedelta(days=dice.between(0, 60)) if dice.chance(0.4) else None,
            "months_away_max": dice.pick((6, 8, 9, 10, 12)),
            "state": state,
            "state_reason": _REASONS.get(state),
            "review_on": self.today + timedelta(days=180) if state is WorkerState.INELIGIBLE else None,
        }

    def _clear(self, dice: Dice, origin: Origin, sex: Sex) -> dict[str, str]:
        names = NAMES[origin.language]
        given = dice.pick(names.female if sex is Sex.FEMALE else names.male)
        family = " ".join(dice.some(names.family, names.family_names))
        return {"given_names": given, "family_names": family, "phone": f"+000 555 {dice.between(0, 9_999_999):07}"}

    def _destinations(self, dice: Dice, origin: Origin) -> list[str]:
        wish = dice.roll()
        if wish < 0.45:  # noqa: PLR2004  most have no preference
            return []
        return ["CA"] if origin.country in {"JM", "HT"} and wish < 0.75 else ["US"]  # noqa: PLR2004

    def _sectors(self, dice: Dice, trade: Trade) -> list[str]:
        if dice.chance(0.5):
            return []
        return sorted({reference.sector_of(trade.isco), dice.pick(GENERIC_SECTORS)})

    def _skills(self, dice: Dice, trade: Trade) -> list[tuple[str, int, Evidence]]:
        own = [code for code in self._needs.get(trade.isco, ()) if dice.chance(0.72)]
        other = dice.pick(TRADES)
        own += [code for code in self._needs.get(other.isco, ())[:3] if code not in own]
        return [(code, 1 + min(3, int(dice.roll() * 3.4)), EVIDENCE.draw(dice)) for code in own[:12]]

    def _languages(self, dice: Dice, origin: Origin, trade: Trade) -> dict[str, int]:
        spoken = {origin.language: 6}
        lift = 1.6 if trade.scheme == "skilled" else 0.0
        english = 6 if origin.language == "en" else min(5, int(dice.roll() * 2 * (origin.english + lift)))
        if english:
            spoken["en"] = max(spoken.get("en", 0), english)
        return spoken

    def _employments(self, dice: Dice, origin: Origin, trade: Trade, age: int) -> list[dict[str, Any]]:
        months = min(dice.between(3, 140), (age - 16) * 12)
        found = [
            {
                "isco": trade.isco,
                "country": origin.country,
                "months": months,
                "ended_on": dice.day(0, 700, self.today) if dice.chance(0.7) else None,
            }
        ]
        if age >= 21 and dice.chance(0.22):  # noqa: PLR2004  a season abroad before
            found.append(
                {
                    "isco": trade.isco,
                    "country": dice.pick(("US", "US", "CA")),
                    "months": dice.between(4, 9),
                    "ended_on": dice.day(420, 1400, self.today),
                    "scheme_kind": "seasonal",
                    "returned_on_time": dice.chance(0.93),
                }
            )
        return found


def _women(trade: Trade) -> float:
    return trade.women


def _men(trade: Trade) -> float:
    return 1 - trade.women


def near_duplicate(clear: Mapping[str, str]) -> dict[str, str]:
    """Return the same names with a typing error, as another post might have heard them."""
    family = clear["family_names"]
    return {**clear, "family_names": family.replace("z", "s", 1) if "z" in family else family + "s"}


def papers_current(state: WorkerState) -> bool:
    """Tell whether the person's checks have been made."""
    return state not in {WorkerState.REGISTERED, WorkerState.DRAFT}


_REASONS: Mapping[WorkerState, str] = {
    WorkerState.PAUSED: "Asked for a pause until the harvest at home is over.",
    WorkerState.WITHDRAWN: "Found work at home.",
    WorkerState.INELIGIBLE: "The declared identity could not be confirmed.",
    WorkerState.ACTION_NEEDED: "A paper or a check has run out.",
}

Lives = Sequence[tuple[Origin, Life]]
