"""Who may waive what, and for how long."""

from datetime import date

import pytest

from mobility.errors import ForbiddenError, InvalidError
from mobility.rules.basics.findings import Finding, Severity, Verdict
from mobility.rules.basics.organisations import OrganisationKind
from mobility.rules.cases.waivers import check_waiver, holds
from mobility.rules.law.comparisons import Range
from mobility.rules.law.rulesets import Rule

TODAY = date(2026, 5, 4)
ORIGIN, DESTINATION = OrganisationKind.ORIGIN_MINISTRY, OrganisationKind.DESTINATION_MINISTRY
AGE = Rule("age", Range("worker.age", 18), Severity.BLOCK, "Decree 5", date(2026, 1, 1))
EXAM = Rule("exam", Range("worker.education_years", 6), Severity.BLOCK, "Decree 6", date(2026, 1, 1), waiver=ORIGIN)
RULES = (AGE, EXAM)
FAILED = (Finding("exam", Verdict.FAIL, "range.below", "Decree 6"),)


def ask(**changes):
    given = {
        "rules": RULES,
        "findings": FAILED,
        "name": "exam",
        "kind": ORIGIN,
        "reason": "No school within reach",
        "until": date(2026, 11, 30),
        "today": TODAY,
    }
    given |= changes
    today = given.pop("today")
    return check_waiver(*given.values(), today=today)


def test_the_named_authority_waives_what_is_not_met():
    assert ask() is EXAM
    assert ask(findings=(Finding("exam", Verdict.UNKNOWN, "fact.missing", "Decree 6"),)) is EXAM


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"name": "age"}, "waiver.nobody_may"),
        ({"name": "exams"}, "waiver.not_in_force"),
        ({"findings": (Finding("exam", Verdict.PASS, "range.met", "Decree 6"),)}, "waiver.met_already"),
        ({"reason": "  "}, "reason.missing"),
        ({"until": date(2026, 5, 3)}, "waiver.not_ahead"),
        ({"until": date(2027, 5, 5)}, "waiver.too_long"),
    ],
)
def test_a_waiver_that_does_not_fit_is_refused(changes, code):
    with pytest.raises(InvalidError, match=code):
        ask(**changes)


@pytest.mark.parametrize("kind", [DESTINATION, OrganisationKind.CONSULAR_POST, OrganisationKind.EMPLOYER, None])
def test_nobody_else_waives_it(kind):
    with pytest.raises(ForbiddenError, match=r"waiver\.other_authority"):
        ask(kind=kind)


def test_an_unknown_rule_is_named_with_the_nearest():
    with pytest.raises(InvalidError) as error:
        ask(name="exams")
    assert error.value.params["nearest"] == "exam"


def test_a_waiver_holds_until_its_last_day_or_until_it_is_withdrawn():
    assert holds(TODAY, withdrawn=False, today=TODAY)
    assert not holds(date(2026, 5, 3), withdrawn=False, today=TODAY)
    assert not holds(TODAY, withdrawn=True, today=TODAY)
