"""Arithmetic of pay: hourly equivalents, wage floors, piece rates and hours guaranteed; amounts are Decimals."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum, auto

from mobility.errors import InvalidError
from mobility.rules.basics.findings import Finding, Verdict

CODES = (
    "wage_floor.below",
    "wage_floor.met",
    "wage_floor.missing",
    "pay.not_positive",
    "hours.not_positive",
    "share.not_a_share",
)

#: Hourly equivalents are kept to a hundredth of a cent.
PRECISION = Decimal("0.0001")
WEEKS_A_YEAR = 52
MONTHS_A_YEAR = 12
#: Three fourths, the usual guarantee (20 CFR 655.122(i)).
THREE_FOURTHS = Decimal("0.75")


class PayPeriod(StrEnum):
    """The time that a rate of pay is for."""

    HOUR = auto()
    DAY = auto()
    WEEK = auto()
    MONTH = auto()
    YEAR = auto()


def hourly(amount: Decimal, period: PayPeriod, hours_week: Decimal, *, days_week: int = 5) -> Decimal:
    """Return what a wage comes to per hour, to four places.

    Parameters
    ----------
    amount : Decimal
        Gross pay for one ``period``, above 0.
    period : PayPeriod
        What ``amount`` pays for; a year counts 52 weeks and a month a twelfth of that.
    hours_week : Decimal
        Hours a week, above 0.
    days_week : int
        Days a week, used for a daily wage only.

    Raises
    ------
    InvalidError
        ``pay.not_positive`` or ``hours.not_positive``.
    """
    if amount <= 0:
        raise InvalidError("pay.not_positive", field="amount")
    if hours_week <= 0 or days_week <= 0:
        raise InvalidError("hours.not_positive", field="hours_week")
    hours = {
        PayPeriod.HOUR: Decimal(1),
        PayPeriod.DAY: hours_week / days_week,
        PayPeriod.WEEK: hours_week,
        PayPeriod.MONTH: hours_week * WEEKS_A_YEAR / MONTHS_A_YEAR,
        PayPeriod.YEAR: hours_week * WEEKS_A_YEAR,
    }[period]
    return (amount / hours).quantize(PRECISION, ROUND_HALF_UP)


def wage_floor(offered: Decimal, floors: Mapping[str, Decimal | None], *, source: str) -> Finding:
    """Check an hourly wage against the highest of several floors.

    Parameters
    ----------
    offered : Decimal
        Gross wage per hour, in the currency of ``floors``.
    floors : mapping of str to Decimal or None
        Floor per hour by name (``"prevailing"``, ``"minimum"``); None where not yet published, 0 where
        it is known that none is set.
    source : str
        Citation carried by the scheme's rule version, such as ``"20 CFR 655.120(a)"``.

    Returns
    -------
    Finding
        FAIL below any known floor; UNKNOWN if above those but one is missing; else PASS.

    Raises
    ------
    ValueError
        If ``floors`` is empty: a scheme without a floor must not name this rule.
    """
    if not floors:
        raise ValueError("wage_floor needs at least one floor")
    known = {name: floor for name, floor in floors.items() if floor is not None}
    highest = max(known, key=lambda name: (known[name], name), default="")
    if highest and offered < known[highest]:
        params = {"offered": f"{offered:f}", "floor": f"{known[highest]:f}", "highest": highest}
        return Finding("wage_floor", Verdict.FAIL, "wage_floor.below", source, params)
    if missing := sorted(floors.keys() - known.keys()):
        return Finding("wage_floor", Verdict.UNKNOWN, "wage_floor.missing", source, {"missing": ",".join(missing)})
    params = {"offered": f"{offered:f}", "floor": f"{known[highest]:f}", "highest": highest}
    return Finding("wage_floor", Verdict.PASS, "wage_floor.met", source, params)


def piece_rate_top_up(piece_pay: Decimal, hours: Decimal, floor_hourly: Decimal) -> Decimal:
    """Return what an employer must add so that piece work pays the hourly floor (20 CFR 655.122(l)(2)).

    Parameters
    ----------
    piece_pay : Decimal
        What the pieces of a pay period earned.
    hours : Decimal
        Hours worked in the period.
    floor_hourly : Decimal
        Highest of the applicable floors.
    """
    return max(Decimal(0), floor_hourly * hours - piece_pay)


def guaranteed_hours(
    weeks: int, hours_week: Decimal, *, hours_off: Decimal = Decimal(0), share: Decimal = THREE_FOURTHS
) -> Decimal:
    """Return the hours that a contract guarantees: a share of its weeks' hours less holidays and days of rest.

    Raises
    ------
    InvalidError
        ``share.not_a_share`` unless ``share`` lies in 0 to 1.
    """
    if not 0 <= share <= 1:
        raise InvalidError("share.not_a_share", field="share")
    return share * max(Decimal(0), weeks * hours_week - hours_off)


def guarantee_shortfall(guaranteed: Decimal, hours_offered: Decimal, rate_hourly: Decimal) -> Decimal:
    """Return the pay owed for guaranteed hours that were not offered; hours offered and refused count as offered."""
    return max(Decimal(0), guaranteed - hours_offered) * rate_hourly


def block_shortfalls(
    hours_by_week: Sequence[Decimal], *, block_weeks: int, hours_block: Decimal, rate_hourly: Decimal
) -> list[Decimal]:
    """Return the pay owed for each block of weeks that fell short of its guaranteed hours.

    A last block that is cut short guarantees in proportion to its weeks. Twelve-week blocks serve
    20 CFR 655.20(f), four-week blocks of 120 hours the averaging schemes.

    Parameters
    ----------
    hours_by_week : sequence of Decimal
        Hours paid, or offered and refused, week by week.
    block_weeks : int
        Weeks in a block, at least 1.
    hours_block : Decimal
        Hours guaranteed in a whole block.
    rate_hourly : Decimal
        Contract rate.
    """
    owed = []
    for first in range(0, len(hours_by_week), block_weeks):
        block = hours_by_week[first : first + block_weeks]
        guaranteed = hours_block * len(block) / block_weeks
        owed.append(guarantee_shortfall(guaranteed, sum(block, Decimal(0)), rate_hourly))
    return owed
