"""Pre-screening checks: whether one counts on a day, and which of those required are wanting."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum, auto

from mobility.rules.basics.findings import Finding, Verdict

CODES = ("check.current", "check.waived", "check.missing", "check.pending", "check.failed", "check.expired")
SOURCE = "lifecycle:worker"


class CheckKind(StrEnum):
    """What a check looks at."""

    IDENTITY = auto()
    POLICE = auto()
    MEDICAL = auto()
    LANGUAGE = auto()
    TRADE_TEST = auto()
    REFERENCE = auto()
    MIGRATION_RECORD = auto()
    ORIENTATION = auto()


class CheckResult(StrEnum):
    """How a check came out."""

    PASSED = auto()
    FAILED = auto()
    PENDING = auto()
    WAIVED = auto()


@dataclass(frozen=True, slots=True)
class CheckRecord:
    """One check as recorded; ``valid_until`` is its last day, None if it does not run out."""

    kind: CheckKind
    result: CheckResult
    checked_on: date
    valid_until: date | None = None


#: Results that let a worker through while the check is current.
GOOD = frozenset({CheckResult.PASSED, CheckResult.WAIVED})
#: Checks that must be current before a worker is proposed to anybody; schemes may ask for more.
REQUIRED = (CheckKind.IDENTITY, CheckKind.POLICE, CheckKind.MEDICAL)
#: Days before the last one of a check on which its post is told, once each; 0 is the last day itself.
NOTICE_DAYS = (30, 14, 0)


def is_current(check: CheckRecord, on: date) -> bool:
    """Whether a check was passed or waived by ``on`` and has not run out; it counts on its last day."""
    return check.result in GOOD and check.checked_on <= on and (check.valid_until is None or on <= check.valid_until)


def deciding(checks: Iterable[CheckRecord], kind: CheckKind, on: date) -> CheckRecord | None:
    """Return the check of a kind that counts on a day: the newest with an outcome, else one pending, else None.

    A newer failure beats an older pass. Of two on the same day, a failure decides, then the one valid longer.
    """
    known = [check for check in checks if check.kind is kind and check.checked_on <= on]
    return max(
        known,
        key=lambda check: (
            check.result is not CheckResult.PENDING,
            check.checked_on,
            check.result is CheckResult.FAILED,
            check.valid_until or date.max,
        ),
        default=None,
    )


def _verdict(check: CheckRecord | None, on: date) -> tuple[Verdict, str]:
    if check is None:
        return Verdict.UNKNOWN, "missing"
    if check.result is CheckResult.PENDING:
        return Verdict.UNKNOWN, "pending"
    if check.result is CheckResult.FAILED:
        return Verdict.FAIL, "failed"
    if not is_current(check, on):
        return Verdict.FAIL, "expired"
    return Verdict.PASS, "waived" if check.result is CheckResult.WAIVED else "current"


def check_findings(
    required: Collection[CheckKind], checks: Collection[CheckRecord], on: date, *, source: str = SOURCE
) -> list[Finding]:
    """Return one finding for each required check, in the order of :class:`CheckKind`.

    Missing and pending ones are unknown, failed and expired ones fail; each finding names its check, and
    the last day of one that ran out.
    """
    findings = []
    for kind in (kind for kind in CheckKind if kind in required):
        check = deciding(checks, kind, on)
        verdict, seen = _verdict(check, on)
        params: dict[str, str | int] = {"check": kind}
        if check and check.valid_until:
            params["valid_until"] = check.valid_until.isoformat()
        findings.append(Finding("check", verdict, f"check.{seen}", source, params))
    return findings


def notice_due(valid_until: date, today: date, told: int | None) -> int | None:
    """Return the notice that is due about a check that still counts: the nearest of ``NOTICE_DAYS``, unless told.

    ``told`` is the last that was given, None for none. Where days were missed, the ones between are left out.
    """
    left = (valid_until - today).days
    if left < 0:
        return None
    due = min((days for days in NOTICE_DAYS if left <= days), default=None)
    return due if due is not None and (told is None or due < told) else None


def needs_action(required: Collection[CheckKind], checks: Collection[CheckRecord], on: date) -> bool:
    """Whether a ready worker has to renew something: a required check is no longer passed."""
    return any(finding.verdict is not Verdict.PASS for finding in check_findings(required, checks, on))


def expiring(checks: Collection[CheckRecord], on: date, *, days: int) -> tuple[CheckRecord, ...]:
    """Return the deciding checks that are current but run out within so many days, soonest first."""
    current = (deciding(checks, kind, on) for kind in CheckKind)
    limit = on + timedelta(days=days)
    soon = [(c.valid_until, c) for c in current if c and is_current(c, on) and c.valid_until and c.valid_until <= limit]
    return tuple(check for _, check in sorted(soon, key=lambda pair: (pair[0], pair[1].kind)))
