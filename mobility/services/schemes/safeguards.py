"""The safeguard list for health workers as it binds a scheme on a day, whatever the scheme's own rules say."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from mobility.models.vacancies import Vacancy
from mobility.queries.lists import scheme_lists
from mobility.rules.basics.findings import Finding, Severity
from mobility.rules.law.rulesets import Rule
from mobility.rules.law.safeguards import embedded_lists, health_worker_safeguard, list_on, safeguard_rule


def rules_on(session: Session, scheme_id: int, occupations: Iterable[str], on: date) -> tuple[Rule, ...]:
    """Return the rule that keeps out people of listed countries for vacancies of these occupations; none if none is.

    An agreement in force of the scheme that names health workers frees the people of its origin.
    """
    current = list_on(embedded_lists(), on)
    if current is None or not any(current.covers(occupation) for occupation in occupations):
        return ()
    named = {origin for origin, names in scheme_lists.origins_on(session, scheme_id, on) if names}
    return safeguard_rule(current, named)


def finding(session: Session, vacancy: Vacancy, on: date) -> Finding | None:
    """Return what the list says of certifying a vacancy (occupation loaded); None if its occupation is not listed.

    It blocks where nobody could be proposed; where other origins take part, it warns, and a match run keeps out only
    the people of the listed ones.
    """
    current = list_on(embedded_lists(), on)
    if current is None or not current.covers(vacancy.occupation.code):
        return None
    origins = scheme_lists.origins_on(session, vacancy.scheme_id, on)
    countries = {origin for origin, _names in origins}
    agreed = {origin: current.occupations for origin, names in origins if names}
    found = health_worker_safeguard(vacancy.occupation.code, countries, agreed, safeguard=current)
    others = countries - current.countries | agreed.keys()
    return replace(found, severity=Severity.WARN) if others else found
